from django.urls import path

from breakwater.plans.views import family, goals, needs, papers, safety

app_name = "plans"

urlpatterns = [
    path("<uuid:case_id>/", needs.plan, name="plan"),
    path("<uuid:case_id>/pdf/", papers.plan_pdf, name="plan_pdf"),
    path("<uuid:case_id>/need/", needs.need, name="need"),
    path("<uuid:case_id>/step/", needs.step, name="step"),
    path("needs/<uuid:need_id>/ending/", needs.need_ending, name="need_ending"),
    path("needs/<uuid:need_id>/link/", needs.link, name="link"),
    path("needs/<uuid:need_id>/unlinking/", needs.unlinking, name="unlinking"),
    path("steps/<uuid:step_id>/completion/", needs.completion, name="completion"),
    path("steps/<uuid:step_id>/new-time/", needs.new_time, name="new_time"),
    path("steps/<uuid:step_id>/dropping/", needs.dropping, name="dropping"),
    path("<uuid:case_id>/goal/", goals.goal, name="goal"),
    path("goals/<uuid:goal_id>/ending/", goals.goal_ending, name="goal_ending"),
    path("<uuid:case_id>/agreement/", goals.agreement, name="agreement"),
    path("<uuid:case_id>/self-sufficiency/", goals.sufficiency, name="sufficiency"),
    path(
        "<uuid:case_id>/self-sufficiency/reading/",
        goals.sufficiency_reading,
        name="sufficiency_reading",
    ),
    path("<uuid:case_id>/safety-plan/", safety.safety_plan, name="safety_plan"),
    path("<uuid:case_id>/safety-plan/writing/", safety.safety_plan_writing, name="safety_plan_writing"),
    path("<uuid:case_id>/safety-plan/paper/", papers.safety_plan_paper, name="safety_plan_paper"),
    path("<uuid:case_id>/safety-plan/paper/pdf/", papers.safety_plan_pdf, name="safety_plan_pdf"),
    path("<uuid:case_id>/safety-plan/copy/", safety.copy, name="copy"),
    path("<uuid:case_id>/safeguard/", safety.safeguard, name="safeguard"),
    path("safeguards/<uuid:safeguard_id>/ending/", safety.safeguard_ending, name="safeguard_ending"),
    path("<uuid:case_id>/family/", family.family, name="family"),
    path("<uuid:case_id>/family/choice/", family.family_choice, name="family_choice"),
    path("<uuid:case_id>/family/telling/", family.family_telling, name="family_telling"),
    path("<uuid:case_id>/what-helps/", safety.lesson, name="lesson"),
    path("what-helps/<uuid:lesson_id>/", safety.lesson_again, name="lesson_again"),
]
