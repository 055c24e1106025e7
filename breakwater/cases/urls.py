from django.urls import path

from breakwater.cases import views

app_name = "cases"

urlpatterns = [
    path("intake/", views.intake, name="intake"),
    path("<uuid:case_id>/triage/", views.triage, name="triage"),
    path("<uuid:case_id>/danger/", views.danger, name="danger"),
    path("<uuid:case_id>/gate/", views.gate, name="gate"),
    path("gates/<uuid:gate_id>/loss/", views.loss, name="loss"),
    path("<uuid:case_id>/note/", views.note, name="note"),
    path("notes/<uuid:note_id>/amendment/", views.amendment, name="amendment"),
    path("<uuid:case_id>/barrier/", views.barrier, name="barrier"),
    path("barriers/<uuid:barrier_id>/removal/", views.removal, name="removal"),
    path("<uuid:case_id>/owner/", views.owner, name="owner"),
    path("follow-ups/<uuid:follow_up_id>/attempt/", views.attempt, name="attempt"),
    path("<uuid:case_id>/next-contact/", views.next_contact, name="next_contact"),
    path("<uuid:case_id>/closure/", views.closure, name="closure"),
    path("<uuid:case_id>/reopening/", views.reopening, name="reopening"),
    path("<uuid:case_id>/chronology/", views.chronology, name="chronology"),
]
