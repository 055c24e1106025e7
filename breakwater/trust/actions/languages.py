"""In which language somebody reads."""

from breakwater.trust.access import Actor
from breakwater.trust.models import User


def read_in(language: str, *, by: Actor) -> None:
    """Somebody reads in another language from their next page on; in none of their own, as their agency does."""
    if by.user is not None:
        User.objects.filter(pk=by.user.pk).update(language=language)
