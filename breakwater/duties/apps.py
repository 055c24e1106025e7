from breakwater.trust.apps import AppWithNews


class DutiesConfig(AppWithNews):
    name = "breakwater.duties"
