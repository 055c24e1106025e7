"""The map of the site, one line an app."""

from django.urls import include, path

from breakwater.server import well_known

urlpatterns = [
    path("", include("breakwater.desk.urls")),
    path("", include("breakwater.trust.urls")),
    path("ui/", include("breakwater.ui.urls")),
    path("cases/", include("breakwater.cases.urls")),
    path("people/", include("breakwater.people.urls")),
    path("find-help/", include("breakwater.resources.urls")),
    path("plans/", include("breakwater.plans.urls")),
    path("benefits/", include("breakwater.benefits.urls")),
    path("assessments/", include("breakwater.assessments.urls")),
    path("duties/", include("breakwater.duties.urls")),
    path("attachments/", include("breakwater.attachments.urls")),
    path("messages/", include("breakwater.messaging.urls")),
    path("referrals/", include("breakwater.referrals.urls")),
    path("privacy/", include("breakwater.privacy.urls")),
    path("", include("breakwater.administration.urls")),
    path("", include("breakwater.portal.urls")),
    path("simulation/", include("breakwater.simulation.urls")),
    path("hsds/", include("breakwater.interop.urls")),
    path("robots.txt", well_known.robots, name="robots"),
    path(".well-known/security.txt", well_known.security, name="security_contact"),
]

handler400 = "breakwater.ui.views.bad_request"
handler403 = "breakwater.ui.views.forbidden"
handler404 = "breakwater.ui.views.not_found"
handler500 = "breakwater.ui.views.broken"
