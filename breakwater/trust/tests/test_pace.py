"""How often one person asks: never in the way of work, and never without end."""

import re
from inspect import getsource, unwrap

import pytest
from django.conf import settings
from django.urls import get_resolver

from breakwater.trust.pace import PACES, Pace
from breakwater.trust.testing import an_actor
from breakwater.trust.tests.browsing import browser_of

_LOOKS = ("possible_matches(", "IntakeForm(request.POST")
"""By what a page looks for somebody: itself, or its form does."""

CALLS_A_MINUTE, LOOKED_UP = 1, 20


def all_views(patterns):
    for one in patterns:
        if hasattr(one, "url_patterns"):
            yield from all_views(one.url_patterns)
        else:
            yield one.callback


def test_a_busy_hotline_never_meets_a_limit_and_a_program_does():
    pace, limit = Pace(), PACES["search"]
    for second in range(8 * 3600):
        if second % (60 // CALLS_A_MINUTE // LOOKED_UP) == 0:
            assert not pace.wait("ada", often=limit.often, over=limit.over, at=float(second)), "a whole shift"
    tries = [pace.wait("eve", often=limit.often, over=limit.over, at=0.0) for _ in range(1_000)]
    assert tries.count(0.0) == limit.often
    wait = tries[-1]
    assert limit.why_not(wait).startswith("That was more searching")
    assert not pace.wait("ada", often=limit.often, over=limit.over, at=30_000.0), "and others go on"
    assert not pace.wait("eve", often=limit.often, over=limit.over, at=wait), (
        "as does she, when she has waited"
    )


MARKS = {
    "return _invited(": "invitations",
    "hand_copy(": "codes",
    "hand_link": "codes",
    "hand_room_link(": "codes",
    "let_another_in(": "codes",
    "Challenge.Kind.PASSKEY, state": "passkeys",
    "return _on_the_way(request, provider)": "elsewhere",
    "return paper(": "paper",
    "return given_out(found)": "files",
    "Content-Disposition": "files",
    "return ShownOnce(_file(": "export",
}
"""What stands in a view that carries something away, and the limit that it needs."""


def limited_as(view):
    """Which limit a view needs, if any."""
    source = getsource(unwrap(view))
    if getattr(view, "only_looks", False) or any(one in source for one in _LOOKS):
        return "search"
    if getattr(view, "takes_files", False) or "request.FILES" in source:
        return "uploads"
    return next((kind for mark, kind in MARKS.items() if mark in source), "")


def test_whatever_searches_prints_exports_invites_or_hands_out_or_takes_a_file_has_its_limit():
    found = {view: kind for view in set(all_views(get_resolver().url_patterns)) if (kind := limited_as(view))}
    assert set(found.values()) == set(PACES), "each limit is met somewhere"
    assert {view.__name__: kind for view, kind in found.items() if getattr(view, "pace", "") != kind} == {}


@pytest.mark.django_db
def test_who_searches_too_often_reads_it_and_everything_else_goes_on(monkeypatch):
    monkeypatch.setattr(settings, "PERSON_PACE", 1 / PACES["search"].often)
    eve, ada = browser_of(an_actor()), browser_of(an_actor())
    assert eve.post("/search/", {"q": "Vega"}).status_code == 200
    slowed = eve.post("/search/", {"q": "Vega"})
    assert slowed.status_code == 429
    assert re.search(r"Wait \d+ seconds? and search again; everything else", slowed.content.decode())
    assert "tel:" in slowed.content.decode(), "and whom to call"
    assert [eve.get(one).status_code for one in ("/", "/search/", "/find-help/")] == [200, 200, 200]
    assert ada.post("/search/", {"q": "Vega"}).status_code == 200
    assert ada.get("/cases/intake/").status_code == 429, "a draft that is opened here looks for somebody too"
