from django.urls import path

from breakwater.assessments.views import asking, exporting, judging, single

app_name = "assessments"

urlpatterns = [
    path("cases/<uuid:case_id>/", asking.choice, name="choice"),
    path("<uuid:assessment_id>/question/", asking.question, name="question"),
    path("<uuid:assessment_id>/sheet/", asking.sheet, name="sheet"),
    path("<uuid:assessment_id>/one/", single.one, name="one"),
    path("<uuid:assessment_id>/language/", asking.language, name="language"),
    path("<uuid:assessment_id>/completion/", asking.completion, name="completion"),
    path("<uuid:assessment_id>/stopping/", asking.stopping, name="stopping"),
    path("<uuid:assessment_id>/result/", judging.result, name="result"),
    path("<uuid:assessment_id>/export/", exporting.exporting, name="export"),
    path("<uuid:assessment_id>/amendment/", judging.amendment, name="amendment"),
    path("<uuid:assessment_id>/override/", judging.overriding, name="override"),
    path("<uuid:assessment_id>/decision/", judging.decision, name="decision"),
    path("alerts/<uuid:alert_id>/", judging.hearing, name="hearing"),
]
