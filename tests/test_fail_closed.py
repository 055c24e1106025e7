"""Whatever breaks of what decides, of the keys or of what is written down: the answer is no, in a sentence.

The points of failure are found, not listed: every function of those rooms that an act really calls. Each of them raises
in turn; nothing goes out then, nothing is half shown, and nothing is left behind.
"""

import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from breakwater.cases.testing import a_case, a_note
from breakwater.kernel.keys import new_key
from breakwater.referrals.actions.loop import Letter, refer
from breakwater.referrals.models import Referral
from breakwater.trust.actions.consents import take_consent
from breakwater.trust.models import Decision, Entry
from breakwater.trust.testing import a_release, an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of, hidden
from tests.architecture.source import ROOT

pytestmark = pytest.mark.django_db
DECIDES = {
    "policy": ("trust/access.py", "trust/actions/leaving.py", "trust/rules/sharing.py", "trust/library.py"),
    "consent": ("trust/models/consents.py", "trust/models/circles.py", "trust/models/family.py"),
    "key": (
        "trust/keyring.py",
        "trust/persons.py",
        "trust/encrypted.py",
        "kernel/cipher.py",
        "kernel/tree.py",
    ),
    "audit": ("trust/journal.py", "trust/turned_away.py", "trust/events/__init__.py"),
}
ROOMS = {str(ROOT / "breakwater" / file): room for room, files in DECIDES.items() for file in files}
NAME, WORDS, NOTED = "Marisol Quillfeather", "A bed with a lock on it.", "Sleeps in the blue car."


class Fault(Exception):
    """Something that an answer depends on is broken."""


@contextmanager
def profiled(on_call):
    """Ask about every call of a function of ours."""

    def ask(frame, event, _argument):
        if event == "call" and frame.f_code.co_filename in ROOMS:
            on_call(frame.f_code)

    sys.setprofile(ask)
    try:
        yield
    finally:
        sys.setprofile(None)


def called_in(act):
    """Every function of those rooms that an act calls, in the order in which it is first called."""
    found = {}
    with profiled(found.setdefault):
        answer = act()
    return list(found), answer


def with_fault(point, act):
    """What comes of an act while one function is broken; ``None`` when it was not called this time."""
    struck = []

    def strike(code):
        if code is point:
            sys.setprofile(None)
            struck.append(code)
            raise Fault

    with profiled(strike):
        answer = act()
    return answer if struck else None


class World:
    """A detox and a clinic that somebody lets it write to; a letter that has gone, and one that may go."""

    def __init__(self):
        now = timezone.now()
        self.clinic = an_actor(now=now, agency=an_agency(kind="clinic"))
        self.dot = an_actor(now=now, agency=an_agency(kind="detox"))
        self.case = a_case(by=self.dot, at=now, known_as=NAME)
        a_note(self.case, by=self.dot, words=NOTED)
        take_consent(
            a_release(
                self.clinic.agency, kind="part2", segments=frozenset({"part2"}), lets_in=False,
                information=frozenset({"who", "care", "needs"}), ends=now.date().replace(year=now.year + 1, day=1),
            ), circle=self.case.circle, at=now, by=self.dot,
        )  # fmt: skip
        self.typed = {
            "agency": str(self.clinic.agency_id), "need": "medical", "words": WORDS, "name_told": "yes",
            "known_as": NAME,
        }  # fmt: skip
        letter = Letter(
            to_name=self.clinic.agency.name, to_agency=self.clinic.agency, need="medical", words=WORDS, known_as=NAME
        )  # fmt: skip
        self.sent = refer(self.case, letter, at=now, by=self.dot)
        self.theirs, self.ours = (
            browser_of(one, raise_request_exception=False) for one in (self.clinic, self.dot)
        )

    def sends(self):
        """A letter that says who it is leaves for the clinic."""
        where = f"/referrals/{self.case.pk}/referral/"
        read = self.ours.post(where, self.typed | {"idempotency_key": str(new_key(self.dot.user.pk))})
        shown = hidden(read.content, "shown")
        return lambda: self.ours.post(
            where, self.typed | {"shown": shown, "idempotency_key": str(new_key(self.dot.user.pk))}
        )

    def opens(self):
        """The case is opened by those who keep it."""
        return lambda: self.ours.get(f"/case/{self.case.pk}/")

    def reads(self):
        """The clinic opens the letter that it was sent."""
        return lambda: self.theirs.get(f"/referrals/letters/{self.sent.pk}/")

    def counted(self):
        """What there is of letters, permits and entries in the journal."""
        as_seen_by(self.dot)
        permits = Decision.objects.filter(answer=Decision.Answer.PERMIT)
        return Referral.objects.count(), permits.count(), Entry.objects.count()


@pytest.fixture
def world():
    return World()


@pytest.mark.parametrize("act", ["sends", "opens", "reads"])
def test_whatever_breaks_the_answer_is_no(world, act):
    ready = getattr(world, act)()
    before = world.counted()
    answers = {}
    for point in _points(ready, world):
        answer = with_fault(point, ready)
        if answer is None:  # not called once it is known what it finds: then the act was done
            before = world.counted()
            continue
        said = answer.content.decode()
        name = f"{Path(point.co_filename).name}: {point.co_qualname}"
        answers[name] = answer.status_code
        assert answer.status_code >= 400, name
        typed = (WORDS, NAME) if act == "sends" else ()
        assert not any(one in said for one in (WORDS, NOTED, NAME) if one not in typed), name
        assert "<p" in said, f"{name}: no sentence"
        assert world.counted() == before, name
    assert len(answers) >= 8, answers


def _points(ready, world):
    """Where an act can break: found on a run of it that is undone."""
    with transaction.atomic():
        found, answer = called_in(ready)
        assert answer.status_code in (200, 303), answer.content.decode()[:2000]
        transaction.set_rollback(True)
    return found
