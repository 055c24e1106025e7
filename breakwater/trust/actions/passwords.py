"""Choose a password. Nobody ever chooses one for somebody else."""

from datetime import datetime
from typing import cast
from uuid import UUID

from django.db import transaction

from breakwater.kernel.errors import Refused
from breakwater.trust.access import Actor
from breakwater.trust.actions.sessions import end_everything_of
from breakwater.trust.common_passwords import common_passwords
from breakwater.trust.events import PasswordChanged
from breakwater.trust.factors import Factors
from breakwater.trust.journal import record
from breakwater.trust.models import Agency, User
from breakwater.trust.rules.passwords import stands_alone, why_not_password


def give_password(user: User, password: str | None, *, agency: Agency, has_factor: bool) -> None:
    """Let somebody have a password, not saved yet; with ``None``, none that opens anything.

    Raises:
        Refused: it is easy to guess.
    """
    if password is not None:
        about = [user.username, *user.name.split(), *user.username.split("."), agency.name]
        if why := why_not_password(password, has_factor=has_factor, common=common_passwords(), about=about):
            raise Refused(why)
    user.set_password(password)
    user.password_stands_alone = password is not None and stands_alone(password)


@transaction.atomic
def change_password(password: str, *, key: str, at: datetime, by: Actor) -> None:
    """Somebody chooses a new password. It was asked before whether it is them; every other session ends.

    Raises:
        Refused: it is easy to guess.
    """
    user = User.objects.select_for_update().get(pk=cast(UUID, by.user_id))
    choose(user, password, agency=by.agency, changed_at=at)
    end_everything_of(user, but=key)
    record(PasswordChanged(), about=user.pk, by=by, at=at)


def choose(user: User, password: str, *, agency: Agency, changed_at: datetime | None) -> None:
    """Somebody has a password of their own from now on.

    Args:
        changed_at: when what was there before was changed; they are told wherever they come in next.

    Raises:
        Refused: it is easy to guess.
    """
    give_password(user, password, agency=agency, has_factor=Factors(user).has_any)
    user.changed_at = changed_at
    user.save(update_fields=["password", "password_stands_alone", "changed_at"])
