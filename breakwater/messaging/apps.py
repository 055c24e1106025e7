from breakwater.trust.apps import AppWithNews


class MessagingConfig(AppWithNews):
    name = "breakwater.messaging"
