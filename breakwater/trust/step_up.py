"""Before something grave: is whoever sits at this session still who signed in?"""

from typing import cast
from uuid import UUID

from breakwater.trust.access import Request
from breakwater.trust.actions.knocks import note_knock
from breakwater.trust.knocks import caller, wait_before
from breakwater.trust.models import User
from breakwater.trust.rules import wait_in_words


def why_not_them(request: Request, password: str) -> str:
    """Ask for the password once more. Why it is not believed, in a sentence; nothing when it is.

    Guesses count as at the front door, and what was guessed wrong stays written down.
    """
    user = User.objects.get(pk=cast(UUID, request.actor.user_id))
    who = caller(request, user.username)
    if until := wait_before(who, at=request.now):
        return wait_in_words(until - request.now)
    is_them = user.check_password(password)
    note_knock(who, got_in=is_them, at=request.now)
    if not is_them:
        request.stands = True
    return "" if is_them else "This is not your password."
