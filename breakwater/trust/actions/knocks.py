"""Write down who knocked, and forget it."""

from datetime import datetime

from breakwater.trust.knocks import Caller
from breakwater.trust.models import Knock


def note_knock(who: Caller, *, got_in: bool, at: datetime) -> Knock:
    """Write down that somebody tried to sign in."""
    return Knock.objects.create(name=who.name, address=who.address, got_in=got_in, at=at)


def forget_knocks(*, before: datetime) -> int:
    """Forget who knocked before a moment. Returns how many."""
    return Knock.objects.filter(at__lt=before).delete()[0]
