"""One fact about a person is kept apart: whoever reads the rest of who they are reads it as if nobody knew it."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from breakwater.cases.testing import a_case
from breakwater.people.actions.apart import protect_fact
from breakwater.people.actions.persons import correct
from breakwater.people.apart import FIELDS, with_what_is_apart
from breakwater.people.matching import possible_matches
from breakwater.people.models import Apart, Person
from breakwater.privacy.facts import facts_about
from breakwater.privacy.keeping import kept_of_one
from breakwater.referrals.packet import SECTIONS, packet_of
from breakwater.trust.actions.consents import take_consent
from breakwater.trust.testing import a_guest, a_release, an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db
BORN = date(2012, 5, 4)
APART = ["minor-confidential"]
KNOWN = {
    "pronouns": "zie", "language": "Quechua", "strengths": "Zebrafinch", "triggers": "Sirens", "safe_contact": "At 12",
}  # fmt: skip


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


@pytest.fixture
def case(ada):
    return a_case(by=ada, at=ada.now, birth_date=BORN, **KNOWN)


@pytest.fixture
def helper(ada, case):
    """Somebody of an agency that was let in to help: they work there, and correct what is written."""
    agency = an_agency(kind="shelter")
    chief = an_actor("supervisor", agency=ada.agency, now=ada.now)
    a_guest(case.circle, agency=agency, at=ada.now, by=as_seen_by(chief))
    made = an_actor(agency=agency, now=timezone.now())
    as_seen_by(ada)
    return made


def lowering(person, field):
    return reverse("privacy:part_lowering", args=[Apart.objects.get(person=person, field=field).pk])


def protect(person, field, *, by, apart=APART):
    where = reverse("privacy:fact_protection", args=[person.pk])
    done = press(browser_of(by), where, by=by, fact=field, segments=apart)
    as_seen_by(by)
    return done


def who_page(actor, person):
    return browser_of(actor).get(reverse("people:who", args=[person.pk])).content.decode()


def pages_of(actor, case):
    wanted = [reverse(name, args=[case.person_id]) for name in ("desk:person", "people:who")]
    wanted += [reverse(name, args=[case.pk]) for name in ("desk:case", "cases:chronology", "plans:plan")]
    browser = browser_of(actor)
    return " ".join(browser.get(where).content.decode() for where in wanted)


def said(field):
    return "2012-05-04" if field == "birth_date" else KNOWN[field]


def columns(actor, person):
    """All that PostgreSQL gives them of the person, whoever asks."""
    as_seen_by(actor)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_jsonb(p)::text FROM people_person p WHERE id = %(id)s UNION ALL"
            " SELECT to_jsonb(a)::text FROM people_apart a UNION ALL"
            " SELECT to_jsonb(c)::text FROM people_correction c",
            {"id": person.pk},
        )
        return " ".join(row for (row,) in cursor.fetchall())


@pytest.mark.parametrize("field", FIELDS)
def test_a_fact_kept_apart_is_read_by_those_alone_who_may(ada, case, helper, field):
    told = said(field)
    assert told in pages_of(helper, case)
    as_seen_by(ada)
    assert protect(case.person, field, by=ada).status_code == 303
    assert told in pages_of(ada, case)
    assert told not in pages_of(helper, case)
    if field == "birth_date":
        assert told not in columns(helper, case.person)
    as_seen_by(ada)
    case.refresh_from_db()
    assert told not in str(packet_of(case, SECTIONS, by=ada))


def test_only_a_privacy_officer_puts_it_back_and_says_why(ada, case, helper):
    protect(case.person, "strengths", by=ada)
    why = {"segment": APART[0], "reason": "They want it told."}
    where = lowering(case.person, "strengths")
    assert press(browser_of(ada), where, by=ada, **why).status_code == 403
    officer = an_actor("privacy_officer", agency=ada.agency, now=timezone.now())
    assert press(browser_of(officer), where, by=officer, **why | {"reason": " "}).status_code == 422
    assert press(browser_of(officer), where, by=officer, **why).status_code == 303
    assert KNOWN["strengths"] in pages_of(helper, case)
    as_seen_by(officer)
    person = Person.objects.get(pk=case.person_id)
    assert (person.has_apart, person.strengths) == (False, KNOWN["strengths"])
    assert not Apart.objects.exists()


def test_a_form_that_was_drawn_without_it_never_wipes_it(ada, case, helper):
    how_sure = {"birth_date_is": "month"}
    correct(case.person, version=case.person.version, changes=how_sure, at=ada.now, by=ada)
    for field in ("birth_date", "strengths"):
        protect(case.person, field, by=ada)
    person = Person.objects.get(pk=case.person_id)
    typed = {
        "known_as": person.known_as, "pronouns": "she", "birth_date": "", "birth_date_is": "exact", "language": "",
        "strengths": "", "triggers": "", "safe_contact": "", "must_not_know": "", "version": str(person.version),
    }  # fmt: skip
    where = reverse("people:who", args=[person.pk])
    assert press(browser_of(helper), where, by=helper, **typed).status_code == 303
    as_seen_by(ada)
    person.refresh_from_db()
    with_what_is_apart(person, ada)
    assert (person.birth_date, person.birth_date_is, person.strengths, person.pronouns) == (
        BORN, "month", KNOWN["strengths"], "she",
    )  # fmt: skip


def test_a_form_drawn_before_it_was_kept_apart_is_turned_away(ada, case, helper):
    before = case.person.version
    protect(case.person, "strengths", by=ada)
    typed = {"known_as": case.person.known_as, "birth_date_is": "exact", "version": str(before)}
    as_seen_by(helper)
    again = press(browser_of(helper), reverse("people:who", args=[case.person_id]), by=helper, **typed)
    assert again.status_code == 422
    assert "Somebody changed this" in again.content.decode()
    assert KNOWN["strengths"] not in again.content.decode()


def test_it_is_corrected_where_it_stands_and_so_is_what_was_written_before(ada, case, helper):
    person = correct(
        case.person, version=case.person.version, changes={"strengths": "Zebrafinch song"}, at=ada.now, by=ada
    )
    protect(person, "strengths", by=ada)
    person.refresh_from_db()
    correct(person, version=person.version, changes={"strengths": "Zebrafinch dance"}, at=ada.now, by=ada)
    assert "Zebrafinch dance" in who_page(ada, person)
    assert "Before: Zebrafinch song" in pages_of(ada, case)
    assert "Zebrafinch" not in pages_of(helper, case)
    as_seen_by(helper)
    assert not person.corrections.filter(field="strengths").exists()


def test_a_birth_date_kept_apart_matches_nobody_and_goes_to_no_team_and_the_law_still_counts_from_it(
    ada, case
):
    as_seen_by(ada)
    assert [one.person_id for one in possible_matches(ada, born=BORN)] == [case.person_id]
    kept = [one.until for one in kept_of_one(case.person, ada)]
    protect(case.person, "birth_date", by=ada)
    person = Person.objects.select_related("circle").get(pk=case.person_id)
    assert possible_matches(ada, born=BORN) == []
    assert "birth_date" not in facts_about(person, ada)
    assert [one.until for one in kept_of_one(person, ada)] == kept


def test_who_was_let_in_to_help_keeps_it_apart_and_reads_it_no_more(ada, case, helper):
    assert protect(case.person, "language", by=helper).status_code == 303
    assert KNOWN["language"] not in pages_of(helper, case)
    assert protect(case.person, "language", by=helper).status_code == 422
    person = Person.objects.get(pk=case.person_id)
    since = correct(person, version=person.version, changes={"language": "Aymara"}, at=helper.now, by=helper)
    told = press(
        browser_of(helper), reverse("privacy:fact_protection", args=[since.pk]), by=helper, fact="language",
        segments=APART,
    )  # fmt: skip
    assert "This is kept apart already. Ask whose record it is." in told.content.decode()
    as_seen_by(ada)
    assert protect(case.person, "language", by=ada, apart=["vsp"]).status_code == 303
    assert Apart.objects.get().segments == ["minor-confidential", "vsp"]
    assert KNOWN["language"] in pages_of(ada, case)


def test_a_consent_that_opens_the_law_opens_the_fact(ada, case):
    protect(case.person, "safe_contact", by=ada)
    shelter, last = an_agency(kind="shelter"), ada.now.astimezone(ada.zone).date() + timedelta(9)
    opens = {"kind": "minor_own", "segments": frozenset(APART), "information": frozenset({"who", "care"})}
    take_consent(a_release(shelter, ends=last, **opens), circle=case.circle, at=ada.now, by=ada)
    reader = an_actor(agency=shelter, now=timezone.now())
    assert KNOWN["safe_contact"] in pages_of(reader, case)


def test_nothing_else_is_a_fact_that_can_be_kept_apart(ada, case):
    assert protect(case.person, "must_not_know", by=ada).status_code == 422
    with pytest.raises(Exception, match="Nothing is written there"):
        protect_fact(case.person, "known_as", APART, at=ada.now, by=ada)
