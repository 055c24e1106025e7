from django.urls import path

from breakwater.plans import views

app_name = "plans"

urlpatterns = [
    path("<uuid:case_id>/", views.plan, name="plan"),
    path("<uuid:case_id>/need/", views.need, name="need"),
    path("<uuid:case_id>/step/", views.step, name="step"),
    path("needs/<uuid:need_id>/ending/", views.need_ending, name="need_ending"),
    path("needs/<uuid:need_id>/link/", views.link, name="link"),
    path("needs/<uuid:need_id>/unlinking/", views.unlinking, name="unlinking"),
    path("steps/<uuid:step_id>/completion/", views.completion, name="completion"),
    path("steps/<uuid:step_id>/new-time/", views.new_time, name="new_time"),
    path("steps/<uuid:step_id>/dropping/", views.dropping, name="dropping"),
]
