from django.urls import path

from breakwater.portal.views import handing, held, own

app_name = "portal"

urlpatterns = [
    path("notes/", own.notes, name="notes"),
    path("notes/out/", own.out, name="out"),
    path("notes/call/", own.call, name="call"),
    path("notes/needs/<uuid:referral_id>/", own.need_met, name="need_met"),
    path("notes/ways/<uuid:contact_point_id>/", own.way, name="way"),
    path("notes/agreed/<uuid:consent_id>/", own.taking_back, name="taking_back"),
    path("form/", held.form, name="form"),
    path("form/back/", held.back, name="form_back"),
    path("own-copy/phone/<uuid:assessment_id>/", held.giving, name="giving"),
    path("own-copy/<uuid:case_id>/", handing.own_copy, name="own_copy"),
    path("own-copy/copies/<uuid:copy_id>/ending/", handing.ending, name="ending"),
    path("own-copy/acts/<uuid:own_act_id>/", handing.answer, name="answer"),
]
