"""Work the trust floor does later."""

from uuid import UUID

from django.utils import timezone

from breakwater.kernel.jobs import every, job
from breakwater.trust.dispatch import react
from breakwater.trust.models import Agency, Session


@job("trust.react", queue="reactions")
def carry_entry(entry_id: int, agency_id: str) -> None:
    """Carry one journal entry to everyone who hears it."""
    react(entry_id, Agency.objects.get(pk=UUID(agency_id)), at=timezone.now())


@every("17 * * * *", "trust.forget_sessions")
def forget_sessions(timestamp: int) -> None:
    """Remove sessions that ended long ago."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
