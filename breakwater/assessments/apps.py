from breakwater.trust.apps import AppWithNews


class AssessmentsConfig(AppWithNews):
    name = "breakwater.assessments"
