"""The five gates on one page: what was filled in is met, all of it or none, and nothing that was typed is lost."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.urls import reverse

from breakwater.cases.actions.follow_up import Try, attempt
from breakwater.cases.actions.gates import GateSaid, meet_gate, meet_gates
from breakwater.cases.actions.screening import read_danger
from breakwater.cases.models import Attempt, FollowUp, Gate
from breakwater.cases.testing import EVIDENCE, a_case
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.people.actions.reach import add_contact_point, change_safety, end_contact_point
from breakwater.people.models import ContactPoint
from breakwater.trust.access import actor_for
from breakwater.trust.dispatch import react
from breakwater.trust.models import Appointment, Entry
from breakwater.trust.testing import NOON, an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press
from breakwater.trust.tests.test_second_step import give_own_role

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)
MORNING = NOON + timedelta(hours=22)


def said(*kinds, evidence=EVIDENCE):
    return [GateSaid(kind=kind, evidence=evidence) for kind in kinds or Gate.Kind.values]


def met(case):
    return set(Gate.objects.standing().filter(case=case).values_list("kind", flat=True))


def test_all_five_are_met_in_one_act_with_the_contact_that_was_agreed():
    ada = an_actor()
    case = a_case(by=ada)
    told = [*said()[:4], GateSaid(kind="next_contact", evidence="Tomorrow, he said yes.", met_at=NOON)]
    meet_gates(case, told, next_contact=MORNING, at=LATER, by=ada)
    assert met(case) == set(Gate.Kind.values)
    assert FollowUp.objects.booked().get(case=case).planned_for == MORNING
    assert Entry.objects.filter(verb="cases.gate_met").count() == 5
    assert Entry.objects.filter(verb="cases.case_stabilized").count() == 1
    assert Clock.objects.get(episode=case.pk, kind="stabilization").ended_at == LATER
    assert Gate.objects.get(case=case, kind="next_contact").starts_at == NOON


def test_one_that_is_refused_keeps_the_others_and_the_booking_back_and_each_is_told_at_its_gate():
    ada = an_actor()
    case = a_case(by=ada, dangers={"self": ("now", "On the roof.")})
    told = said("safe_tonight", "basic_needs") + said("rescreened", evidence="x")
    with pytest.raises(Refused) as refused, transaction.atomic():
        meet_gates(case, told, next_contact=MORNING, at=LATER, by=ada)
    assert refused.value.fields.keys() == {"safe_tonight", "rescreened"}
    assert "A danger is now" in refused.value.fields["safe_tonight"]
    assert not met(case)
    assert not FollowUp.objects.booked().filter(case=case).exists()


def test_a_gate_that_a_colleague_met_meanwhile_is_told_at_its_field():
    ada = an_actor()
    case = a_case(by=ada)
    meet_gate(case, kind="basic_needs", evidence=EVIDENCE, at=LATER, by=ada)
    with pytest.raises(Overtaken) as late:
        meet_gates(case, said("basic_needs", "safe_tonight"), at=LATER, by=ada)
    assert late.value.fields == {"basic_needs": "“Basic needs met” is met already."}
    assert met(case) == {"basic_needs"}
    answer = press(
        browser_of(ada),
        reverse("cases:gate", args=(case.pk,)),
        basic_needs="Soup, twice.",
        safe_tonight=EVIDENCE,
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Soup, twice." in page
    assert "is met already" in page
    assert EVIDENCE in page, "both texts, and whose the other is"
    assert 'name="basic_needs"' not in page, (
        "nothing to empty first: what is left is saved with one more press"
    )
    assert 'name="safe_tonight"' in page
    press(browser_of(ada), reverse("cases:gate", args=(case.pk,)), safe_tonight=EVIDENCE)
    assert met(case) == {"basic_needs", "safe_tonight"}
    assert Gate.objects.get(case=case, kind="basic_needs").evidence == EVIDENCE


def test_on_the_page_what_was_typed_stays_until_every_gate_can_be_met():
    ada = an_actor()
    case = a_case(by=ada, dangers={"self": ("possible", "")})
    client, where = browser_of(ada), reverse("cases:gate", args=(case.pk,))
    page = client.get(where).content.decode()
    assert page.count("How do you know?") == 5
    assert "Nobody has read a danger again since intake" in page
    assert "nobody round them who may be told" in page
    assert "Nothing is filled in yet" in press(client, where).content.decode()
    typed = {
        "safe_tonight": "With her aunt tonight.",
        "rescreened": "Asked again.",
        "when": "tomorrow_morning",
    }
    refused = press(client, where, **typed)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert page.count("Say how you know: one line of evidence.") == 1, "booked, and not a word about it"
    assert "With her aunt tonight." in page
    assert "Risk screened again: How do you know?" in page, "led to by its gate"
    assert not met(case)
    read_danger(case, to="self", level="possible", words="", at=LATER, by=ada)
    add_contact_point(case.person, kind="phone", value="555 0100", safety="safe", how="", at=ada.now, by=ada)
    assert "one line is enough" in client.get(where).content.decode()
    done = press(client, where, **typed, next_contact="He wants to be called at ten.")
    assert done["Location"].endswith("#gates")
    assert met(case) == {"safe_tonight", "rescreened", "next_contact"}
    page = client.get(where).content.decode()
    assert page.count("How do you know?") == 2
    assert "555 0100" in page


def way(case, by, value="555 0100"):
    return add_contact_point(case.person, kind="phone", value=value, safety="safe", how="", at=NOON, by=by)


def heard(by, since):
    """What was written since is heard, as the worker would."""
    for entry in list(Entry.objects.filter(pk__gt=since).order_by("pk").values_list("pk", flat=True)):
        react(entry, by.agency, at=LATER)
    as_seen_by(by)


def does_not_work(point, *, at, by):
    """Somebody calls them there for a check-in, and the number is nobody's or a stranger's."""
    owed = FollowUp.objects.standing().filter(case__person=point.person).earliest("planned_for")
    attempt(owed, Try(outcome="wrong_number", contact_point=point), at=at, by=by)


@pytest.mark.parametrize(
    "goes",
    [end_contact_point, partial(change_safety, safety="unsafe"), does_not_work],
    ids=["ended", "not safe", "does not work"],
)
def test_with_the_last_way_to_reach_them_goes_the_gate_that_leaned_on_it(goes):
    ada = an_actor()
    case = a_case(by=ada)
    first, second = way(case, ada), way(case, ada, "555 0101")
    meet_gates(case, said(), next_contact=MORNING, at=LATER, by=ada)
    for point, is_met, runs in ((first, True, 0), (second, False, 1)):
        since = Entry.objects.latest("pk").pk
        goes(point, at=LATER, by=ada)
        heard(ada, since)
        assert ("contact" in met(case)) is is_met
        assert Clock.objects.running().of(case.pk).filter(kind="stabilization").count() == runs
    assert (
        Gate.objects.get(case=case, kind="contact").lost_because
        == "No way to reach them is left that may be used."
    )


def test_where_words_said_how_they_are_found_a_number_that_goes_takes_nothing_back():
    ada = an_actor()
    case = a_case(by=ada)
    meet_gate(case, kind="contact", evidence=EVIDENCE * 3, at=NOON, by=ada)
    later = add_contact_point(
        case.person, kind="phone", value="555 0100", safety="safe", how="", at=LATER, by=ada
    )
    since = Entry.objects.latest("pk").pk
    end_contact_point(later, at=LATER, by=ada)
    heard(ada, since)
    assert met(case) == {"contact"}


def test_whoever_may_try_and_correct_nothing_says_that_a_number_does_not_work():
    ada = an_actor()
    point = way(a_case(by=ada), ada)
    give_own_role(ada, "cases.work", "cases.read", "people.read", "clocks.run")
    there = Appointment.objects.select_related("user", "agency", "own_role").get(user=ada.user)
    does_not_work(point, at=LATER, by=as_seen_by(actor_for(there, now=LATER)))
    assert ContactPoint.objects.get(pk=point.pk).ends_at == LATER


@pytest.mark.parametrize("outcome", [one for one in Attempt.Outcome.values if one != "wrong_number"])
def test_a_way_by_which_nobody_answered_is_tried_again(outcome):
    ada = an_actor()
    case = a_case(by=ada)
    point = way(case, ada)
    owed = FollowUp.objects.standing().filter(case=case).earliest("planned_for")
    attempt(owed, Try(outcome=outcome, contact_point=point), at=LATER, by=ada)
    assert ContactPoint.objects.get(pk=point.pk).ends_at is None
