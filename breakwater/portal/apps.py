from breakwater.trust.apps import AppWithNews


class PortalConfig(AppWithNews):
    name = "breakwater.portal"
