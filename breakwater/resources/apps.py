from breakwater.trust.apps import AppWithNews


class ResourcesConfig(AppWithNews):
    name = "breakwater.resources"
