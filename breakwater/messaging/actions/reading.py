"""What decides about a notice, as plain values for the rule."""

from zoneinfo import ZoneInfo

from breakwater.kernel.text import phone_key
from breakwater.messaging.models import ContactRule
from breakwater.messaging.rules.sending import Reach
from breakwater.people.models import ContactPoint


def reach_of(point: ContactPoint, rule: ContactRule) -> Reach:
    """One number or address as it stands, with what the person agreed to about it."""
    return Reach(
        kind=point.kind,
        safety=point.safety,
        has_ended=point.ends_at is not None,
        is_unsafe_elsewhere=_is_unsafe_elsewhere(point),
        channels=frozenset(rule.channels),
        opens=rule.opens,
        closes=rule.closes,
        zone=ZoneInfo(rule.time_zone),
        language=rule.language,
        agreed_from=rule.starts_at,
        agreed_until=rule.agreed_until,
    )


def _is_unsafe_elsewhere(point: ContactPoint) -> bool:
    """Whether the same number or address stands on their record once more, marked as not safe."""
    others = ContactPoint.objects.filter(
        person=point.person_id, kind=point.kind, safety=ContactPoint.Safety.UNSAFE, ends_at=None
    ).exclude(pk=point.pk)
    return any(_comparable(one.value) == _comparable(point.value) for one in others)


def _comparable(value: str) -> str:
    return phone_key(value) or value.strip().casefold()
