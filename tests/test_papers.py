"""What stands on each paper, who it tells of, and what is written down about having printed it."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from breakwater.cases.actions.notes import amend_note
from breakwater.cases.actions.triage import read_danger
from breakwater.cases.papers import _SHARES
from breakwater.cases.testing import a_case, a_note
from breakwater.formats.paper import Sheet, Table, press
from breakwater.plans.library import FORM, SAID
from breakwater.plans.papers import _SHARES as OF_A_PLAN
from breakwater.plans.testing import a_goal, a_need, a_safety_plan, a_step, an_agreement
from breakwater.referrals.actions.handoff import Receiver, offer_case
from breakwater.referrals.packet import SECTIONS, packet_of
from breakwater.referrals.papers import AROUND
from breakwater.trust.actions.consents import take_consent, withdraw_consent
from breakwater.trust.models import Decision, Sighting
from breakwater.trust.testing import a_release, an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of
from breakwater.ui.languages import SPOKEN, spoken
from tests.paper import broken_rules, read

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
NOTICE = "42 CFR part 2 prohibits unauthorized use or disclosure"


@pytest.fixture
def dot():
    """Somebody at a detox: everything she writes is protected by federal law."""
    return an_actor(now=NOW, agency=an_agency(kind="detox"))


@pytest.fixture
def case(dot):
    return a_case(by=dot, at=NOW)


def printed(who, name, row, query=""):
    answer = browser_of(who).get(f"{reverse(name, args=(row.pk,))}?{query}")
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="paper.pdf"'
    assert answer["Cache-Control"] == "no-store"
    assert broken_rules(answer.content) == set()
    return read(answer.content)


def names_nobody(found, case, by):
    """What somebody sees who sees the file and not its pages; for the person's own paper, the pages too."""
    return not any(
        one in said
        for said in found
        for one in (case.person.known_as, case.number, by.name, by.agency.name, str(case.pk))
    )


def test_the_person_takes_their_safety_plan_along_and_it_names_neither_them_nor_who_helps(case, dot):
    page = browser_of(dot).get
    assert page(reverse("plans:safety_plan_pdf", args=(case.pk,))).status_code == 404
    a_safety_plan(case, by=dot, people_to_ask="Ana\nMy neighbor")
    before = Sighting.objects.count()
    plan = printed(dot, "plans:safety_plan_pdf", case)
    assert Sighting.objects.count() > before
    assert names_nobody([plan.said.decode()], case, dot)
    assert NOTICE not in plan.text
    assert "4. People I can ask for help" in plan.text
    assert (plan.title, plan.language, plan.tags["H2"], plan.tags["LI"]) == ("My plan", "en", 7, 8)
    assert plan.text.index("call 911") < plan.text.index("4. People"), (
        "first of all, and never alone on a second page"
    )
    large = printed(dot, "plans:safety_plan_pdf", case, "language=es&size=large")
    assert (large.title, large.language) == ("Mi plan", "es")
    assert "Lo que puedo hacer por mi cuenta" in large.text.replace("\n", " ")
    assert f"Página 1 de {len(large.pages)}" in large.text
    html = page(
        f"{reverse('plans:safety_plan_paper', args=(case.pk,))}?language=es&size=large"
    ).content.decode()
    assert re.search(r"Lo leemos de nuevo el <time[^>]*>\d+ de [a-z]+ de \d{4}</time>", html)
    assert html.index("llame al 911") < html.index("Lo que puedo hacer por mi cuenta")
    assert f"{reverse('plans:safety_plan_pdf', args=(case.pk,))}?language=es&amp;size=large" in html


def test_the_action_plan_says_in_their_language_who_does_what(case, dot):
    empty = printed(dot, "plans:plan_pdf", case)
    assert "Nothing is planned yet." in empty.text
    goal = a_goal(case, by=dot)
    a_need(case, by=dot, domain="food", words="Bread")
    a_step(case, by=dot, words="Ask about the key", goal=goal)
    a_step(case, by=dot, words="Write the list", owner="person", worker=None)
    a_step(case, by=dot, words="Open the door", owner="partner", worker=None, partner="Jo at the library")
    an_agreement(case, by=dot)
    plan = printed(dot, "plans:plan_pdf", case)
    assert names_nobody([plan.said.decode()], case, dot)
    for said in (
        "1. A place to live", "This helps me: She keeps every appointment.", "The person who helps me", "I do",
        "Jo at the library", "Food: Bread", "That is mine.", "I agree (sign if you want to)",
    ):  # fmt: skip
        assert said in " ".join(plan.text.split())
    assert plan.text.index("call 911") < plan.text.index("1. A place to live")
    assert (plan.tags["Table"], plan.tags["TH"]) == (2, 6)
    as_seen_by(dot)
    an_agreement(case, by=dot, signature="", strokes="10,20 400,250 900,40;950,290")
    plan = printed(dot, "plans:plan_pdf", case)
    assert plan.tags["Figure"] == 1
    assert "/Alt" in plan.extras, "whoever cannot see it is told what it is"
    as_seen_by(dot)
    a_step(case, by=dot, words="Paint the door", goal=goal)
    spanish = printed(dot, "plans:plan_pdf", case, "language=es")
    assert spanish.tags["Figure"] == 0, "they signed another plan than this"
    spanish = spanish.text
    assert "Un lugar para vivir" in spanish
    assert "La persona que me ayuda" in " ".join(spanish.split())


@pytest.mark.parametrize(
    ("language", "who", "by"), [("en", "Who: I do", "By: "), ("es", "Quién: Yo", "Antes del: ")]
)
def test_in_large_print_steps_stand_under_one_another(case, dot, language, who, by):
    a_step(case, by=dot, words="Write the list", owner="person", worker=None)
    large = printed(dot, "plans:plan_pdf", case, f"language={language}&size=large")
    lines = large.text.splitlines()
    assert who in lines
    assert any(one.startswith(by) and re.search(r"[0-9]{2}:[0-9]{2}$", one) for one in lines), (
        "a day in one line"
    )
    assert large.tags["Table"] == 0


def test_the_record_carries_the_notice_who_printed_it_and_every_text_of_a_note(case, dot):
    note = a_note(case, by=dot, at=NOW, words="She rang twice.")
    amend_note(note, words="She rang three times.", reason="Counted anew.", version=1, at=NOW, by=dot)
    read_danger(case, to="worker", level="likely", words="The dog bites.", at=NOW, by=dot)
    record = printed(dot, "cases:record_pdf", case)
    for said in (
        NOTICE, case.person.known_as, "She rang twice.", "She rang three times.", "Reason: Counted anew.",
        "The dog bites.", f"Printed by {dot.name}", dot.agency.name, "Page 1 of",
    ):  # fmt: skip
        assert said in " ".join(record.text.split())
    assert names_nobody([record.about, record.title], case, dot)
    assert Sighting.objects.filter(what="cases.note", ids=[note.pk]).exists()
    html = (
        browser_of(dot)
        .get(f"{reverse('cases:record', args=(case.pk,))}?for=person&only=notes")
        .content.decode()
    )
    assert f"{reverse('cases:record_pdf', args=(case.pk,))}?for=person&amp;only=notes&amp;language=es" in html


def test_the_persons_copy_of_the_record_leaves_out_what_the_page_leaves_out(case, dot):
    read_danger(case, to="worker", level="likely", words="The dog bites.", at=NOW, by=dot)
    own = printed(dot, "cases:record_pdf", case, "for=person")
    assert "The dog bites." not in own.text
    usual = printed(dot, "cases:record_pdf", case).text
    assert re.search(r"No\. \d", usual)
    written = case.asked_at.astimezone(case.agency.zone)
    when = f"{spoken('en').dated(case.asked_at, case.agency.zone)}\n{written:%H:%M}, {dot.name}"
    assert when in usual, "the day stands in one line, and below it the time and who wrote it"
    assert not re.search(r"No\. \d", own.text)
    assert NOTICE not in own.text
    assert own.title == "Your record"
    spanish = printed(dot, "cases:record_pdf", case, "for=person&language=es&size=large")
    assert spanish.tags["Table"] == 0, "a narrow column of large letters is a word a line"
    assert (spanish.title, spanish.language) == ("Su registro", "es")
    assert "Lo que ocurrió" in spanish.text
    days = printed(dot, "cases:record_pdf", case, "since=2026-01-01&until=2026-01-02").text
    assert "January 1, 2026 to January 2, 2026: entries 0 of" in " ".join(days.split())


@pytest.mark.parametrize("language", SPOKEN.values(), ids=lambda one: one.code)
def test_the_longest_day_of_a_year_stands_in_one_line_of_a_record(case, language):
    days = [datetime(2026, 9, 22, tzinfo=UTC) + timedelta(days) for days in range(100)]
    longest = max((language.dated(one, UTC) for one in days), key=len)
    rows = tuple((longest, "It happened.") for _ in range(3))
    sheet = Sheet(
        title="x", language=language.code, blocks=(Table(("When", "What"), rows, _SHARES),), footer="x", page="{page}",
        cannot_show="x", size="a4", made_at=NOW,
    )  # fmt: skip
    assert read(press.printed(sheet)).text.count(longest) == 3
    moment = max((language.moment(one, UTC) for one in days), key=len)
    helps = SAID.paper["worker"][language.code]
    steps = Table(("What", "Who", "By"), tuple(("Ask", helps, moment) for _ in range(3)), OF_A_PLAN)
    plan = read(press.printed(replace(sheet, blocks=(steps,)))).text
    assert (plan.count(moment), plan.count(helps)) == (3, 3)


def test_the_packet_takes_the_notice_along_on_paper_too(case, dot):
    clinic = an_actor(now=NOW, agency=an_agency(kind="clinic"))
    as_seen_by(dot)
    usual = {
        "kind": "part2", "segments": frozenset({"part2"}), "information": frozenset({"who", "care", "needs"}),
        "what": "That I am in treatment", "ends": NOW.date() + timedelta(30), "lets_in": False,
    }  # fmt: skip
    take_consent(a_release(clinic.agency, **usual), circle=case.circle, at=NOW, by=dot)
    a_need(case, by=dot)
    packet = packet_of(case, ["who", "gates", "plan"], message="Please be kind.", by=dot)
    offered = offer_case(
        case, to=Receiver(name=clinic.agency.name, agency=clinic.agency), packet=packet, at=NOW, by=dot
    )
    decided = Decision.objects.count()
    for who in (dot, clinic):
        found = printed(who, "referrals:packet_pdf", offered, "size=large")
        said = " ".join(found.text.split())
        assert NOTICE in said
        assert "That I am in treatment" in said
        assert case.person.known_as in said
        assert "Please be kind." in said
        assert f"Printed by {who.name}" in said
        assert names_nobody([found.about, found.title], case, dot)
    spanish = printed(clinic, "referrals:packet_pdf", offered, "language=es&size=large")
    assert (spanish.title, spanish.language) == ("Documento de traspaso", "es")
    said = " ".join(spanish.text.split())
    for words in (
        "Esta noche hay seguridad",
        "Necesidad: Un lugar para vivir",
        "Estabilización",
        "Escrito por",
        "Please be kind.",
        NOTICE,
    ):
        assert words in said
    assert "Safe tonight" not in said
    as_seen_by(dot)
    assert Decision.objects.count() == decided
    stranger = an_actor(now=NOW)
    assert browser_of(stranger).get(reverse("referrals:packet_pdf", args=(offered.pk,))).status_code == 404


def test_a_consent_stands_on_paper_word_for_word_as_it_was_signed_and_says_when_it_no_longer_stands(
    case, dot
):
    clinic = an_agency(kind="clinic")
    shown = "Who shares\nWe do.\n\nWith whom\nThe clinic\n\nWhat\nThat I need a ride at 7"
    usual = {"kind": "part2", "segments": frozenset({"part2"}), "lets_in": False, "as_shown": shown}
    asked = a_release(clinic, ends=NOW.date() + timedelta(30), **usual)
    made = take_consent(asked, circle=case.circle, at=NOW, by=dot)
    english = printed(dot, "privacy:paper_pdf", made)
    assert (english.title, english.language) == ("Consent", "en")
    assert names_nobody([english.about, english.title], case, dot)
    said = " ".join(english.text.split())
    for words in (" ".join(shown.split()), f"Printed by {dot.name}", "Signature on paper"):
        assert words in said
    assert "does not stand any more" not in said
    as_seen_by(dot)
    withdraw_consent(made, words="She rang.", at=NOW, by=dot)
    spanish = printed(dot, "privacy:paper_pdf", made, "language=es&size=large")
    assert (spanish.title, spanish.language) == ("Consentimiento", "es")
    assert spanish.turns == {"en"}, "what was signed is read aloud in its own language"
    said = " ".join(spanish.text.split())
    for words in ("ya no vale desde", "She rang.", "Con quién", "Lo que se firmó", "That I need a ride at 7"):
        assert words in said
    assert said.index("Con quién") < said.index("With whom")
    stranger = browser_of(an_actor(now=NOW)).get(reverse("privacy:paper_pdf", args=(made.pk,)))
    assert stranger.status_code == 404


def test_whatever_a_packet_can_tell_has_its_title_and_label_in_every_language(case, dot):
    """A section that is new to packets is told in each language, or this says which is not."""
    a_safety_plan(case, by=dot)
    a_step(case, by=dot)
    a_need(case, by=dot)
    told = packet_of(case, SECTIONS, by=dot)["sections"]
    codes = {one["code"] for section in told for one in section["lines"]}
    assert len(codes) > 15
    for language, titles in AROUND.titles.items():
        assert set(titles) == {*SECTIONS, "notes"}
        assert codes - set(AROUND.labels[language]) <= {*FORM.sections, "entry"}, "these are their own words"


def test_what_cannot_be_printed_says_what_to_do_instead(case, dot, monkeypatch):
    address = reverse("cases:record_pdf", args=(case.pk,))
    with monkeypatch.context() as patched:
        patched.setattr(press, "MOST_LETTERS", 10)
        refused = browser_of(dot).get(address)
    assert refused.status_code == 422
    assert "This is too long for one PDF. Choose fewer days" in refused.content.decode()
    monkeypatch.setattr(press, "MOST_SECONDS", 0.001)
    late = browser_of(dot).get(address)
    assert late.status_code == 422
    assert "The PDF could not be made just now. Try again in a minute" in late.content.decode()
