from django.urls import path

from breakwater.privacy.views import consents, desk, glass, incidents, looks, protection, requests, seen

app_name = "privacy"

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("emergency/", glass.emergency, name="emergency"),
    path("emergencies/", glass.opened, name="opened"),
    path("emergencies/<uuid:glass_id>/", glass.review, name="review"),
    path("emergencies/<uuid:glass_id>/closing/", glass.closing, name="closing"),
    path("<uuid:person_id>/", consents.agreed, name="agreed"),
    path("<uuid:person_id>/consent/", consents.consent, name="consent"),
    path("<uuid:person_id>/seen/", seen.seen, name="seen"),
    path("<uuid:person_id>/protection/", protection.protection, name="protection"),
    path("<uuid:person_id>/lowering/", protection.lowering, name="lowering"),
    path("<uuid:person_id>/request/", requests.asking, name="asking"),
    path("<uuid:person_id>/flag/", looks.flagging, name="flagging"),
    path("consents/<uuid:consent_id>/", consents.paper, name="paper"),
    path("consents/<uuid:consent_id>/narrowing/", consents.narrowing, name="narrowing"),
    path("consents/<uuid:consent_id>/withdrawal/", consents.withdrawal, name="withdrawal"),
    path("requests/<uuid:request_id>/", requests.asked, name="asked"),
    path("requests/<uuid:request_id>/check/", requests.checking, name="checking"),
    path("requests/<uuid:request_id>/extension/", requests.extending, name="extending"),
    path("requests/<uuid:request_id>/answer/", requests.answering, name="answering"),
    path("requests/<uuid:request_id>/disagreement/", requests.appealing, name="appealing"),
    path("requests/<uuid:request_id>/second-look/", requests.looking_again, name="looking_again"),
    path("incidents/new/", incidents.opening, name="incident_new"),
    path("incidents/<uuid:incident_id>/", incidents.incident, name="incident"),
    path("incidents/<uuid:incident_id>/assessment/", incidents.assessing, name="assessing"),
    path("incidents/<uuid:incident_id>/count/", incidents.counting, name="counting"),
    path("incidents/<uuid:incident_id>/letter/", incidents.letter, name="letter"),
    path("incidents/<uuid:incident_id>/delay/", incidents.delay, name="delay"),
    path("incidents/<uuid:incident_id>/told/", incidents.telling, name="telling"),
    path("incidents/<uuid:incident_id>/closing/", incidents.closing, name="incident_closing"),
    path("looks/<uuid:look_id>/", looks.look, name="look"),
    path("flags/<uuid:flag_id>/why/", looks.why, name="why"),
    path("flags/<uuid:flag_id>/end/", looks.unflagging, name="unflagging"),
]
