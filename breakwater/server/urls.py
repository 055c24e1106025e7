"""The map of the site, one line an app."""

from importlib.util import find_spec
from typing import Any

from django.urls import include, path


def _urls(module: str) -> Any:
    return include(module) if find_spec(module) else include([])


urlpatterns = [
    path("", _urls("breakwater.desk.urls")),
    path("", _urls("breakwater.trust.urls")),
    path("ui/", _urls("breakwater.ui.urls")),
    path("cases/", _urls("breakwater.cases.urls")),
    path("people/", _urls("breakwater.people.urls")),
    path("find-help/", _urls("breakwater.resources.urls")),
    path("plans/", _urls("breakwater.plans.urls")),
    path("referrals/", _urls("breakwater.referrals.urls")),
]

handler400 = "breakwater.ui.views.bad_request"
handler403 = "breakwater.ui.views.forbidden"
handler404 = "breakwater.ui.views.not_found"
handler500 = "breakwater.ui.views.broken"
