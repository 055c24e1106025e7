from breakwater.trust.apps import AppWithNews


class AttachmentsConfig(AppWithNews):
    name = "breakwater.attachments"
