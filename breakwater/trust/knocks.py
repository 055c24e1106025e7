"""Knocks: who tried to sign in, from where, and whether they got in. Slows down whoever guesses.

Guessing against one name makes everybody wait who asks from an address where that name never got in; somebody's own
desk waits for its own mistakes alone, so that a stranger cannot keep a worker out for a night.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Max, QuerySet
from django.http import HttpRequest

from breakwater.kernel.db import one_at_a_time, one_row
from breakwater.trust.models import Knock
from breakwater.trust.pace import address_of
from breakwater.trust.rules import FREE_BY_ADDRESS, FREE_BY_NAME, REMEMBERED, stopped_until, waits_until

KNOWN_FOR = timedelta(days=30)
"""How long an address stays known to be somebody's own."""


@dataclass(frozen=True)
class Caller:
    """Who knocks and from where, as keyed hashes."""

    name: str
    address: str


def caller(request: HttpRequest, username: str, *, by: str = "name") -> Caller:
    """Who knocks, as far as it is kept.

    Args:
        by: what they say they are known by; guesses at one do not shut the other.
    """
    return Caller(_hash(f"{by}\x1f{_spelled(username)}"), _hash(f"address\x1f{address_of(request)}"))


def wait_before(who: Caller, *, at: datetime) -> datetime | None:
    """Until when this name or this address has to wait. Holds both, so that guesses at once are counted one by one."""
    for held in sorted((who.name, who.address)):
        one_at_a_time(held)
    got_in = Knock.objects.filter(name=who.name, address=who.address, got_in=True, at__gt=at - KNOWN_FOR)
    last_in = got_in.order_by("-at").first()
    wrong = Knock.objects.filter(got_in=False)
    by_name = wrong.filter(name=who.name)
    if last_in:
        by_name = by_name.filter(address=who.address, at__gt=last_in.at)
    by_address = wrong.filter(address=who.address)
    waits = (
        waits_until(_lately(by_name, at), free=FREE_BY_NAME, now=at),
        waits_until(_lately(by_address, at), free=FREE_BY_ADDRESS, now=at),
        _stopped_until(who, by_name, at),
    )
    return max((until for until in waits if until), default=None)


def _lately(wrong: QuerySet[Knock], at: datetime) -> Iterable[datetime]:
    return wrong.filter(at__gt=at - REMEMBERED).values_list("at", flat=True)


def _stopped_until(who: Caller, by_name: QuerySet[Knock], at: datetime) -> datetime | None:
    """A hundred wrong tries since they last got in, from wherever; a passkey or a reset begins anew."""
    got_in = Knock.objects.filter(name=who.name, got_in=True).order_by("-at").first()
    since = by_name.filter(at__gt=got_in.at) if got_in else by_name
    many = since.aggregate(many=Count("pk"), last=Max("at"))
    return stopped_until(many["many"], last_at=many["last"], now=at)


def _spelled(name: str) -> str:
    """A name in small letters as PostgreSQL writes them: two spellings by which it finds one person are one name."""
    (spelled,) = one_row("SELECT lower(%s)", (name.strip().replace("\0", ""),)) or ("",)
    return str(spelled)


def _hash(text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
