from breakwater.trust.apps import AppWithNews


class BenefitsConfig(AppWithNews):
    name = "breakwater.benefits"
