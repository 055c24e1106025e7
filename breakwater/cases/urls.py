from django.urls import path

from breakwater.cases.views import (
    chronology,
    clocks,
    ending,
    follow_up,
    intake,
    not_reached,
    owners,
    readings,
    work,
)

app_name = "cases"

urlpatterns = [
    path("intake/", intake.intake, name="intake"),
    path("intakes/<uuid:draft_id>/taking-over/", intake.taking_over, name="taking_over"),
    path("matches/", intake.matches, name="matches"),
    path("intake/promises/", intake.promises, name="promises"),
    path("<uuid:case_id>/triage/", readings.triage, name="triage"),
    path("<uuid:case_id>/dangers/", readings.danger, name="danger"),
    path("<uuid:case_id>/circumstances/", readings.circumstance, name="circumstance"),
    path(
        "circumstances/<uuid:circumstance_id>/ending/",
        readings.circumstance_ending,
        name="circumstance_ending",
    ),
    path("<uuid:case_id>/gates/", readings.gate, name="gate"),
    path("gates/<uuid:gate_id>/loss/", readings.loss, name="loss"),
    path("<uuid:case_id>/notes/", work.note, name="note"),
    path("notes/<uuid:note_id>/amendment/", work.amendment, name="amendment"),
    path("notes/<uuid:note_id>/not-reached/", not_reached.note, name="note_not_reached"),
    path("attempts/<uuid:attempt_id>/not-reached/", not_reached.attempt, name="attempt_not_reached"),
    path("clocks/<uuid:clock_id>/pause/", clocks.pausing, name="pausing"),
    path("clocks/<uuid:clock_id>/going-on/", clocks.resuming, name="resuming"),
    path("<uuid:case_id>/barriers/", work.barrier, name="barrier"),
    path("barriers/<uuid:barrier_id>/removal/", work.removal, name="removal"),
    path("<uuid:case_id>/assignment/", owners.owner, name="owner"),
    path("<uuid:case_id>/taking/", owners.taking, name="taking"),
    path("<uuid:case_id>/release/", owners.releasing, name="release"),
    path("<uuid:case_id>/team/", owners.team, name="team"),
    path("team/<uuid:assignment_id>/leaving/", owners.leaving, name="leaving"),
    path("follow-ups/<uuid:follow_up_id>/attempt/", follow_up.attempt, name="attempt"),
    path("<uuid:case_id>/next-contact/", follow_up.next_contact, name="next_contact"),
    path("<uuid:case_id>/closure/", ending.closure, name="closure"),
    path("<uuid:case_id>/reopening/", ending.reopening, name="reopening"),
    path("<uuid:case_id>/chronology/", chronology.chronology, name="chronology"),
    path("<uuid:case_id>/chronology/record/", chronology.record, name="record"),
    path("<uuid:case_id>/chronology/record/pdf/", chronology.record_pdf, name="record_pdf"),
]
