"""Who of a household may see which part of a plan: nobody, until the person chooses; never who hurt them."""

import re
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from breakwater.cases.testing import a_case
from breakwater.kernel.errors import NotPermitted, Refused, Stale
from breakwater.people.actions.households import join_household, leave_household
from breakwater.people.actions.reach import add_supporter
from breakwater.people.models import Membership
from breakwater.plans.actions.family import Choice, Telling, choose_family, tell_kin
from breakwater.plans.family import PARTS, family_of, mark_of_choices, standing_choices
from breakwater.plans.models import FamilyChoice, FamilyTelling
from breakwater.plans.testing import a_copy, a_family_choice, a_goal, a_safety_plan, a_step
from breakwater.trust.actions.consents import raise_segments
from breakwater.trust.actions.family import Close, say_who_may_know
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Decision, Entry
from breakwater.trust.testing import an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db
SIGNS, COPING, STEPS = "safety.warning_signs", "safety.own_coping", "action.steps"


@pytest.fixture
def ada():
    return an_actor(now=datetime.now(UTC))


@pytest.fixture
def case(ada):
    """Marisol, with both plans, who is in this with Ana and with Rob."""
    case = a_case(by=ada, at=ada.now, known_as="Marisol")
    a_safety_plan(case, by=ada)
    a_goal(case, by=ada)
    a_step(case, by=ada, words="See the room on Elm Street")
    for name, part in (("Ana", "Adult"), ("Rob", "Partner")):
        joins(a_case(by=ada, at=ada.now, known_as=name), case, part, by=ada)
    return case


def joins(other, case, part, *, by):
    """Somebody belongs to the household of a case's person."""
    return join_household(other.person, with_=case.person, part=part, at=by.now, by=by)


def agrees(case, name, *, by, answer="agreed"):
    """The person said whether somebody close to them may be told at all."""
    say_who_may_know(Close(answer=answer, name=name), circle=case.circle, at=by.now, by=by)


def member(name):
    """The membership of somebody."""
    return Membership.objects.select_related("person", "circle").get(person__known_as=name, ends_at=None)


def told(case, to, *parts, by, **facts):
    """Somebody was told parts of a plan."""
    return tell_kin(case, to, Telling(parts=parts, **({"how": "read"} | facts)), at=by.now, by=by)


def test_on_the_pages_the_person_chooses_part_by_part_and_what_was_told_is_kept(ada, case):
    client, ana = browser_of(ada), member("Ana")
    where = {
        name: reverse(f"plans:{name}", args=[case.pk])
        for name in ("family", "family_choice", "family_telling")
    }
    assert where["family"] in client.get(reverse("desk:person", args=[case.person_id])).content.decode()
    page = client.get(where["family"]).content.decode()
    assert page.count("Only they") == 9, (
        "seven sections, the goals and the steps: nobody else until they choose"
    )
    assert "My words for" not in page
    asked = client.get(where["family_choice"]).content.decode()
    mark = re.search(r'name="read" value="([^"]+)"', asked)[1]
    typed = {"read": mark, "parts-1": [SIGNS, STEPS], "hurt-1": "no", "hurt-2": "yes"}
    refused = press(client, where["family_choice"], by=ada, **typed, **{"parts-2": [SIGNS]})
    assert "sees nothing. Untick every part" in refused.content.decode()
    assert press(client, where["family_choice"], by=ada, **typed).status_code == 303
    again = press(client, where["family_choice"], by=ada, **typed).content.decode()
    assert "Somebody wrote down another choice" in again
    page = client.get(where["family"]).content.decode()
    assert (page.count("Seen by Ana"), page.count("kept from others"), page.count("Only they")) == (2, 2, 7)
    telling = client.get(where["family_telling"]).content.decode()
    assert PARTS[SIGNS] in telling
    assert PARTS[COPING] not in telling
    assert "Rob" not in telling
    sent = {"member": str(ana.pk), "parts": [SIGNS], "how": "read"}
    assert "have not agreed" in press(client, where["family_telling"], by=ada, **sent).content.decode()
    agrees(case, "Ana", by=ada)
    sent = press(client, where["family_telling"], by=ada, **sent)
    assert sent.status_code == 303
    assert "read aloud together" in client.get(where["family"]).content.decode()
    kept = Decision.objects.get(act="disclose", answer="permit")
    assert (kept.recipient_name, kept.information) == ("Ana", ["care"])
    chronology = client.get(reverse("cases:chronology", args=[case.pk])).content.decode()
    assert "may see of their plans: 2 parts" in chronology
    assert "A part of a plan was read out to somebody in their household." in chronology
    assert not re.search("Ana|Rob", chronology)


def test_a_choice_has_versions_and_only_a_change_makes_one(ada, case):
    ana = member("Ana")
    first = a_family_choice(case, ana, SIGNS, by=ada)
    stale = mark_of_choices({}, [ana.pk])
    with pytest.raises(Stale, match="Both are shown"):
        choose_family(case, {ana.pk: Choice(hurt_them=False)}, read=stale, at=ada.now, by=ada)
    mark = mark_of_choices(standing_choices(case), [ana.pk])
    same = Choice(parts=frozenset([SIGNS]), hurt_them=False)
    assert choose_family(case, {ana.pk: same}, read=mark, at=ada.now, by=ada) == []
    second = a_family_choice(case, ana, by=ada, hurt_them=True)
    assert (first.version, second.version, FamilyChoice.objects.count()) == (1, 2, 2)
    assert Entry.objects.filter(verb="plans.family_chosen", episode=case.pk).count() == 2
    with pytest.raises(Refused, match="may have hurt them sees nothing"):
        told(case, ana, SIGNS, by=ada)


@pytest.mark.parametrize(
    ("parts", "facts", "sentence"),
    [((COPING,), {}, "may not see this"), ((), {}, "which parts they were told"), ((SIGNS,), {"how": "x"}, "and how"),
     (("action.needs",), {}, "nothing in one of these parts"), (("x",), {}, "among the parts"),
     ((SIGNS,), {"how": "paper"}, "where the paper will be kept")],
)  # fmt: skip
def test_only_what_was_chosen_is_told_and_paper_where_it_is_safe(ada, case, parts, facts, sentence):
    ana = member("Ana")
    a_family_choice(case, ana, SIGNS, "action.needs", by=ada)
    with pytest.raises(Refused, match=sentence):
        told(case, ana, *parts, by=ada, **facts)
    agrees(case, "Ana", by=ada)
    assert told(case, ana, SIGNS, by=ada, how="paper", safe_to_keep=True).parts == [SIGNS]


def test_who_must_not_know_and_who_nobody_asked_about_gets_nothing(ada, case):
    rob, ana = member("Rob"), member("Ana")
    mark = mark_of_choices({}, [ana.pk])
    with pytest.raises(Refused, match="alone and out of hearing"):
        choose_family(case, {ana.pk: Choice()}, read=mark, at=ada.now, by=ada)
    add_supporter(
        case.person,
        name="ROB",
        relation="partner",
        reach="",
        may_know="",
        must_not_know=True,
        at=ada.now,
        by=ada,
    )
    namesake = a_case(by=ada, at=ada.now, known_as=rob.person.known_as).person
    namesake = join_household(namesake, with_=case.person, part="Adult", at=ada.now, by=ada)
    for one in (rob, namesake):
        with pytest.raises(Refused, match="must not know"):
            a_family_choice(case, one, SIGNS, by=ada)
    a_family_choice(case, ana, SIGNS, by=ada)
    agrees(case, "Ana", by=ada, answer="objected")
    with pytest.raises(Refused, match="have not agreed"):
        told(case, ana, SIGNS, by=ada)
    raise_segments(case.circle, ["minor-confidential"], at=ada.now, by=ada)
    with pytest.raises(Refused, match="kept from their household"):
        a_family_choice(case, ana, SIGNS, COPING, by=ada)


def test_who_left_the_household_is_nobody_there_and_starts_anew(ada, case):
    ana = member("Ana")
    a_family_choice(case, ana, SIGNS, by=ada)
    leave_household(ana, at=ada.now, by=ada)
    for act in (lambda: told(case, ana, SIGNS, by=ada), lambda: a_family_choice(case, ana, COPING, by=ada)):
        with pytest.raises(Refused, match="in this household now"):
            act()
    join_household(ana.person, with_=case.person, part="Adult", at=ada.now, by=ada)
    with pytest.raises(Refused, match="may not see this"):
        told(case, member("Ana"), SIGNS, by=ada)


def test_nothing_says_that_there_is_a_member_whom_the_actor_may_not_know(ada, case):
    before = [kin.member.pk for kin in family_of(case, by=ada)]
    client, stranger = browser_of(ada), an_actor(agency=an_agency(), now=ada.now, name="Lin")
    as_seen_by(ada)
    pages = [
        reverse(f"plans:{name}", args=[case.pk]) for name in ("family", "family_choice", "family_telling")
    ]
    plain = [len(client.get(where).content) for where in pages]
    household = member("Ana").household_id
    as_seen_by(stranger)
    theirs = a_case(by=stranger, at=ada.now, known_as="Hidden Hana")
    a_safety_plan(theirs, by=stranger)
    hidden = Membership.objects.create(
        circle=theirs.circle, person=theirs.person, household_id=household, part="Child", starts_at=ada.now
    )
    as_seen_by(ada)
    assert [kin.member.pk for kin in family_of(case, by=ada)] == before
    assert [len(client.get(where).content) for where in pages] == plain
    with pytest.raises(Refused, match="in this household now"):
        choose_family(case, {hidden.pk: Choice(hurt_them=False)}, read="x", at=ada.now, by=ada)
    assert browser_of(stranger).get(pages[0]).status_code == 404


def test_a_role_that_plans_nothing_chooses_nothing(ada, case):
    ana = member("Ana")
    officer = an_actor(Role.PRIVACY_OFFICER, agency=ada.agency, now=ada.now)
    with pytest.raises(NotPermitted):
        a_family_choice(case, ana, SIGNS, by=officer)
    with pytest.raises(NotPermitted):
        told(case, ana, SIGNS, by=officer)


def test_whole_copies_are_given_where_everything_was_chosen(ada, case):
    ana = add_supporter(
        case.person,
        name="Ana",
        relation="sister",
        reach="",
        may_know="All",
        must_not_know=False,
        at=ada.now,
        by=ada,
    )
    plan = case.safety_plans.get()
    a_family_choice(case, member("Ana"), SIGNS, by=ada)
    agrees(case, "Ana", by=ada)
    with pytest.raises(Refused, match="may see only what the person chose"):
        a_copy(plan, by=ada, supporter=ana, how="read")
    a_family_choice(case, member("Ana"), *PARTS, by=ada)
    assert a_copy(plan, by=ada, supporter=ana, how="read").supporter == ana


@pytest.mark.parametrize(
    ("model", "facts", "constraint"),
    [(FamilyChoice, {"parts": [SIGNS], "hurt_them": True, "version": 9}, "who_hurt_them_never_gets_a_part"),
     (FamilyChoice, {"parts": [], "hurt_them": False, "version": 1}, "family_choices_come_one_after_another"),
     (FamilyTelling, {"parts": [], "how": "read"}, "a_telling_says_which_parts")],
)  # fmt: skip
def test_postgresql_keeps_it_too(ada, case, model, facts, constraint):
    ana = member("Ana")
    a_family_choice(case, ana, SIGNS, by=ada)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        model.objects.create(circle=case.circle, case=case, member=ana, at=ada.now, **facts)
