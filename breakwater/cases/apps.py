from breakwater.trust.apps import AppWithNews


class CasesConfig(AppWithNews):
    name = "breakwater.cases"
