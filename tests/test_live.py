"""What an open page is told by: opaque names, and a sealed word that opens a stream for one person only."""

from dataclasses import replace
from uuid import uuid4

import pytest
from django.test import RequestFactory

from breakwater.kernel.errors import Refused
from breakwater.resources.events import RoomTold
from breakwater.trust.actions.circles import open_circle
from breakwater.trust.events import SignedIn
from breakwater.trust.journal import record
from breakwater.trust.live import Moment, in_circle, listed, of_agency, topic_of, topics_of, viewer, watching
from breakwater.trust.models import Change
from breakwater.trust.testing import NOON, an_actor, an_agency
from breakwater.trust.tests.browsing import browser_of

pytestmark = pytest.mark.django_db


def told_of(program=None):
    return RoomTold(program_id=program, capacity_id=uuid4(), free=2)


def page_of(actor, *watched):
    request = RequestFactory().get("/")
    request.actor, request.now = actor, NOON
    return watching(request, *watched)


def test_what_happened_is_told_to_both_agencies_to_the_circle_and_to_whoever_looks_at_the_thing():
    bed, ours, theirs, circle = (uuid4() for _ in range(4))
    told = topics_of(told_of(bed), [ours, theirs, None], circle)
    assert topic_of(listed(bed)) in told
    assert topic_of(in_circle("care", circle)) in told
    assert len(told) == 4
    assert not {bed, ours, theirs, circle} & told, "no name is the id of a thing"
    assert topics_of(SignedIn(), [ours], None) == set(), "who signs in changes nothing that is shown"


def test_it_is_written_once_with_the_act_and_says_nothing_but_names():
    ada, partner = an_actor(), an_agency()
    circle = open_circle(at=NOON, by=ada)
    before = Change.objects.count()
    record(told_of(), by=ada, at=NOON, circle=circle, to_agency=partner)
    made = Change.objects.order_by("pk")[before:]
    assert [set(one.topics) for one in made] == [topics_of(told_of(), [ada.agency_id, partner.pk], circle.pk)]
    record(SignedIn(), by=ada, at=NOON)
    assert Change.objects.count() == before + 1


def test_a_word_opens_a_stream_for_whom_it_was_made():
    ada, bo, circle = an_actor(), an_actor(), uuid4()
    page = page_of(ada, of_agency(ada), in_circle("care", circle))
    came = viewer(page.word, session="s", by=ada)
    assert came.topics == {topic_of(of_agency(ada)), topic_of(in_circle("care", circle))}
    assert came.circles == (in_circle("care", circle),)
    assert came.since == Moment("", NOON)
    assert str(circle) not in page.word
    later = Moment("7:9:8", NOON.replace(hour=13))
    assert viewer(page.word, session="s", by=ada, told=later.sealed()).since == later
    with pytest.raises(Refused, match="opened by somebody else, or long ago"):
        viewer(page.word, session="s", by=bo)
    with pytest.raises(Refused, match="opened by somebody else, or long ago"):
        viewer(page.word, session="s", by=replace(ada, agency=bo.agency))
    for forged in ("", "nonsense", page.word[:-6] + "AAAAA="):
        with pytest.raises(Refused, match=r"This page cannot be kept live\. Open it again\."):
            viewer(forged, session="s", by=ada)


def test_the_stream_begins_behind_the_door_with_the_headers_of_every_answer():
    ada = an_actor()
    browser, page = browser_of(ada), page_of(ada, of_agency(ada))
    answer = browser.get("/live/", {"page": page.word})
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/event-stream")
    assert answer["X-Accel-Buffering"] == "no"
    assert answer["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer.content == b""
    assert browser_of(an_actor()).get("/live/", {"page": page.word}).status_code == 422
