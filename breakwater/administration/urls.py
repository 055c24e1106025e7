from django.urls import path

from breakwater.administration.views import people, reviews, roles, suspension, units, upkeep

app_name = "administration"

urlpatterns = [
    path("administration/", people.people, name="people"),
    path("administration/appointing/", people.appointing, name="appointing"),
    path("administration/people/<uuid:appointment_id>/", people.person, name="person"),
    path("administration/people/<uuid:appointment_id>/moving/", people.moving, name="moving"),
    path("administration/people/<uuid:appointment_id>/dismissing/", people.dismissing, name="dismissing"),
    path("administration/people/<uuid:appointment_id>/signing-out/", people.signing_out, name="signing_out"),
    path("administration/people/<uuid:appointment_id>/inviting/", people.inviting, name="inviting"),
    path("administration/people/<uuid:appointment_id>/returning/", people.returning, name="returning"),
    path("administration/units/", units.units, name="units"),
    path("administration/units/<uuid:unit_id>/", units.unit, name="unit"),
    path("administration/units/<uuid:unit_id>/closing/", units.closing, name="closing"),
    path("administration/roles/", roles.roles, name="roles"),
    path("administration/roles/making/", roles.making, name="making"),
    path("administration/roles/comparing/", roles.comparing, name="comparing"),
    path("administration/roles/<uuid:role_id>/ending/", roles.ending, name="ending"),
    path("administration/reviews/", reviews.reviews, name="reviews"),
    path("administration/reviews/<uuid:review_id>/", reviews.review, name="review"),
    path(
        "administration/reviews/<uuid:review_id>/<uuid:appointment_id>/",
        reviews.confirming,
        name="confirming",
    ),
    path("administration/upkeep/", upkeep.upkeep, name="upkeep"),
    path("administration/suspension/", suspension.suspension, name="suspension"),
    path("administration/looked-after/", suspension.looked_after, name="looked_after"),
]
