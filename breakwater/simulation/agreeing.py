"""People of the county agree that something is shared, where a law asks for it."""

from datetime import timedelta

from breakwater.referrals.rules import purpose_of
from breakwater.simulation.life import Life
from breakwater.trust.actions.consents import Release, take_consent
from breakwater.trust.actions.leaving import Recipient
from breakwater.trust.models import Agency
from breakwater.trust.rules.law import ELEMENTS

_KINDS = {"vsp": "vsp_release", "part2": "part2"}
_A_MONTH = timedelta(days=30)


def agree(
    life: Life, hours: float, *, name: str, agency: Agency | None, need: str = "", always: bool = False
) -> None:
    """Where a law protects the record, the person is asked first, and signs for this one recipient.

    Args:
        always: they are asked although no law protects it more than the rest.
    """
    circle, acts = life.case.circle, life.acts(hours)
    if not (circle.segments or always):
        return
    release = Release(
        kind=_KINDS[circle.segments[0]] if circle.segments else "general",
        to=Recipient(agency=agency, name="" if agency else name),
        purpose=purpose_of(need), information=frozenset({"who", "care", "needs"}),
        segments=frozenset(circle.segments), what="What to call me, what I need, and what helps me",
        ends=acts["at"].astimezone(life.actor.zone).date() + _A_MONTH,
        signer="self", signed_by=life.case.person.known_as,
        as_shown="Read aloud, and signed on the worker's phone.", told=frozenset(ELEMENTS), lets_in=False,
    )  # fmt: skip
    take_consent(release, circle=circle, **acts)
