"""Hand out a code for a person's own copy, take it back, and answer what they said there."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from breakwater.cases.actions.holding import held, keep_held, locked
from breakwater.cases.models import Case, Circumstance
from breakwater.clocks.actions import stop_kind
from breakwater.clocks.models import Clock
from breakwater.kernel.db import now_by_the_database
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.kernel.text import name_key
from breakwater.people.actions.reach import change_safety
from breakwater.people.models import ContactPoint, Membership, Supporter
from breakwater.plans.family import kin_named
from breakwater.plans.models import SafetyPlan
from breakwater.portal.events import CopyHanded, CopyTakenBack, OwnWordAnswered
from breakwater.portal.library import LASTING
from breakwater.portal.models import OwnAct, OwnCopy
from breakwater.portal.rules import PARTS, why_no_such_word, why_not_offered, why_not_to_proxy
from breakwater.trust.access import Actor
from breakwater.trust.actions.circles import hold_circle
from breakwater.trust.actions.leaving import Leaving, Recipient, may_leave
from breakwater.trust.factors import hash_of, new_recovery_codes
from breakwater.trust.journal import record
from breakwater.trust.models import Circle, Information
from breakwater.trust.rules.law import DISCLOSE
from breakwater.trust.rules.sharing import FAMILY
from breakwater.ui.languages import LANGUAGES

OWN_WORD = "own_word"
_IN_TWO_PARTS = 2
"""Fifty random bits in ten letters: short enough to say on a phone, and nobody guesses them in a day."""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What somebody is to have on their copy, and how it reaches them.

    Args:
        word: a word of their own that goes with the code, if they chose one.
        safe_device: they were asked, and nobody else reads or unlocks what they will open it on.
        supporter: who speaks for them; without one it is for the person.
        authority: what gives that one the right to; ``is_the_abuser`` what was said when it was asked.
    """

    parts: tuple[str, ...]
    language: str
    way: str
    word: str = ""
    safe_device: bool = False
    supporter: Supporter | None = None
    authority: str = ""
    is_the_abuser: bool | None = None


@transaction.atomic
def hand_copy(case: Case, chosen: Chosen, *, at: datetime, by: Actor) -> tuple[OwnCopy, str]:
    """Hand out a code for their own copy. It is told once, works once and for a day; one not used before it ends.

    Raises:
        Refused: the device is not known to be safe, nothing of ours was chosen, or who asks may not speak for them.
        Unlawful: the person said no to whom it is for, or a law protects the record and no consent covers them.
    """
    by.must("plans.work", case.circle)
    hold_circle(case.circle)
    case = held(case, by=by)
    if sentence := why_no_copy(case) or _why_not_so(chosen, case):
        raise Refused(sentence)
    if chosen.supporter is not None:
        _tell(case, chosen.supporter, at=at, by=by)
    member = _member(case, chosen.supporter, by=by) if chosen.supporter else None
    OwnCopy.objects.waiting().filter(case=case).update(ended_at=at)
    code = new_recovery_codes(1, parts=_IN_TWO_PARTS)[0]
    word = make_password(name_key(chosen.word)) if chosen.word else ""
    copy = OwnCopy(
        circle=case.circle, case=case, agency=by.agency, supporter=chosen.supporter, member=member,
        authority=chosen.authority if chosen.supporter else "", parts=list(chosen.parts), language=chosen.language,
        way=chosen.way, code=hash_of(code), word=word, by=by.user, starts_at=at, expires_at=at + LASTING.code_lasts,
    )  # fmt: skip
    copy.save(force_insert=True)
    record(
        CopyHanded(copy_id=copy.pk, way=copy.way, to_person=chosen.supporter is None),
        about=copy.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    return copy, code


@transaction.atomic
def take_back(copy: OwnCopy, *, at: datetime, by: Actor) -> None:
    """The code opens nothing any more; an open copy closes at once.

    Raises:
        Overtaken: it is over already.
    """
    by.must("plans.work", copy.circle)
    locked(copy.case, by=by)
    copy = OwnCopy.objects.lock(copy)
    if copy.stands_at(now_by_the_database()) not in ("waiting", "open"):
        raise Overtaken("This copy is over already.")
    OwnCopy.objects.filter(pk=copy.pk).update(ended_at=at)
    record(
        CopyTakenBack(copy_id=copy.pk),
        about=copy.pk, circle=copy.circle, episode=copy.case_id, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def answer_own_act(said: OwnAct, *, answer: str, at: datetime, by: Actor) -> OwnAct:
    """A worker asked them whether a way to reach them became safer, and makes it so, or leaves it.

    So is answered what they said there and could not be done; the worker does it, or tells whose record it is.

    Raises:
        Overtaken: it was answered already, or the way is no longer there.
        Refused: it is no answer.
    """
    by.must("people.correct", said.circle)
    case = locked(said.case, by=by)
    said = OwnAct.objects.lock(said)
    if answer not in OwnAct.Answer.values:
        raise Refused("Say what you do about it.")
    if not said.waits:
        raise Overtaken("This waits for nobody any more.")
    if answer == OwnAct.Answer.AGREED and said.kind == OwnAct.Kind.LOOSER:
        point = ContactPoint.objects.filter(pk=said.about, ends_at=None).first()
        if point is None:
            raise Overtaken("This way to reach them was ended meanwhile. Leave it as it is.")
        change_safety(point, safety=ContactPoint.Safety.SAFE, at=at, by=by)
    said.answer, said.answered_by, said.answered_at = answer, by.user, at
    said.save(update_fields=["answer", "answered_by", "answered_at"])
    stop_kind([OWN_WORD], about=said.pk, how=Clock.Ended.MET, at=at, by=by)
    keep_held(case.pk, circle=said.circle, at=at, by=by)
    record(
        OwnWordAnswered(own_act_id=said.pk, answer=answer),
        about=said.pk, circle=said.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    return said


def why_no_copy(case: Case) -> str:
    """The sentence that says why no copy on a screen is offered on this case, or ``""`` when it may be."""
    watched = Circumstance.objects.standing().filter(case=case, kind=Circumstance.Kind.WATCHED)
    ways = ContactPoint.objects.filter(person=case.person_id, ends_at=None).values_list("kind", "safety")
    return why_not_offered(device_is_watched=watched.exists(), ways=list(ways))


def _why_not_so(chosen: Chosen, case: Case) -> str:
    if not chosen.parts or not set(chosen.parts) <= set(PARTS):
        return "Choose what they will see."
    if chosen.language not in LANGUAGES or chosen.way not in OwnCopy.Way.values:
        return "Choose the language, and how the code reaches them."
    if not chosen.safe_device:
        return "Ask first who else reads or unlocks what they will open it on. Then say that it is safe."
    who = chosen.supporter
    if who is None:
        return why_no_such_word(chosen.word)
    if who.person_id != case.person_id or who.ends_at is not None:
        return "Choose somebody who stands round this person now."
    return why_no_such_word(chosen.word) or why_not_to_proxy(
        must_not_know=who.must_not_know, authority=chosen.authority, is_the_abuser=chosen.is_the_abuser,
        circle_segments=_circle_segments(case),
    )  # fmt: skip


def _circle_segments(case: Case) -> list[str]:
    return list(Circle.objects.values_list("segments", flat=True).get(pk=case.circle_id))


def _member(case: Case, who: Supporter, *, by: Actor) -> Membership | None:
    """Which of the household it is: the person chose for each what they may see."""
    namesakes = kin_named(case, who, by=by)
    if len(namesakes) > 1:
        raise Refused(
            "More than one of the household bears this name, and the person chose for each what they may see. Add"
            " whom you mean with a name that only they bear."
        )
    return namesakes[0] if namesakes else None


def _tell(case: Case, who: Supporter, *, at: datetime, by: Actor) -> None:
    """A copy for somebody else leaves the circle: the law is asked, and the accounting of disclosures holds it."""
    by.must("trust.disclose", case.circle)
    plan = SafetyPlan.objects.versions(case.pk).first()
    leaving = Leaving(
        act=DISCLOSE, to=Recipient(name=who.name, kind=FAMILY), purpose="TREAT",
        information=frozenset({Information.WHO, Information.CARE, Information.NEEDS}),
        segments=frozenset(plan.segments if plan else ()), what="Their own copy, for who speaks for them",
    )  # fmt: skip
    may_leave(leaving, case.circle, at=at, by=by)
