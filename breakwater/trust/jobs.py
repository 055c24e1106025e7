"""Work the trust floor does later."""

import logging
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from breakwater.kernel.db import asked_of_upkeep
from breakwater.kernel.jobs import every, job
from breakwater.kernel.upkeep import judged, look
from breakwater.trust.actions.challenges import forget_challenges
from breakwater.trust.actions.knocks import forget_knocks
from breakwater.trust.actions.live import forget_changes
from breakwater.trust.actions.reviews import begin_reviews_when_due
from breakwater.trust.actions.seals import seal_journal, write_anchors
from breakwater.trust.actions.sessions import forget_ended_sessions
from breakwater.trust.dispatch import react
from breakwater.trust.knocks import KNOWN_FOR
from breakwater.trust.live import KEPT_FOR
from breakwater.trust.models import Agency
from breakwater.trust.receipts import forget_receipts

log = logging.getLogger(__name__)


@job("trust.react", queue="reactions")
def carry_entry(entry_id: int, agency_id: str) -> None:
    """Carry one journal entry to everyone who hears it."""
    react(entry_id, Agency.objects.get(pk=UUID(agency_id)), at=timezone.now())


@every("* * * * *", "trust.seal")
def seal_what_is_settled(timestamp: int) -> None:
    """Seal what was written in the journals since the last minute."""
    seal_journal(at=timezone.now())


@every("7 * * * *", "trust.anchor")
def anchor_every_hour(timestamp: int) -> None:
    """Write down the heads of the sealed journals in another place."""
    write_anchors(at=timezone.now(), folder=settings.ANCHORS)


@every("23 * * * *", "trust.upkeep")
def tell_upkeep(timestamp: int) -> None:
    """Tell whoever reads the log what was not done lately, as long as it is not done."""
    now = timezone.now()
    for said in judged(
        look(asked_of_upkeep(now), now=now, backups=settings.BACKUPS, anchors=settings.ANCHORS)
    ):
        log.log(logging.ERROR if said.is_wrong else logging.WARNING, "Upkeep: %s", said.sentence)


@every("37 4 * * *", "trust.review_access")
def review_access(timestamp: int) -> None:
    """Begin the access reviews that are due."""
    begin_reviews_when_due(at=timezone.now())


@every("17 * * * *", "trust.forget_sessions")
def forget_sessions(timestamp: int) -> None:
    """Remove sessions that have ended, what is remembered of who knocked, and what open pages were told."""
    now = timezone.now()
    forget_ended_sessions(at=now)
    forget_challenges(at=now)
    forget_knocks(before=now - KNOWN_FOR)
    forget_changes(before=now - 2 * KEPT_FOR)


@every("43 3 * * *", "trust.forget_receipts")
def forget_old_receipts(timestamp: int) -> None:
    """Forget what requests came to a week ago: no page stays open that long."""
    forget_receipts(before=timezone.now() - timedelta(days=7))
