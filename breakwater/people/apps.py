from breakwater.trust.apps import AppWithNews


class PeopleConfig(AppWithNews):
    name = "breakwater.people"
