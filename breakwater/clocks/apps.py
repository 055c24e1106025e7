from breakwater.trust.apps import AppWithNews


class ClocksConfig(AppWithNews):
    name = "breakwater.clocks"
