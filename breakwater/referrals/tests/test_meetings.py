"""A case is handed over warmly: a call with three or a visit together, and what it counts for."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from breakwater.cases.actions.intake import Story
from breakwater.cases.testing import a_case
from breakwater.formats.paper import Heading
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.kernel.keys import new_key
from breakwater.referrals.actions.handoff import accept_case, take_over, withdraw_offer
from breakwater.referrals.actions.meeting import Together, note_meeting
from breakwater.referrals.completing import handed_over
from breakwater.referrals.models import Handoff, HandoffStage, Meeting
from breakwater.referrals.papers import meetings_on_paper
from breakwater.referrals.testing import a_handoff, news_reaches
from breakwater.trust.models import Entry
from breakwater.trust.testing import NOON, an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of
from breakwater.ui.languages import spoken

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
SPOKE = Together(
    kind="call", outcome="spoke", receiver="Bo Lund", sender="Ada Reyes", others="An interpreter"
)


@pytest.fixture
def ends():
    """Those who hand over, those who take over, and a case that was offered; seen by those who hand over."""
    bo = an_actor(agency=an_agency(), name="Bo Lund")
    ada = an_actor(name="Ada Reyes")
    case = a_case(by=ada)
    return ada, bo, case, a_handoff(case, by=ada, to=bo.agency)


def meet(handoff, by, told=SPOKE, held_at=LATER, at=LATER):
    return note_meeting(handoff, told, held_at=held_at, at=at, by=by)


def stage_of(handoff):
    return Handoff.objects.get(pk=handoff.pk).stage


def test_who_spoke_with_each_other_have_had_their_first_contact_and_it_counts(ends):
    ada, bo, case, handoff = ends
    meet(handoff, ada, Together(kind="visit", outcome="person_away"))
    assert stage_of(handoff) == "offered"
    as_seen_by(bo)
    accept_case(handoff, at=LATER, by=bo)
    meet(handoff, bo)
    assert stage_of(handoff) == "accepted", "they have met, and nobody there is accountable yet"
    story = Story(what_is_happening="From Harbor", asked_by="partner", asked_at=LATER, worker=bo.user)
    take_over(handoff, story, at=LATER, by=bo)
    meet(handoff, bo)
    assert stage_of(handoff) == "first_contact"
    news_reaches(ada.agency, at=LATER, times=2)
    as_seen_by(ada)
    confirmed = HandoffStage.objects.get(code="first_contact")
    assert (confirmed.told_by, confirmed.source, confirmed.words) == (
        "receiver",
        "Bo Lund",
        "A call with three.",
    )
    verbs = Entry.objects.of_episode(case.pk).order_by("pk").values_list("verb", flat=True)
    assert list(verbs).count("referrals.handoff_meeting_held") == 3
    assert "referrals.first_contact_confirmed" in verbs
    found = handed_over(ada, at=NOON + timedelta(days=9))
    assert (found.in_time, found.all, found.warm, found.percent) == (1, 1, 1, 100)
    assert handed_over(ada, at=NOON + timedelta(days=2)).all == 0


def test_a_case_is_not_theirs_by_being_talked_about(ends):
    ada, _, _, handoff = ends
    meet(handoff, ada)
    assert stage_of(handoff) == "offered"
    outside = a_handoff(a_case(by=ada), by=ada)
    assert meet(outside, ada).outcome == "spoke", (
        "nor that of a receiver without accounts, and it is written down"
    )
    assert stage_of(outside) == "offered"
    found = handed_over(ada, at=NOON + timedelta(days=9))
    assert (found.in_time, found.not_yet, found.warm, found.percent) == (0, 2, 0, 0)


def test_it_stands_on_the_page_and_in_the_packet_at_both_ends(ends):
    ada, bo, _, handoff = ends
    client, where = browser_of(ada), f"/referrals/hand-offs/{handoff.pk}/"
    told = {
        "kind": "visit",
        "outcome": "spoke",
        "receiver": "Bo Lund",
        "sender": "Ada",
        "words": "At the café.",
    }
    key = {"idempotency_key": str(new_key(ada.user.pk))}
    assert client.post(f"{where}meeting/", told | key | {"receiver": ""}).status_code == 422
    key = {"idempotency_key": str(new_key(ada.user.pk))}
    answer = client.post(f"{where}meeting/", told | key)
    assert (answer.status_code, answer["Location"]) == (303, f"{where}#meetings")
    for who in (ada, bo):
        page = browser_of(who).get(where).content.decode()
        assert "A visit together" in page
        assert "At the café." in page
        assert browser_of(who).get(f"{where}pdf/").content.startswith(b"%PDF")
    blocks = meetings_on_paper(Meeting.objects.of_hand_off(handoff.pk), spoken("en"), by=ada)
    assert blocks[0] == Heading("Handed over in person")
    assert "Receiver and person spoke. With Bo Lund, Ada. At the café." in str(blocks[1])
    assert meetings_on_paper([], spoken("es"), by=ada) == []


def test_what_cannot_have_been_is_not_written_down(ends):
    ada, _, _, handoff = ends
    with pytest.raises(Refused, match="once it was held"):
        meet(handoff, ada, held_at=LATER + timedelta(hours=1))
    with pytest.raises(Refused, match="Say who of the receiver"):
        meet(handoff, ada, Together(kind="call", outcome="spoke"))
    stranger = an_actor(agency=an_agency())
    with pytest.raises(NotPermitted):
        meet(handoff, stranger)
    as_seen_by(ada)
    withdraw_offer(handoff, words="We keep it.", at=LATER, by=ada)
    with pytest.raises(Overtaken, match="is over"):
        meet(handoff, ada)


def test_neither_end_rewrites_a_meeting_and_nobody_forges_one(ends):
    ada, bo, _, handoff = ends
    made = meet(handoff, ada)
    assert not Meeting.objects.filter(pk=made.pk).update(receiver="Somebody else")
    assert not Meeting.objects.filter(pk=made.pk)._raw_delete("default")
    facts = {
        "handoff": handoff, "from_agency": ada.agency, "to_agency": bo.agency, "kind": "call", "outcome": "spoke",
        "at": NOON, "by": ada.user, "by_agency": ada.agency,
    }  # fmt: skip
    with pytest.raises(IntegrityError, match="whoever_of_the_receiver_spoke_is_named"), transaction.atomic():
        Meeting.objects.create(**facts)
    an_actor(agency=an_agency())
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Meeting.objects.create(**facts | {"receiver": "Bo"})
