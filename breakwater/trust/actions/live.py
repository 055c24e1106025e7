"""What pages were told to have changed is forgotten again."""

from datetime import datetime

from breakwater.trust.models import Change


def forget_changes(*, before: datetime) -> int:
    """Forget what changed before a moment. Returns how many."""
    return Change.objects.filter(at__lt=before).delete()[0]
