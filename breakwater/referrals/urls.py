from django.urls import path

from breakwater.referrals.views import handoff, letters, loop, placement

app_name = "referrals"

urlpatterns = [
    path("", letters.inbox, name="letters"),
    path("sent/", letters.outbox, name="outbox"),
    path("beds/", letters.beds, name="beds"),
    path("<uuid:case_id>/referral/", loop.referral, name="referral"),
    path("letters/<uuid:referral_id>/", loop.letter, name="letter"),
    path("letters/<uuid:referral_id>/acknowledgement/", loop.acknowledgement, name="acknowledgement"),
    path("letters/<uuid:referral_id>/acceptance/", loop.acceptance, name="acceptance"),
    path("letters/<uuid:referral_id>/refusal/", loop.refusal, name="refusal"),
    path("letters/<uuid:referral_id>/beginning/", loop.beginning, name="beginning"),
    path("letters/<uuid:referral_id>/need-met/", loop.need_met, name="need_met"),
    path("letters/<uuid:referral_id>/need-not-met/", loop.need_not_met, name="need_not_met"),
    path("letters/<uuid:referral_id>/withdrawal/", loop.withdrawal, name="withdrawal"),
    path("<uuid:case_id>/placement/", placement.placement, name="placement"),
    path("placements/<uuid:placement_id>/arrival/", placement.arrival, name="arrival"),
    path("placements/<uuid:placement_id>/departure/", placement.departure, name="departure"),
    path("placements/<uuid:placement_id>/absence/", placement.absence, name="absence"),
    path("placements/<uuid:placement_id>/cancellation/", placement.cancellation, name="cancellation"),
    path("placements/<uuid:placement_id>/moving/", placement.moving, name="moving"),
    path("<uuid:case_id>/hand-off/", handoff.handoff, name="handoff"),
    path("hand-offs/<uuid:handoff_id>/", handoff.packet, name="packet"),
    path("hand-offs/<uuid:handoff_id>/acceptance/", handoff.acceptance, name="handoff_acceptance"),
    path("hand-offs/<uuid:handoff_id>/refusal/", handoff.refusal, name="handoff_refusal"),
    path("hand-offs/<uuid:handoff_id>/first-contact/", handoff.first_contact, name="first_contact"),
    path("hand-offs/<uuid:handoff_id>/withdrawal/", handoff.withdrawal, name="handoff_withdrawal"),
    path("hand-offs/<uuid:handoff_id>/taking-over/", handoff.taking_over, name="taking_over"),
]
