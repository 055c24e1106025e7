"""A receiver who has an open case for the person takes a hand-off over into that, and it can be completed."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.urls import reverse

from breakwater.cases.actions.closing import close_case
from breakwater.cases.actions.intake import Story
from breakwater.cases.actions.notes import Telling, add_note
from breakwater.cases.models import Assignment, Case, Danger, Note
from breakwater.cases.testing import a_case, stabilized
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.kernel.ids import new_id
from breakwater.referrals.actions.handoff import confirm_contact, decline_case, take_over
from breakwater.referrals.actions.letters import Word
from breakwater.referrals.actions.taking_over import take_over_into
from breakwater.referrals.models import Handoff, Takeover, our_cases
from breakwater.referrals.testing import a_handoff, news_reaches
from breakwater.trust.access import acting
from breakwater.trust.dispatch import react
from breakwater.trust.models import Entry, Sighting
from breakwater.trust.testing import NOON, an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)
SAID = "Harbor hands her over: she sleeps in her car."


@pytest.fixture
def bo():
    return an_actor(agency=an_agency(name="Long Road"), name="Bo Lund")


@pytest.fixture
def theirs(bo):
    """The case that the receiver has open for the person."""
    as_seen_by(bo)
    return a_case(by=bo, known_as="Jay")


@pytest.fixture
def ada(theirs):
    found = an_actor()
    as_seen_by(found)
    return found


@pytest.fixture
def handoff(ada, bo):
    return a_handoff(a_case(by=ada, known_as="Jay"), by=ada, to=bo.agency)


def story(**more):
    return Story(what_is_happening=SAID, asked_by="partner", asked_at=LATER, **more)


def into(handoff, case, by, **more):
    as_seen_by(by)
    found = Handoff.objects.get(pk=handoff.pk)
    return take_over_into(found, case, story(**more), at=LATER, by=by)


def stage(handoff, by):
    with acting(by):
        return Handoff.objects.get(pk=handoff.pk).stage


def bo_hears(bo):
    """What the receiver wrote down is heard by its own side, twice."""
    with acting(bo):
        mine = list(Entry.objects.filter(agency=bo.agency, to_agency=None).values_list("pk", flat=True))
    for entry in [*mine, *mine]:
        react(entry, bo.agency, at=LATER)


def test_the_packet_goes_into_the_open_case_and_nobody_has_two(handoff, theirs, bo):
    case = into(handoff, theirs, bo, dangers={"from_other": ("likely", "He looks for her.")})
    assert (case.pk, Case.objects.held_by(bo).count()) == (theirs.pk, 1)
    assert stage(handoff, bo) == "accepted", "who takes it over has accepted it"
    as_seen_by(bo)
    note = Note.objects.get(case=theirs)
    assert (note.words, note.with_whom, note.reached) == (SAID, "Partner agency", False)
    assert Danger.objects.levels_of(theirs)["from_other"] == "likely"
    assert Assignment.objects.owners().get(case=theirs).worker_id == bo.user_id
    assert our_cases([handoff.pk], by=bo) == {handoff.pk: (theirs.pk, theirs.number)}
    told = Entry.objects.of_episode(theirs.pk).filter(verb="referrals.handoff_taken_into")
    assert told.get().facts == {"handoff_id": str(handoff.pk)}


def test_once_they_are_reached_the_hand_off_is_complete_and_the_sender_closes_its_case(
    handoff, theirs, ada, bo
):
    into(handoff, theirs, bo)
    spoke = Telling(kind="call", words="Spoke with her.", happened_at=LATER, reached=True)
    add_note(theirs, spoke, at=LATER, by=bo)
    bo_hears(bo)
    assert stage(handoff, bo) == "first_contact"
    as_seen_by(ada)
    news_reaches(ada.agency, at=LATER, times=2)
    as_seen_by(ada)
    stabilized(handoff.case, by=ada, at=LATER)
    assert close_case(handoff.case, outcome="handed_off", at=LATER, by=ada)


def test_who_spoke_with_them_on_taking_over_has_made_the_first_contact(handoff, theirs, bo):
    into(handoff, theirs, bo, spoke=True)
    bo_hears(bo)
    assert stage(handoff, bo) == "first_contact"


def test_the_receiver_confirms_it_by_hand_once_it_has_taken_it_over_and_not_before(handoff, theirs, bo):
    as_seen_by(bo)
    found = Handoff.objects.get(pk=handoff.pk)
    with pytest.raises(Overtaken, match="has not accepted this case yet"):
        confirm_contact(found, word=Word(), at=LATER, by=bo)
    into(handoff, theirs, bo)
    confirm_contact(Handoff.objects.get(pk=handoff.pk), word=Word(), at=LATER, by=bo)
    assert stage(handoff, bo) == "first_contact"


def test_a_case_that_was_closed_since_holds_nobody_and_another_open_one_may_take_them(handoff, theirs, bo):
    into(handoff, theirs, bo)
    close_case(theirs, outcome="declined", at=LATER, by=bo)
    soon = LATER + timedelta(minutes=1)
    found = Handoff.objects.get(pk=handoff.pk)
    with pytest.raises(Refused, match="Open your own case"):
        confirm_contact(found, word=Word(), at=soon, by=bo)
    with pytest.raises(IntegrityError, match="has a case of its own"), transaction.atomic():
        Handoff.objects.filter(pk=handoff.pk).update(stage="first_contact", closed_at=soon)
    anew = take_over(found, story(worker=bo.user), person=theirs.person, at=soon, by=bo)
    assert our_cases([handoff.pk], by=bo) == {handoff.pk: (anew.pk, anew.number)}
    confirm_contact(Handoff.objects.get(pk=handoff.pk), word=Word(), at=soon, by=bo)


def test_it_is_taken_over_once(handoff, theirs, bo):
    into(handoff, theirs, bo)
    with pytest.raises(Overtaken, match="already opened its case"):
        into(handoff, theirs, bo)
    with pytest.raises(Overtaken, match="already opened its case"):
        take_over(Handoff.objects.get(pk=handoff.pk), story(), at=LATER, by=bo)
    with pytest.raises(IntegrityError, match="goes_into_a_case_once"), transaction.atomic():
        Takeover.objects.create(circle=theirs.circle, case=theirs, came_from=handoff.pk, at=LATER)


def test_nobody_else_takes_it_over_nor_into_the_case_of_others_nor_after_a_no(handoff, theirs, ada, bo):
    with pytest.raises(NotPermitted, match="not offered to your agency"):
        into(handoff, theirs, ada)
    as_seen_by(ada)
    with pytest.raises(NotPermitted, match="circle of care"):
        into(handoff, handoff.case, bo)
    as_seen_by(bo)
    decline_case(Handoff.objects.get(pk=handoff.pk), word=Word(words="Full"), at=LATER, by=bo)
    with pytest.raises(Refused, match="declined or taken back"):
        into(handoff, theirs, bo)
    assert not Note.objects.filter(case=theirs).exists()


def test_whoever_offered_it_never_reads_into_which_case_it_went(handoff, theirs, ada, bo):
    into(handoff, theirs, bo)
    as_seen_by(ada)
    news_reaches(ada.agency, at=LATER)
    as_seen_by(ada)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM referrals_takeover")
        assert cursor.fetchone() == (0,)
    told = [str(one.facts) + str(one.about) for one in Entry.objects.all()]
    assert not [one for one in told if str(theirs.pk) in one]
    assert Handoff.objects.get(pk=handoff.pk).is_held_by_receiver(LATER) is True, "yes, and no more"


def test_nobody_ties_a_case_to_a_hand_off_that_was_not_offered_to_them(handoff, theirs, ada, bo):
    for by, case in ((ada, handoff.case), (bo, theirs)):
        as_seen_by(by)
        came_from = handoff.pk if by is ada else new_id()
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Takeover.objects.create(circle=case.circle, case=case, came_from=came_from, at=LATER)
    into(handoff, theirs, bo)
    with pytest.raises(ProgrammingError, match="stays written"), transaction.atomic():
        Takeover.objects.update(came_from=new_id())


def test_the_page_shows_the_open_case_and_one_press_takes_it_over_into_that(handoff, theirs, bo):
    where = reverse("referrals:taking_over", args=(handoff.pk,))
    typed = {"what_is_happening": SAID, "known_as": "Jay", "asked_by": "partner", "owner": "me"}
    typed |= {"person": str(theirs.person_id)}
    client = browser_of(bo)
    asked = press(client, where, by=bo, **typed)
    page = asked.content.decode()
    assert (asked.status_code, f"Take it over into {theirs.number}" in page, SAID in page) == (
        422,
        True,
        True,
    )
    as_seen_by(bo)
    assert Sighting.objects.filter(page="referrals:taking_over", ids__contains=[theirs.pk]).exists()
    assert stage(handoff, bo) == "offered", "nothing is written down yet"
    done = press(client, where, by=bo, **typed, into_open="1", spoke="1")
    assert (done.status_code, done["Location"]) == (303, reverse("desk:case", args=(theirs.pk,)))
    packet = client.get(reverse("referrals:packet", args=(handoff.pk,))).content.decode()
    assert (f"Our case {theirs.number}" in packet, "Nobody at your agency" in packet) == (True, False)
    letters = client.get(reverse("referrals:letters")).content.decode()
    assert f'href="{reverse("desk:case", args=(theirs.pk,))}">Our case' in letters


def test_whoever_is_somebody_else_after_all_gets_a_case_of_their_own(handoff, theirs, bo):
    where = reverse("referrals:taking_over", args=(handoff.pk,))
    typed = {"what_is_happening": SAID, "known_as": "Jay", "asked_by": "partner", "owner": "me", "person": ""}
    assert press(browser_of(bo), where, by=bo, **typed).status_code == 303
    as_seen_by(bo)
    assert (Case.objects.count(), Takeover.objects.count()) == (2, 0)
