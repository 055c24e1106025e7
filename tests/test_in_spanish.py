"""What the helped person sees, read in Spanish: on their own copy, on a device in their hands, on paper, in a notice.

Every run of text is held against what we say in English, whole or with its blanks filled, and against the small words
of that language. What is found is an English run that nobody translated; names and what somebody typed are none.
"""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from breakwater.assessments.testing import an_assessment
from breakwater.benefits.testing import a_submitted_application, an_interview, told
from breakwater.cases.actions.gates import meet_gate
from breakwater.cases.actions.notes import Telling, add_note
from breakwater.cases.models import Note
from breakwater.cases.testing import a_case
from breakwater.kernel.ids import new_id
from breakwater.messaging.library import LIBRARY
from breakwater.people.actions.reach import add_contact_point, add_supporter
from breakwater.plans.testing import a_goal, a_lesson, a_need, a_safety_plan, a_step, an_agreement
from breakwater.portal.actions.handing import take_back
from breakwater.portal.testing import an_own_copy
from breakwater.portal.tests.opening import open_with
from breakwater.privacy.spoken import in_other_words
from breakwater.referrals.actions.handoff import Receiver, offer_case
from breakwater.referrals.packet import SECTIONS, packet_of
from breakwater.referrals.testing import a_referral
from breakwater.trust.actions.consents import Recipient, take_consent
from breakwater.trust.library import law_of
from breakwater.trust.models import Segment, User
from breakwater.trust.rules.law import PURPOSES
from breakwater.trust.rules.wording import Proposal, in_words, paragraphs
from breakwater.trust.testing import a_release, an_actor
from breakwater.trust.tests.browsing import browser_of, press
from breakwater.ui.emergency import EMERGENCY
from breakwater.ui.words.catalogs import catalog_of, known_messages
from breakwater.ui.words.pseudo import pseudo
from tests.matrix.test_words import Words
from tests.paper import broken_rules, read

pytestmark = pytest.mark.django_db
SPANISH = "es"
_TYPED = (
    "Una puerta", "Hope House", "Breakwater", "Marisol", "Ana Vega", "Ada Reyes", "Harbor", "Notas", "English", "PDF",
)  # fmt: skip
_SMALL = re.compile(
    r"\b(?:the|and|you|your|with|is|are|for|of|this|that|not|it|what|who|we|be|have|will|by|from|when|they|their|an)\b",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]{3}")


@pytest.fixture(scope="module")
def english():
    """Knows again what we say in English."""
    return pseudo(known_messages())


@pytest.fixture(scope="module")
def spanish():
    """Everything that is the same in both languages, or Spanish already."""
    return frozenset(catalog_of(SPANISH).translations.values())


@pytest.fixture
def ada():
    return an_actor(now=datetime.now(UTC))


@pytest.fixture
def case(ada):
    """Somebody whose every word is Una puerta: what is left to read is ours."""
    typed = "Una puerta"
    dangers = {"self": ("likely", typed), "worker": ("possible", typed)}
    case = a_case(by=ada, at=ada.now, known_as="Marisol", birth_date=date(1990, 5, 4), dangers=dangers)
    every = (
        "warning_signs",
        "own_coping",
        "distraction",
        "people_to_ask",
        "professionals",
        "surroundings",
        "reasons",
    )
    a_safety_plan(case, by=ada, **dict.fromkeys(every, typed))
    a_step(case, by=ada, words=typed, goal=a_goal(case, by=ada, words=typed, builds_on=typed))
    a_need(case, by=ada, words=typed)
    an_agreement(case, by=ada, voice=typed, signature=typed)
    a_referral(case, by=ada, to_name="Hope House")
    told = {"at": ada.now, "by": ada}
    for kind, safety in (("phone", "safe"), ("email", "ask_first")):
        value = "(555) 010-7788" if kind == "phone" else "a@example.org"
        add_contact_point(case.person, kind=kind, value=value, safety=safety, how="", **told)
    who = {"name": "Ana Vega", "relation": typed, "reach": "(555) 010-1111", "may_know": typed}
    add_supporter(case.person, must_not_know=False, **who, **told)
    outside = Recipient(name="Hope House", kind="care")
    take_consent(
        replace(
            a_release(ada.agency, what=typed, ends=ada.now.astimezone(ada.zone).date() + timedelta(30)),
            to=outside,
        ),
        circle=case.circle,
        **told,
    )
    return case


def english_in(runs, english, spanish):
    """The runs that are ours and English, or have small words of English in them."""
    found = set()
    for run in runs:
        bare = re.sub("|".join(_TYPED), "", run).strip()
        if run in spanish or not _LETTERS.search(bare):
            continue
        if _SMALL.search(bare) or english.ours(bare) != bare:
            found.add(run)
    return found


def runs_of(page):
    words = Words()
    words.feed(page)
    return words.runs


def test_their_own_copy_and_what_they_hold_in_their_hands_are_in_spanish(ada, case, english, spanish):
    found = {}
    begun = an_assessment(case, by=ada, instrument="rapid-crisis")
    hands = browser_of(ada)
    press(hands, f"/own-copy/phone/{begun.pk}/", by=ada, language=SPANISH)
    for number in range(1, 20):
        found[f"question {number}"] = runs_of(hands.get(f"/form/?n={number}").content.decode())
    plan = browser_of(ada)
    press(plan, f"/own-copy/phone/plans/{case.pk}/", by=ada, language=SPANISH)
    found["held plan"] = runs_of(plan.get(f"/form/?language={SPANISH}").content.decode())
    _, code = an_own_copy(case, by=ada, language=SPANISH)
    client, _ = open_with(code)
    found["own copy"] = runs_of(client.get("/notes/").content.decode())
    left = {name: english_in(runs, english, spanish) for name, runs in found.items()}
    assert all(len(runs) > 3 for runs in found.values())
    assert {name: runs for name, runs in left.items() if runs} == {}


def test_their_paper_is_in_spanish(ada, case, english, spanish):
    client, found = browser_of(ada), {}
    for where in (
        f"/plans/{case.pk}/pdf/", f"/plans/{case.pk}/safety-plan/paper/pdf/",
        reverse("referrals:packet_pdf", args=(handed_on(case, ada).pk,)),
        f"/cases/{case.pk}/chronology/record/pdf/?for=person&",
    ):  # fmt: skip
        answer = client.get(f"{where}{'' if '?' in where else '?'}language={SPANISH}&size=large")
        assert answer.status_code == 200, where
        assert broken_rules(answer.content) == set(), where
        found[where] = read(answer.content).text.splitlines()
    left = {where: english_in(runs, english, spanish) for where, runs in found.items()}
    assert {where: runs for where, runs in left.items() if runs} == {}


def handed_on(case, ada):
    """Everything that a packet can tell, offered to a house."""
    add_note(case, Telling(kind="note", words="Una puerta", happened_at=ada.now), at=ada.now, by=ada)
    a_lesson(case, by=ada, words="Una puerta", effect=9)
    application = a_submitted_application(case, by=ada)
    an_interview(application, by=ada)
    told(application, "denied", by=ada)
    meet_gate(case, kind="safe_tonight", evidence="Una puerta", at=ada.now, by=ada)
    notes = list(Note.objects.filter(case=case).values_list("pk", flat=True))
    to = Receiver(name="Hope House")
    return offer_case(case, to=to, packet=packet_of(case, SECTIONS, notes=notes, by=ada), at=ada.now, by=ada)


def test_each_row_of_a_packet_that_is_ours_is_told_in_spanish(ada, case):
    """Also a sentence without a small word of English in it, which the walk over the paper would not know for one."""
    packet, catalog = handed_on(case, ada).packet, catalog_of(SPANISH)
    rows = [
        row
        for section in packet["sections"]
        for line in section["lines"]
        for at, row in enumerate(line["words"].split("\n"))
        if str(at) in line["ours"].split()
    ]
    assert len(rows) > 25
    assert {row for row in rows if catalog.ours(row) == row} == set()


def test_notices_numbers_and_agreements_are_in_spanish(ada, english, spanish):
    runs = [
        said
        for kind in LIBRARY.people.values()
        for said in (kind.says[SPANISH].subject, kind.says[SPANISH].text)
    ]
    runs += [numbers.line(SPANISH) for numbers in EMERGENCY.values()]
    law, today = law_of(ada.agency), ada.now.astimezone(ada.zone).date()
    purposes, protected = list(PURPOSES.values()), protected_ways()
    for number, kind in enumerate(law.kinds.values()):
        for lets_in, ends in ((True, None), (False, today)):
            asked = Proposal(
                kind=kind, about="Marisol", by="Harbor", to=kind.all_of or "Hope House",
                what="Una puerta", purpose=purposes[number % len(purposes)],
                information=frozenset(("who", "care", "needs", "threat")), protected=protected[number % len(protected)],
                starts=today, ends=ends, lets_in=lets_in and not kind.all_of,
            )  # fmt: skip
            ((_, told),) = in_other_words(paragraphs(in_words(asked)))
            runs += [run for part in told for run in part]
    assert "Tratamiento por uso de sustancias; Servicio a víctimas" in runs, (
        "what a law protects is told with it"
    )
    assert len(runs) > 50
    assert english_in(runs, english, spanish) == set()


def test_whatever_goes_wrong_is_told_in_their_language_too(ada, case, english, spanish):
    """A code that is wrong, used up or taken back, and whatever else is not there: each in every language there is."""
    found = {}
    copy, code = an_own_copy(case, by=ada, language=SPANISH)
    _, wrong = open_with("AAAAAAAAAA")
    client, _ = open_with(code)
    _, used = open_with(code)
    take_back(copy, at=ada.now, by=ada)
    gone = client.get("/notes/nowhere/")
    plan = browser_of(ada)
    press(plan, f"/own-copy/phone/plans/{case.pk}/", by=ada, language=SPANISH)
    held = plan.get("/form/nowhere/")
    told = {"wrong": wrong, "used": used, "over": client.get("/notes/"), "gone": gone, "held": held}
    for name, answer in told.items():
        parts = re.findall(r'lang="es"[^>]*>(.*?)</(?:div|p|span)>', answer.content.decode(), re.DOTALL)
        found[name] = english_in([run for part in parts for run in runs_of(part)], english, spanish)
        assert parts, name
    assert {name: runs for name, runs in found.items() if runs} == {}


def test_a_worker_reads_what_goes_wrong_in_their_language(ada, english, spanish):
    User.objects.filter(pk=ada.user.pk).update(language=SPANISH)
    browser = browser_of(ada)
    pages = [browser.get(f"/cases/{new_id()}/"), browser.get("/nowhere/"), browser.get("/administration/")]
    assert [answer.status_code for answer in pages] == [404, 404, 403]
    for answer in pages:
        assert english_in(runs_of(answer.content.decode()), english, spanish) == set()


def protected_ways():
    """Nothing, what two laws protect at once, and each segment by itself."""
    both = (Segment.PART2.label, Segment.VSP.label)
    return [(), both, *((one.label,) for one in Segment)]


def test_a_run_in_english_is_seen(english, spanish):
    assert english_in(["Una puerta", "Salud", "12"], english, spanish) == set()
    assert (
        english_in(
            ["Take it back", "Hope House tells them", "Step: Una puerta (the person)"], english, spanish
        )
        != set()
    )
