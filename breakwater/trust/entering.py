"""How somebody comes in: their session begins, under a new key, with everything on it that the door asks."""

from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.contrib.auth import login

from breakwater.kernel.errors import Overtaken, Refused
from breakwater.trust.access import Request, Visit, acting, actor_for, knocking_as
from breakwater.trust.actions.drafts import keep_draft
from breakwater.trust.actions.factors import ask_for_factor
from breakwater.trust.actions.sessions import hold_session, hold_sign_in, write_session
from breakwater.trust.carried import is_carried, shorter
from breakwater.trust.events import SignedIn
from breakwater.trust.factors import Factors
from breakwater.trust.journal import record
from breakwater.trust.models import Appointment, User
from breakwater.trust.receipts import what_was_kept
from breakwater.trust.rules.factors import device_in_words, factor_due_at, is_at_once
from breakwater.trust.sessions import VISIT


def come_in(request: Request, appointment: Appointment, *, how: str, asked_for_two: bool = False) -> None:
    """Begin the session of somebody who works somewhere today; keep what they typed while signed out.

    The session is written within the act, with whose it is: whoever ends what lets them in finds it.

    Args:
        appointment: with the person as they were read before they proved that it is them.
        how: by what they came in, of ``Session.How``.
        asked_for_two: somebody else has asked for a second factor already.

    Raises:
        Overtaken: how they sign in was changed since.
    """
    user, agency, now = appointment.user, appointment.agency, request.now
    if not hold_sign_in(user):
        raise Overtaken("How you sign in was changed a moment ago. Begin again with your name.")
    with knocking_as(user.pk):
        needs_none = asked_for_two or Factors(user).has_any
    due_at = None
    if not needs_none:
        asked_at = ask_for_factor(user, at=now)
        at_once = is_at_once(appointment.role, appointment.allows, agency.factor_at_once)
        due_at = factor_due_at(at_once=at_once, days=agency.factor_days, asked_at=asked_at)
    login(request, user)
    ends_at = now + timedelta(hours=agency.session_hours)
    request.session[VISIT] = {
        "how": str(how), "where": device_in_words(request.headers.get("User-Agent", "")),
        "began_at": now.isoformat(), "seen_at": now.isoformat(), "proved_at": now.isoformat(),
        "ends_at": ends_at.isoformat(), "factor_due_at": due_at.isoformat() if due_at else None,
    } | (shorter(began_at=now, ends_at=ends_at) if is_carried(request) else {})  # fmt: skip
    write_session(request.session)
    actor = request.actor = actor_for(appointment, now=now)
    actor.visit = Visit(proved_at=now, factor_due_at=due_at)
    kept = what_was_kept(request.POST.get("kept", ""), user=user)
    with acting(actor):
        record(SignedIn(), by=actor, at=now)
        if kept:
            _restore(kept, request)


def prove_again(request: Request) -> None:
    """They have proved themselves once more: the session goes on under a new key, and ends no later than before."""
    _go_on(request)


def go_on_changed(request: Request, *, has_factor: bool) -> None:
    """They changed here how they sign in: the session goes on under a new key, and knows of it.

    Args:
        has_factor: they have a second factor, which nothing here waits for any more.
    """
    _go_on(request, knows=True, **({"factor_due_at": None} if has_factor else {}))


def carry(request: Request) -> None:
    """This device goes along: under a new key the session is as short as it is to be there."""
    held = hold_session(request.session.session_key or "", cast(User, request.actor.user))
    _go_on(request, **shorter(began_at=held.began_at, ends_at=held.expire_date))


def confine(request: Request, to: UUID, *, until: datetime) -> None:
    """Somebody else takes their device: under a new key this session opens one thing, and nothing proves it is them."""
    _go_on(request, confined_to=str(to), confined_until=until.isoformat(), proved_at=None)


def let_go(request: Request) -> None:
    """They have their device back, and proved that it is them: everything is open again, under a new key."""
    _go_on(request, confined_to=None, confined_until=None)


def _go_on(request: Request, **facts: Any) -> None:
    visit, now = dict(request.session.get(VISIT, {})), request.now.isoformat()
    held = hold_session(request.session.session_key or "", cast(User, request.actor.user))
    kept = {"began_at": held.began_at.isoformat(), "knows": held.knows}
    request.session.cycle_key()
    request.session[VISIT] = visit | {"proved_at": now, "seen_at": now} | kept | facts
    write_session(request.session)


def _restore(kept: dict[str, Any], request: Request) -> None:
    try:
        keep_draft(str(kept["form"]), kept["fields"], key=UUID(kept["key"]), at=request.now, by=request.actor)
    except Refused:
        return
