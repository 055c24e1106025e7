"""The one question before anything confidential leaves a circle, and the answer, written down either way."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NoReturn, Self
from uuid import UUID

from breakwater.trust.access import Actor
from breakwater.trust.actions.circles import hold_circle
from breakwater.trust.library import law_of, segments_of
from breakwater.trust.models import Agency, Circle, Consent, Decision, Involvement
from breakwater.trust.rules.law import Refusal, Unlawful
from breakwater.trust.rules.sharing import Asked, Permit, decide

_KIND_OF = {
    Agency.Kind.POLICE_LIAISON: "police",
    Agency.Kind.THREAT_MANAGEMENT: "security",
}
"""What an agency is to the person, when it does not first of all help them."""


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """To whom something goes: an agency that works with Breakwater, or somebody by name."""

    agency: Agency | None = None
    name: str = ""
    kind: str = "care"

    @classmethod
    def of(cls, agency: Agency | None, *, name: str = "", kind: str = "care") -> Self:
        """An agency as what it is to the person, whatever is said of it; else somebody outside, as is said."""
        if agency is None:
            return cls(name=name, kind=kind)
        return cls(agency=agency, kind=_KIND_OF.get(Agency.Kind(agency.kind), "care"))


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """What is to leave a circle.

    Args:
        segments: what protects it besides what protects the whole circle.
        what: in words, for the accounting of disclosures.
        facts: what an emergency asks for.
        can_be_asked: the person is there and able to decide whether somebody close is told.
        topic: what a report is about; ``is_mandated`` when a statute says that it must be made.
    """

    act: str
    to: Recipient
    purpose: str
    information: frozenset[str]
    segments: frozenset[str] = frozenset()
    what: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    emergency: bool = False
    can_be_asked: bool = True
    topic: str = ""
    is_mandated: bool = False
    about: UUID | None = None


def what_the_law_says(leaving: Leaving, circle: Circle, *, at: datetime, by: Actor) -> Permit | Refusal:
    """The answer that ``may_leave`` would give, to be shown before somebody acts. Nothing is written down."""
    law = law_of(by.agency)
    segments = leaving.segments | frozenset(circle.segments)
    answer = decide(_asked(leaving, circle, segments, at=at, by=by), law)
    return law.refusals[answer] if isinstance(answer, str) else answer


def may_leave(leaving: Leaving, circle: Circle, *, at: datetime, by: Actor) -> Permit:
    """Ask whether something may leave a circle. The permit says which obligations go with it.

    The circle is held until the act ends, so that what the person takes back meanwhile stops it, or waits for it. A
    permit is written down in the transaction of the act; a refusal outlives the transaction that it ends.

    Raises:
        Unlawful: it may not.
    """
    law = law_of(by.agency)
    segments = leaving.segments | frozenset(hold_circle(circle).segments)
    answer = decide(_asked(leaving, circle, segments, at=at, by=by), law)
    asked = Decision(
        agency=by.agency, by=by.user, act=leaving.act, at=at, circle=circle, about=leaving.about,
        recipient=leaving.to.agency, recipient_name=leaving.to.name, purpose=leaving.purpose, what=leaving.what,
        information=sorted(leaving.information), segments=sorted(segments), facts=dict(leaving.facts),
    )  # fmt: skip
    if isinstance(answer, str):
        refuse(asked, answer, by=by)
    asked.answer, asked.basis = Decision.Answer.PERMIT, answer.basis
    asked.consents, asked.obligations = list(answer.consents), list(answer.obligations)
    asked.save(force_insert=True)
    return answer


def goes_along(permit: Permit, by: Actor) -> str:
    """The obligations of a permit as the receiver reads them: the notice, and the scope of the consent."""
    notices = [law_of(by.agency).notices[notice] for notice in permit.notices]
    consents = (
        Consent.objects.filter(pk__in=permit.consents) if "attach_consent" in permit.obligations else ()
    )
    scopes = [
        f"Shared by the person's consent{_until(one, by)}, for {one.get_purpose_display().lower()}: {one.what}"
        for one in consents
    ]
    return "\n".join([*notices, *scopes])


def _asked(leaving: Leaving, circle: Circle, segments: frozenset[str], *, at: datetime, by: Actor) -> Asked:
    """The question in plain values, with what the person signed and said."""
    consents = Consent.objects.in_circle(circle.pk).filter(agency=by.agency_id)
    said = Involvement.objects.standing().in_circle(circle.pk)
    return Asked(
        act=leaving.act, at=at, purpose=leaving.purpose, segments=segments, information=leaving.information,
        recipient=leaving.to.agency.pk if leaving.to.agency else None,
        recipient_name=leaving.to.agency.name if leaving.to.agency else leaving.to.name,
        recipient_is=leaving.to.kind, agreed=[one.agreed() for one in consents], facts=leaving.facts,
        emergency=leaving.emergency, said=[one.said() for one in said], can_be_asked=leaving.can_be_asked,
        topic=leaving.topic, is_mandated=leaving.is_mandated,
        keeps=frozenset(segments_of(leaving.to.agency)) if leaving.to.agency else frozenset(),
        recipient_kind=leaving.to.agency.kind if leaving.to.agency else "",
    )  # fmt: skip


def refuse(asked: Decision, code: str, *, by: Actor, missing: Collection[str] = ()) -> NoReturn:
    """Say no, and have it written down after what was begun is undone.

    Raises:
        Unlawful: always.
    """
    asked.answer, asked.code = Decision.Answer.REFUSE, code
    asked.facts = {}
    by.refused.append(asked)
    raise Unlawful(law_of(by.agency).refusals[code], missing)


def _until(consent: Consent, by: Actor) -> str:
    day = consent.last_day(by.zone)
    return f" until {day:%B} {day.day}, {day.year}" if day else ""
