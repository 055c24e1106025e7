from django.urls import path

from breakwater.benefits.views import applications, notices, overview

app_name = "benefits"

urlpatterns = [
    path("", overview.calendar, name="calendar"),
    path("losses/", overview.losses, name="losses"),
    path("<uuid:case_id>/pre-screen/", applications.screening, name="screening"),
    path("pre-screens/<uuid:screening_id>/", applications.screened, name="screened"),
    path("<uuid:case_id>/application/", applications.beginning, name="beginning"),
    path("applications/<uuid:application_id>/", applications.application, name="application"),
    path("applications/<uuid:application_id>/papers/", applications.papers, name="papers"),
    path("papers/<uuid:paper_id>/files/", applications.paper_files, name="paper_files"),
    path("papers/<uuid:paper_id>/seen-to/", applications.paper_seen_to, name="paper_seen_to"),
    path("applications/<uuid:application_id>/submission/", applications.submission, name="submission"),
    path("applications/<uuid:application_id>/interview/", applications.interview, name="interview"),
    path(
        "applications/<uuid:application_id>/interview-over/",
        applications.interview_over,
        name="interview_over",
    ),
    path("applications/<uuid:application_id>/notice/", notices.notice, name="notice"),
    path("applications/<uuid:application_id>/last-day/", notices.last_day, name="last_day"),
    path("applications/<uuid:application_id>/appeal/", notices.appealing, name="appeal"),
    path("applications/<uuid:application_id>/renewal/", notices.renewal, name="renewal"),
    path("applications/<uuid:application_id>/address/", notices.address, name="address"),
    path("applications/<uuid:application_id>/ending/", applications.ending, name="ending"),
]
