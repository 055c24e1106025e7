from django.urls import path

from breakwater.privacy.views import consents, desk, glass, protection, seen

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
    path("consents/<uuid:consent_id>/", consents.paper, name="paper"),
    path("consents/<uuid:consent_id>/narrowing/", consents.narrowing, name="narrowing"),
    path("consents/<uuid:consent_id>/withdrawal/", consents.withdrawal, name="withdrawal"),
]
