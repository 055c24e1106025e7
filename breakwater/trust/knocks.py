"""Knocks: who tried to sign in, from where, and whether they got in. Slows down whoever guesses.

Guessing against one name makes everybody wait who asks from an address where that name never got in; somebody's own
desk waits for its own mistakes alone, so that a stranger cannot keep a worker out for a night.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

from breakwater.kernel.db import run_sql
from breakwater.trust.models import Knock
from breakwater.trust.rules import FREE_BY_ADDRESS, FREE_BY_NAME, REMEMBERED, waits_until

KNOWN_FOR = timedelta(days=30)
"""How long an address stays known to be somebody's own."""

_SUBNET_OF_ONE = 64


@dataclass(frozen=True)
class Caller:
    """Who knocks and from where, as keyed hashes."""

    name: str
    address: str


def caller(request: HttpRequest, username: str) -> Caller:
    """Who knocks, as far as it is kept."""
    return Caller(_hash(f"name\x1f{username.strip().casefold()}"), _hash(f"address\x1f{_address(request)}"))


def wait_before(who: Caller, *, at: datetime) -> datetime | None:
    """Until when this name or this address has to wait. Holds both, so that guesses at once are counted one by one."""
    for held in sorted((who.name, who.address)):
        run_sql("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (held,))
    got_in = Knock.objects.filter(name=who.name, address=who.address, got_in=True, at__gt=at - KNOWN_FOR)
    last_in = got_in.order_by("-at").first()
    wrong = Knock.objects.filter(got_in=False, at__gt=at - REMEMBERED)
    by_name = wrong.filter(name=who.name)
    if last_in:
        by_name = by_name.filter(address=who.address, at__gt=last_in.at)
    waits = (
        waits_until(by_name.values_list("at", flat=True), free=FREE_BY_NAME, now=at),
        waits_until(
            wrong.filter(address=who.address).values_list("at", flat=True), free=FREE_BY_ADDRESS, now=at
        ),
    )
    return max((until for until in waits if until), default=None)


def _address(request: HttpRequest) -> str:
    """The caller's address; of the newer protocol the network, of which one caller has many addresses."""
    said = str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ip_address(said)
    except ValueError:
        return said
    return str(ip_network((address, _SUBNET_OF_ONE), strict=False)) if address.version == 6 else said  # noqa: PLR2004


def _hash(text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
