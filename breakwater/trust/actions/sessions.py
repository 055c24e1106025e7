"""What signing in leaves behind."""

from datetime import datetime

from breakwater.trust.models import Session


def forget_ended_sessions(*, at: datetime) -> int:
    """Remove the sessions that have ended by a moment. Returns how many."""
    return Session.objects.filter(expire_date__lt=at).delete()[0]
