"""Open an incident; assess it; count who is affected; write to them; tell whom the law says; close it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from breakwater.kernel.errors import Overtaken, Refused, Stale
from breakwater.trust.access import Actor
from breakwater.trust.events import IncidentAssessed, IncidentClosed, IncidentOpened, IncidentTold
from breakwater.trust.journal import record
from breakwater.trust.library import law_of
from breakwater.trust.models import Affected, Incident, Told, User
from breakwater.trust.rules.breach import (
    FACTORS,
    LETTER,
    PEOPLE,
    PRESUMED,
    longest_delay,
    not_assessed,
    not_in_the_letter,
    owed,
    still_owed,
    verdict,
)
from breakwater.trust.rules.law import Unlawful

_BY, _AT = "by", "at"
_MEANWHILE = (
    "Somebody saved this while you were writing. Both texts are shown below; save again to keep yours."
)


@dataclass(frozen=True, kw_only=True)
class Happened:
    """What happened, as far as anybody knows on the day it is opened."""

    title: str
    happened: str
    discovered_on: date
    happened_on: date | None = None
    is_part2: bool = False


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """What an incident counts as, and why.

    Args:
        factors: what was found on each of the four.
        is_unlikely: that anything was learned, by all four of them; ``None`` while it is not decided.
    """

    factors: Mapping[str, str]
    is_unlikely: bool | None
    is_secured: bool = False
    exception: str = ""


@transaction.atomic
def open_incident(told: Happened, *, at: datetime, by: Actor) -> Incident:
    """Something got out, or may have. It counts as a breach until somebody shows that it is none.

    Raises:
        Refused: it was found before it happened, or tomorrow.
    """
    by.must("trust.look_into")
    if told.discovered_on > at.astimezone(by.zone).date():
        raise Refused("It cannot be found tomorrow. Check the day on which it was known.")
    if told.happened_on and told.happened_on > told.discovered_on:
        raise Refused("It was found before it happened? Check the two days.")
    made = Incident.objects.create(
        agency=by.agency, title=told.title, happened=told.happened, happened_on=told.happened_on,
        discovered_on=told.discovered_on, is_part2=told.is_part2, opened_at=at, opened_by=by.user,
    )  # fmt: skip
    record(IncidentOpened(incident_id=made.pk), about=made.pk, by=by, at=at)
    return made


@transaction.atomic
def assess_incident(incident: Incident, found: Assessment, *, read: str, at: datetime, by: Actor) -> str:
    """Say what it counts as. May be said anew while it is open, by somebody who read what was said.

    Args:
        read: the mark of what was shown: ``Incident.judged``.

    Raises:
        Stale: somebody said it anew meanwhile.
        Unlawful: it is called unlikely, and one of the four factors was not assessed.
    """
    by.must("trust.look_into")
    incident = _open(incident)
    if read != incident.judged():
        raise Stale(_MEANWHILE, theirs=dict(incident.factors()), **_who_assessed(incident))
    missing = not_assessed(found.factors)
    if found.is_unlikely and missing:
        raise Unlawful(law_of(by.agency).refusals["BR-02"], missing)
    for key in FACTORS:
        setattr(incident, key, found.factors.get(key, ""))
    incident.is_unlikely, incident.is_secured = found.is_unlikely, found.is_secured
    incident.exception = found.exception
    incident.assessed_at, incident.assessed_by = at, by.user
    incident.save()
    came_to = verdict(incident.known())
    record(IncidentAssessed(incident_id=incident.pk, verdict=came_to), about=incident.pk, by=by, at=at)
    return came_to


@transaction.atomic
def count_affected(incident: Incident, *, state: str, people: int, at: datetime, by: Actor) -> None:
    """So many people of one state are affected; the newest count holds."""
    by.must("trust.look_into")
    incident = _open(incident)
    counted = {"people": people, "counted_at": at, "counted_by": by.user, "agency": by.agency}
    Affected.objects.update_or_create(incident=incident, state=state.upper(), defaults=counted)


@transaction.atomic
def write_letter(incident: Incident, parts: Mapping[str, str], *, read: str, at: datetime, by: Actor) -> None:
    """Write the letter to those affected, part by part; it may be unfinished.

    Args:
        read: the mark of the letter as it was shown: ``Incident.written``.

    Raises:
        Stale: somebody wrote at it meanwhile.
    """
    by.must("trust.look_into")
    incident = _open(incident)
    if read != incident.written():
        raise Stale(_MEANWHILE, theirs=dict(incident.parts()), **_who_wrote(incident))
    incident.letter = {key: parts.get(key, "") for key in LETTER}
    incident.letter |= {_BY: str(by.user_id), _AT: at.isoformat()}
    incident.save(update_fields=["letter"])


@transaction.atomic
def wait_for_the_police(
    incident: Incident, *, until: date, words: str, in_writing: bool, at: datetime, by: Actor
) -> None:
    """The police asked to tell nobody for a while: as long as they wrote, or for thirty days when they only said so.

    Asked again, the newest day holds; what was written about who asked before stays before it.

    Raises:
        Refused: nobody says who asked.
    """
    by.must("trust.look_into")
    incident = _open(incident)
    if not words.strip():
        raise Refused("Write who asked for the delay, and why telling would harm their work.")
    asked_on = at.astimezone(by.zone).date()
    law = law_of(by.agency).breach
    incident.delayed_until = longest_delay(asked_on, law, in_writing=in_writing, until=until)
    incident.delay_words = "\n".join(one for one in (incident.delay_words, words) if one)
    incident.save(update_fields=["delayed_until", "delay_words"])


@transaction.atomic
def tell(incident: Incident, whom: str, *, told_on: date, how: str, at: datetime, by: Actor) -> None:
    """Somebody was told. Twice is once.

    Raises:
        Refused: nobody owes this; or it has not happened yet.
        Unlawful: those affected were told, and the letter does not say what it must.
    """
    by.must("trust.look_into")
    incident = _open(incident)
    law = law_of(by.agency)
    if whom not in {one.key for one in owed(incident.known(), law.breach)}:
        raise Refused("The law asks nobody to tell them. Count who is affected first.")
    if told_on > at.astimezone(by.zone).date():
        raise Refused("Write this down when they have been told.")
    if whom == PEOPLE and (missing := not_in_the_letter(incident.parts())):
        raise Unlawful(law.refusals["BR-02"], missing)
    facts = {"agency": by.agency, "told_on": told_on, "how": how, "at": at, "by": by.user}
    _, is_new = Told.objects.get_or_create(incident=incident, key=whom, defaults=facts)
    if is_new:
        record(IncidentTold(incident_id=incident.pk, whom=whom), about=incident.pk, by=by, at=at)


@transaction.atomic
def close_incident(incident: Incident, *, words: str, at: datetime, by: Actor) -> None:
    """Nothing is owed any more.

    Raises:
        Unlawful: it was not assessed, or somebody has not been told.
    """
    by.must("trust.look_into")
    incident = _open(incident)
    law, known = law_of(by.agency), incident.known()
    if verdict(known) == PRESUMED:
        raise Unlawful(law.refusals["BR-02"], [*not_assessed(incident.factors()), "what the four come to"])
    if left := still_owed(known, law.breach):
        raise Unlawful(law.refusals["BR-01"], [one.in_words() for one in left])
    incident.closed_at, incident.closed_by, incident.closing_words = at, by.user, words
    incident.save(update_fields=["closed_at", "closed_by", "closing_words"])
    record(IncidentClosed(incident_id=incident.pk), about=incident.pk, by=by, at=at)


def _who_assessed(incident: Incident) -> dict[str, Any]:
    return {"who": str(incident.assessed_by or "Breakwater"), "at": incident.assessed_at}


def _who_wrote(incident: Incident) -> dict[str, Any]:
    """Who wrote at the letter last, and when: it stands beside its parts."""
    by, at = incident.letter[_BY], incident.letter[_AT]
    return {"who": str(User.objects.get(pk=by)), "at": datetime.fromisoformat(at)}


def _open(incident: Incident) -> Incident:
    """The incident, held until the transaction ends."""
    held = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    if held.closed_at is not None:
        raise Overtaken("This incident is closed. Open the page again to see how it stands.")
    return held
