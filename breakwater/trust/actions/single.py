"""Set the place where an agency's people sign in, and connect somebody with how they are known there."""

from datetime import datetime

from django.db import transaction

from breakwater.kernel.db import refuse_if
from breakwater.kernel.errors import Refused
from breakwater.trust.access import Actor
from breakwater.trust.actions.sessions import end_everything_of
from breakwater.trust.events import FactorAdded, FactorRemoved
from breakwater.trust.journal import record
from breakwater.trust.models import Agency, Identity, Provider, User
from breakwater.trust.sealed import seal
from breakwater.trust.single import is_safe_address, secret_is

_NOT_AN_ISSUER = (
    "The issuer must begin with https:// and have no other port than 443 or 8443; if it stands on your own network, "
    "name its host in BREAKWATER_NEAR_HOSTS."
)


@transaction.atomic
def set_provider(
    agency: Agency, *, word: str, issuer: str, client_id: str, client_secret: str, asks_for_two: bool
) -> Provider:
    """Where an agency's people sign in for everything. Done at the machine. Nobody is known there yet.

    Raises:
        Refused: the issuer is not reached safely, or the word is taken.
    """
    if not is_safe_address(issuer):
        raise Refused(_NOT_AN_ISSUER)
    Provider.objects.filter(agency=agency).delete()
    provider = Provider(
        agency=agency, word=word.casefold(), issuer=issuer, client_id=client_id, asks_for_two=asks_for_two
    )
    provider.client_secret = seal(client_secret.encode(), what=secret_is(provider))
    with refuse_if("one_word_a_provider", "Another agency has this word. Choose another."):
        provider.save(force_insert=True)
    return provider


@transaction.atomic
def connect_identity(provider: Provider, subject: str, *, key: str, at: datetime, by: Actor) -> Identity:
    """The actor is who a provider names so. They proved it there, in this browser, just now.

    Raises:
        Refused: it is another agency's provider, or somebody else is known so.
    """
    if by.user is None or provider.agency_id != by.agency_id:
        raise Refused("This is another agency's sign-in.")
    Identity.objects.filter(user=by.user).delete()
    with refuse_if("one_person_an_identity", "Somebody else here signs in so already."):
        identity = Identity.objects.create(user=by.user, provider=provider, subject=subject, since=at)
    _changed(FactorAdded(kind="single"), key=key, at=at, by=by)
    return identity


@transaction.atomic
def disconnect_identity(*, key: str, at: datetime, by: Actor) -> None:
    """The provider lets the actor in no more."""
    Identity.objects.filter(user=by.user).delete()
    _changed(FactorRemoved(kind="single"), key=key, at=at, by=by)


def _changed(event: FactorAdded | FactorRemoved, *, key: str, at: datetime, by: Actor) -> None:
    if by.user is None:
        return
    User.objects.filter(pk=by.user.pk).update(changed_at=at)
    end_everything_of(by.user, but=key)
    record(event, about=by.user.pk, by=by, at=at)
