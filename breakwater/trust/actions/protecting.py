"""Put one part of a record under the protection of a law apart from the rest, and take it out again."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from breakwater.trust.access import Actor
from breakwater.trust.actions.circles import hold_circle
from breakwater.trust.actions.consents import lower_segment, raise_segments
from breakwater.trust.actions.encrypting import protect_row
from breakwater.trust.models import KeptApart


@transaction.atomic
def protect_part(part: KeptApart, segments: Collection[str], *, at: datetime, by: Actor) -> None:
    """Protect a part of a record, and all that tells of it, by more laws. Anybody who works there may.

    It is held first, behind its circle: whoever writes beside it meanwhile is waited for, and what they wrote is found.
    """
    _hold(part, by=by)
    said, beside = _rows(part.as_protected()), _rows(part.protected_with_it())
    raise_segments(part, segments, at=at, by=by)
    for row in said:
        _protect(row, part.segments)
    for row in beside:
        _protect(row, [*row.segments, *part.segments])


@transaction.atomic
def lower_part(part: KeptApart, segment: str, *, reason: str, at: datetime, by: Actor) -> None:
    """Protect a part of a record by one law less. For privacy officers, with a reason.

    Raises:
        Refused: there is no reason.
    """
    lower_segment(part, segment, reason=reason, at=at, by=by)
    for row in _rows(part.as_protected()):
        _protect(row, part.segments)


def _hold(part: Any, *, by: Actor) -> None:
    by.must("trust.raise_segments", part.circle)
    hold_circle(part.circle)
    type(part)._default_manager.select_for_update(of=("self",), no_key=True).get(pk=part.pk)


def _rows(found: Iterable[QuerySet[Any]]) -> list[Any]:
    """What tells of a part, read while it can be: whoever protects it may read none of it from then on."""
    return [row for rows in found for row in rows.select_related("circle")]


def _protect(row: Any, segments: Collection[str]) -> None:
    if set(row.segments) != set(segments):
        row.segments = sorted(set(segments))
        protect_row(row)
