from breakwater.trust.apps import AppWithNews


class PlansConfig(AppWithNews):
    name = "breakwater.plans"
