"""Names, ways to reach somebody, those round them, and who is in this together: added, ended, never lost."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.people.actions.households import join_household, leave_household
from breakwater.people.actions.persons import add_name, end_name, register
from breakwater.people.actions.reach import add_contact_point, add_supporter, end_contact_point, end_supporter
from breakwater.people.models import ContactPoint, Household, Membership, Name, Supporter, beside
from breakwater.trust.actions.circles import open_circle
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Entry
from breakwater.trust.testing import NOON, an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return an_actor()


def somebody(by, name="Marisol"):
    return register(circle=open_circle(at=by.now, by=by), known_as=name, at=by.now, by=by)


def told(verb):
    return Entry.objects.filter(verb=f"people.{verb}").count()


def test_a_name_is_added_found_by_and_ended_once(ada):
    person = somebody(ada)
    name = add_name(person, kind="nickname", text="Mari", at=NOON, by=ada)
    assert (name.key, Name.objects.filter(person=person, ends_at=None).count()) == ("mari", 2)
    end_name(name, at=NOON, by=ada)
    with pytest.raises(Overtaken, match="ended already"):
        end_name(name, at=NOON, by=ada)
    assert Name.objects.get(pk=name.pk).text == "Mari"
    assert told("name_changed") == 2


@pytest.mark.parametrize(
    ("kind", "text", "sentence"),
    [("nickname", "  ", "Write the name"), ("title", "Mari", "what sort of name"),
     ("known_as", "Mari", "what sort of name"), ("nickname", "Marisol", "there already")],
)  # fmt: skip
def test_a_name_that_says_nothing_new_is_refused(ada, kind, text, sentence):
    with pytest.raises(Refused, match=sentence):
        add_name(somebody(ada), kind=kind, text=text, at=NOON, by=ada)


def test_what_they_are_known_as_is_not_ended_but_corrected(ada):
    name = Name.objects.get(person=somebody(ada), kind="known_as")
    with pytest.raises(Refused, match="Correct who they are"):
        end_name(name, at=NOON, by=ada)


def test_ways_to_reach_them_and_those_round_them_end_once_and_stay_readable(ada):
    person = somebody(ada)
    point = add_contact_point(
        person, kind="phone", value="(555) 010-1000", safety="safe", how="", at=NOON, by=ada
    )
    ana = add_supporter(
        person, name="Ana", relation="sister", reach="", may_know="", must_not_know=False, at=NOON, by=ada
    )
    for row, end in ((point, end_contact_point), (ana, end_supporter)):
        end(row, at=NOON, by=ada)
        with pytest.raises(Overtaken, match="ended already"):
            end(row, at=NOON, by=ada)
    assert ContactPoint.objects.get(pk=point.pk).ends_at == Supporter.objects.get(pk=ana.pk).ends_at == NOON


def test_two_form_a_household_and_a_third_joins_it(ada):
    mother, child, aunt = (somebody(ada, name) for name in ("Marisol", "Rio", "Ana"))
    join_household(child, with_=mother, part="child", at=NOON, by=ada)
    join_household(aunt, with_=child, part="aunt", at=NOON, by=ada)
    assert Household.objects.count() == 1
    assert {one.person for one in beside(mother, ada)} == {mother, child, aunt}
    assert told("household_changed") == 3


def test_nobody_is_in_two_households_or_in_one_with_themselves(ada):
    one, other, third = (somebody(ada, name) for name in ("One", "Other", "Third"))
    join_household(one, with_=other, part="adult", at=NOON, by=ada)
    with pytest.raises(Overtaken, match="household already"):
        join_household(one, with_=third, part="adult", at=NOON, by=ada)
    with pytest.raises(Refused, match="with themselves"):
        join_household(third, with_=third, part="adult", at=NOON, by=ada)
    with pytest.raises(Refused, match="Say what they are"):
        join_household(third, with_=one, part=" ", at=NOON, by=ada)
    theirs = Membership.objects.get(person=one)
    with pytest.raises(IntegrityError, match="one_household_at_a_time"), transaction.atomic():
        Membership.objects.create(
            circle=one.circle, person=one, household=theirs.household, part="adult", starts_at=NOON
        )


def test_who_leaves_may_join_another(ada):
    one, other, third = (somebody(ada, name) for name in ("One", "Other", "Third"))
    membership = join_household(one, with_=other, part="adult", at=NOON, by=ada)
    leave_household(membership, at=NOON, by=ada)
    with pytest.raises(Overtaken, match="left this household already"):
        leave_household(membership, at=NOON, by=ada)
    join_household(one, with_=third, part="adult", at=NOON, by=ada)


def test_a_household_tells_nobody_outside_the_circles(ada):
    mother, child = somebody(ada, "Marisol"), somebody(ada, "Rio")
    join_household(child, with_=mother, part="child", at=NOON, by=ada)
    bo = as_seen_by(an_actor())
    assert not Membership.objects.exists()
    assert not Household.objects.exists()
    theirs = somebody(bo, "Stranger")
    with pytest.raises(NotPermitted):
        join_household(theirs, with_=mother, part="adult", at=NOON, by=bo)


def test_only_those_who_may_correct_people_do(ada):
    person = somebody(ada)
    partner = an_actor(Role.PARTNER, agency=ada.agency)
    with pytest.raises(NotPermitted):
        add_name(person, kind="nickname", text="Mari", at=NOON, by=partner)


def test_on_the_person_page_all_of_it_is_a_press_away():
    ada = an_actor()
    ada.now = timezone.now()
    mother, child = somebody(ada, "Marisol"), somebody(ada, "Rio")
    client, person_page = browser_of(ada), reverse("desk:person", args=[child.pk])
    found = press(client, reverse("people:household", args=[child.pk]), by=ada, name="marisol", part="child")
    assert f'value="{mother.pk}"' in found.content.decode()
    where = reverse("people:household", args=[child.pk])
    assert (
        press(client, where, by=ada, name="marisol", part="child", with_person=mother.pk).status_code == 303
    )
    where = reverse("people:name", args=[child.pk])
    assert press(client, where, by=ada, kind="nickname", text="Ri").status_code == 303
    shown = client.get(person_page).content.decode()
    assert "Ri</span>" in shown
    assert str(mother.pk) in shown
    as_seen_by(ada)
    for row, name in (
        (Membership.objects.get(person=child), "leaving"), (Name.objects.get(text="Ri"), "name_ending"),
    ):  # fmt: skip
        assert client.get(reverse(f"people:{name}", args=[row.pk])).status_code == 200
        assert press(client, reverse(f"people:{name}", args=[row.pk]), by=ada).status_code == 303
        as_seen_by(ada)
    assert not Membership.objects.filter(person=child, ends_at=None).exists()


def test_two_who_correct_at_once_both_see_what_the_other_wrote(ada):
    ada.now = timezone.now()
    person = somebody(ada)
    client, where = browser_of(ada), reverse("people:who", args=[person.pk])
    facts = {"known_as": "Marisol", "birth_date_is": person.birth_date_is, "version": "1"}
    assert press(client, where, by=ada, **facts, strengths="Sings.").status_code == 303
    stale = press(client, where, by=ada, **facts, strengths="Walks.")
    shown = stale.content.decode()
    assert stale.status_code == 422
    assert "Sings." in shown
    assert "Walks." in shown
    assert "Ada Reyes" in shown
    assert press(client, where, by=ada, **(facts | {"version": "2"}), strengths="Walks.").status_code == 303
