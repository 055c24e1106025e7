from django.urls import path

from breakwater.duties.views import prompts, table

app_name = "duties"

urlpatterns = [
    path("", table.table, name="table"),
    path("new/", table.row, name="row"),
    path("<uuid:duty_id>/", table.duty, name="duty"),
    path("cases/<uuid:case_id>/asking/", prompts.asking, name="asking"),
    path("cases/<uuid:case_id>/threat/", prompts.weighing, name="weighing"),
    path("prompts/<uuid:prompt_id>/", prompts.prompt, name="prompt"),
    path("prompts/<uuid:prompt_id>/report/", prompts.reporting, name="report"),
    path("prompts/<uuid:prompt_id>/not-required/", prompts.declining, name="not_required"),
    path("prompts/<uuid:prompt_id>/consultation/", prompts.consulting, name="consultation"),
    path("prompts/<uuid:prompt_id>/another-way/", prompts.otherwise, name="otherwise"),
    path("prompts/<uuid:prompt_id>/threat/", prompts.weighing_for, name="threat"),
]
