"""The one way in which a secret is tried: slowed down by who knocks, written down, and only where it is declared."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from breakwater.trust.access import Request
from breakwater.trust.actions.knocks import note_knock
from breakwater.trust.knocks import caller, wait_before
from breakwater.trust.rules import wait_in_words


@dataclass(frozen=True)
class Tried:
    """What a try came to: nothing to say when it was right."""

    sentence: str = ""
    status: int | None = None

    @property
    def is_right(self) -> bool:
        """Whether it was."""
        return not self.sentence


def try_secret(
    request: Request,
    name: str,
    is_right: Callable[[], bool],
    *,
    wrong: str,
    by: str = "name",
    last: bool = True,
    waits: Callable[[timedelta], str] = wait_in_words,
) -> Tried:
    """Try a secret, unless whoever knocks has to wait. What was guessed wrong stays written down.

    Args:
        name: whose secret it would be; nobody learns here whether they exist.
        is_right: tries it; costs the same for anybody.
        wrong: the sentence when it is not.
        by: what ``name`` is; guesses at one do not shut the other.
        last: with this they are in; before the last step nothing is written down of who was right.
        waits: the sentence for somebody who has to wait so long.

    Raises:
        LookupError: the view does not declare that it accepts secrets.
    """
    view = request.resolver_match.func if request.resolver_match else None
    if not getattr(view, "accepts_secret", False):
        raise LookupError("a view where a secret is tried is declared with @accepts_secret")
    who = caller(request, name, by=by)
    if until := wait_before(who, at=request.now):
        return Tried(waits(until - request.now), 429)
    if is_right():
        if last:
            note_knock(who, got_in=True, at=request.now)
        return Tried()
    note_knock(who, got_in=False, at=request.now)
    request.stands = True
    return Tried(wrong)
