"""To whom a record went, as the person may be told: no worker's name, and nothing that endangers them when it is read.

Asked behind the wall of whoever shows it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from breakwater.kernel.text import name_key
from breakwater.people.models import Supporter
from breakwater.trust.library import law_of
from breakwater.trust.models import Agency, Decision, Glass, Grant, Segment
from breakwater.trust.rules.accounting import Disclosure, accounted, fit_to_hand_over
from breakwater.trust.rules.law import BREAK_GLASS

_HIDDEN_KIND = Agency.Kind.VICTIM_SERVICE
"""That such an agency is there at all tells whoever looks over their shoulder what they did."""


def told_to_them(
    circle_id: UUID, agency: Agency, *, opened_by: UUID, at: datetime, whole: bool = False
) -> dict[str, Any]:
    """To whom an agency let something out, who else may read today, and what was opened in an emergency.

    A guest tells of itself and of whose record it is: of other guests it knows nothing.

    Args:
        opened_by: the agency whose record it is.
        whole: they asked for the rest as well, and it is safe.
    """
    law = law_of(agency).accounting
    told = disclosures(circle_id, agency)
    grants = Grant.objects.standing(at).filter(circle=circle_id).exclude(agency=agency.pk)
    grants = grants.known_to(agency.pk, opened_by=opened_by)
    broken = Glass.objects.filter(circle=circle_id).known_to(agency.pk, opened_by=opened_by)
    reads = list(grants.select_related("agency", "consent").order_by("starts_at"))
    safe_reads = [one for one in reads if one.agency.kind != _HIDDEN_KIND]
    every, safe = (accounted(one, law, at=at) for one in (told, fit_to_hand_over(told)))
    return {
        "lines": every if whole else safe,
        "reads": reads if whole else safe_reads,
        "left_out": len(every) - len(safe) + len(reads) - len(safe_reads),
        "emergencies": list(broken.order_by("opened_at")),
        "ours": named(agency),
        "law": law,
    }


def named(agency: Agency) -> str:
    """An agency's name, unless the name alone could endanger whoever is helped there."""
    return "" if agency.kind == _HIDDEN_KIND else agency.name


def disclosures(circle_id: UUID, agency: Agency) -> list[Disclosure]:
    """What an agency let out of a circle, as plain values."""
    permits = Decision.objects.filter(agency=agency, circle=circle_id, answer=Decision.Answer.PERMIT)
    left = permits.exclude(act=BREAK_GLASS).filter(Q(recipient__isnull=False) | ~Q(recipient_name=""))
    unsafe = _must_not_know(circle_id)
    return _to_medical_staff(circle_id, agency, unsafe) + [
        Disclosure(
            at=one.at, to=one.recipient.name if one.recipient else one.recipient_name, purpose=one.purpose,
            what=one.what, basis=one.basis, signed=bool(one.consents), endangers=_endangers(one, unsafe),
        )
        for one in left.select_related("recipient").order_by("at")
    ]  # fmt: skip


def _to_medical_staff(circle_id: UUID, agency: Agency, unsafe: list[str]) -> list[Disclosure]:
    """What others told medical staff out of this agency's record, with the facts of its law."""
    broken = Glass.objects.filter(circle=circle_id, owner=agency).exclude(discloser="")
    law = law_of(agency).emergencies["medical"].law
    return [
        Disclosure(
            at=one.opened_at, to=f"{one.recipient_name}, {one.recipient_affiliation}", purpose="ETREAT",
            what=f"Opened in a medical emergency, and told by {one.discloser}", basis=law, signed=False,
            endangers=any(name in name_key(f"{one.recipient_name} {one.discloser}") for name in unsafe),
        )
        for one in broken.order_by("opened_at")
    ]  # fmt: skip


def _must_not_know(circle_id: UUID) -> list[str]:
    """The names of those round the person who must not know, as they are compared."""
    round_them = Supporter.objects.filter(circle=circle_id, must_not_know=True, ends_at=None)
    return [key for one in round_them if (key := name_key(one.name))]


def _endangers(one: Decision, unsafe: list[str]) -> bool:
    """Whether a line says that there is a victim-service agency, where somebody is, or what was said of whom."""
    if one.recipient and one.recipient.kind == _HIDDEN_KIND:
        return True
    words = name_key(f"{one.recipient_name} {one.what}")
    return Segment.LOCATION in one.segments or any(name in words for name in unsafe)
