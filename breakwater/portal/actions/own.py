"""What a person does with their own hands: open their copy, leave it, and the five things they may do there.

They are nobody's user. What they do is written down by Breakwater itself, acting for the agency that handed them the
copy, and only about what their own wall showed them.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from breakwater.cases.actions.follow_up import ask_to_be_called
from breakwater.cases.actions.holding import episode_of, locked
from breakwater.cases.models import Case
from breakwater.clocks.actions import Promise, start
from breakwater.kernel.db import now_by_the_database, one_row
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.kernel.text import name_key
from breakwater.people.actions.reach import change_safety
from breakwater.people.models import ContactPoint
from breakwater.people.rules import is_tighter
from breakwater.portal.actions.handing import OWN_WORD
from breakwater.portal.events import CopyLeft, CopyOpened, OwnWordSaid
from breakwater.portal.holding import Holder, mark_of
from breakwater.portal.library import LASTING
from breakwater.portal.models import OwnAct, OwnCopy
from breakwater.referrals.actions.letters import Word
from breakwater.referrals.actions.loop import meet_need
from breakwater.referrals.models import Referral, Told
from breakwater.trust.access import Actor, acting, system_for
from breakwater.trust.actions.circles import hold_circle
from breakwater.trust.actions.consents import withdraw_consent
from breakwater.trust.factors import hash_of
from breakwater.trust.journal import record
from breakwater.trust.models import Consent

_WAITING = "SELECT id, word FROM portal_waiting(%s)"
_OPEN = "SELECT portal_open(%s, %s, %s)"
_ON_THEIR_PAGE = "They themselves, on their own copy"


@dataclass(frozen=True, kw_only=True)
class Press:
    """One press of a button: the key of its form, when, and what was written beside it."""

    key: UUID
    at: datetime
    words: str = ""


def open_copy(code: str, word: str) -> str:
    """Open the copy that waits for a code. The key for the browser; ``""`` when it opens nothing.

    It costs the same whether or not there is such a code, and whether or not a word goes with it.
    """
    found = one_row(_WAITING, (hash_of(code),))
    if found is None or not found[1]:
        make_password(name_key(word))
    elif not check_password(name_key(word), found[1]):
        return ""
    key = secrets.token_urlsafe(32)
    opened = found and one_row(_OPEN, (hash_of(code), mark_of(key), LASTING.open_for))
    return key if opened and opened[0] else ""


@transaction.atomic
def note_opened(holder: Holder, *, at: datetime) -> None:
    """Write down that the copy was opened."""
    with acting(system_for(holder.agency, now=at)) as by:
        copy = OwnCopy.objects.select_related("circle").get(pk=holder.copy_id)
        record(
            CopyOpened(copy_id=copy.pk), about=copy.pk, circle=copy.circle, episode=copy.case_id, by=by, at=at
        )


@transaction.atomic
def leave_copy(holder: Holder, *, at: datetime) -> None:
    """The copy is closed for good. Left twice is left once."""
    with acting(system_for(holder.agency, now=at)) as by:
        copy = OwnCopy.objects.lock(OwnCopy(pk=holder.copy_id))
        if copy.ended_at is None:
            OwnCopy.objects.filter(pk=copy.pk).update(ended_at=at)
            record(
                CopyLeft(copy_id=copy.pk),
                about=copy.pk, circle=copy.circle, episode=copy.case_id, by=by, at=at,
            )  # fmt: skip


@transaction.atomic
def confirm_need_met(holder: Holder, referral: Referral, press: Press) -> OwnAct:
    """The person got what they needed: their own word closes the loop."""
    _must_be_themselves(holder)

    def meet(by: Actor, said: OwnAct) -> None:
        word = Word(told_by=Told.PERSON, source=_ON_THEIR_PAGE)
        meet_need(Referral.objects.get(pk=referral.pk), word=word, at=press.at, by=by)

    return _once(holder, OwnAct.Kind.NEED_MET, referral.pk, press, meet, letter=referral)


@transaction.atomic
def ask_for_a_call(holder: Holder, press: Press) -> OwnAct:
    """Somebody is to call: a check-in is owed, and whoever tries obeys what is safe."""

    def ask(by: Actor, said: OwnAct) -> None:
        said.about = ask_to_be_called(said.case, at=press.at, by=by).pk

    return _once(holder, OwnAct.Kind.CALL, holder.case_id, press, ask)


@transaction.atomic
def say_how_safe(holder: Holder, point: ContactPoint, *, safety: str, press: Press) -> OwnAct:
    """A way to reach them is not safe: it holds at once. It is safe now: a worker asks them first, by a clock.

    What is not safe and was kept apart in this moment from the agency that handed the copy out waits for a worker too.

    Raises:
        Refused: nothing would change.
    """
    _must_be_themselves(holder)
    if safety not in (ContactPoint.Safety.SAFE, ContactPoint.Safety.UNSAFE) or safety == point.safety:
        raise Refused("Say what changes: safe, or not safe.")

    def propose(by: Actor, said: OwnAct) -> None:
        promise = Promise(kind=OWN_WORD, about=said.pk, started_at=press.at)
        start(promise, circle=said.circle, episode=episode_of(said.case_id), at=press.at, by=by)

    def tighten(by: Actor, said: OwnAct) -> None:
        if now := ContactPoint.objects.filter(pk=point.pk).first():
            change_safety(now, safety=safety, at=press.at, by=by)
        else:
            said.kind = OwnAct.Kind.UNDONE
            propose(by, said)

    if is_tighter(safety, point.safety):
        return _once(holder, OwnAct.Kind.TIGHTER, point.pk, press, tighten)
    return _once(holder, OwnAct.Kind.LOOSER, point.pk, press, propose)


@transaction.atomic
def take_consent_back(holder: Holder, consent: Consent, press: Press) -> OwnAct:
    """The person takes a consent back: whoever it let in is out from this moment."""
    _must_be_themselves(holder)

    def withdraw(by: Actor, said: OwnAct) -> None:
        withdraw_consent(Consent.objects.get(pk=consent.pk), words=_ON_THEIR_PAGE, at=press.at, by=by)

    return _once(holder, OwnAct.Kind.WITHDRAWN, consent.pk, press, withdraw)


def _must_be_themselves(holder: Holder) -> None:
    if holder.speaks_for_them:
        raise NotPermitted("Only the person themselves can do this. Ask the one who helps them.")


def _once(
    holder: Holder,
    kind: str,
    about: UUID,
    press: Press,
    does: Callable[[Actor, OwnAct], None],
    letter: Referral | None = None,
) -> OwnAct:
    """Do something once for each key, while the copy is held open; the same key again is what was done before.

    A letter that it is about is held before its case, as by whoever tells a stage of it.
    """
    with acting(system_for(holder.agency, now=press.at)) as by:
        case = Case.objects.select_related("circle", "agency").get(pk=holder.case_id)
        hold_circle(case.circle)
        if letter:
            Referral.objects.lock(letter)
        locked(case, by=by)
        copy = OwnCopy.objects.lock(OwnCopy(pk=holder.copy_id))
        if before := OwnAct.objects.filter(copy=copy, key=press.key).first():
            return before
        if copy.stands_at(now_by_the_database()) != "open":
            raise Overtaken("This copy is closed.")
        said = OwnAct(
            circle=case.circle, case=case, copy=copy, key=press.key, kind=kind, about=about, words=press.words,
            at=press.at,
        )  # fmt: skip
        does(by, said)
        said.save(force_insert=True)
        record(
            OwnWordSaid(own_act_id=said.pk, kind=said.kind),
            about=said.pk, circle=case.circle, episode=case.pk, by=by, at=press.at,
        )  # fmt: skip
        return said
