"""A browser in the hands of somebody who works at an agency."""

import re
from html import unescape
from uuid import UUID

from django.test import Client

from breakwater.kernel.keys import new_key
from breakwater.trust.access import Actor
from breakwater.trust.models import Circle

PASSWORD = "harbor light 7"


def browser_of(actor: Actor, **options: object) -> Client:
    """A browser in which somebody is signed in."""
    client = Client(**options)
    client.force_login(actor.user)
    return client


def press(client: Client, where: str, *, key: UUID | None = None, by: Actor | None = None, **typed: str):
    """Send a form as its page would: with the key that was made when it was shown."""
    key = key or new_key(by.user.pk if by else "")
    return client.post(where, typed | {"idempotency_key": str(key)})


def hidden(page: bytes, name: str) -> str:
    """The value of a hidden field in the middle of a page: on its edge stand forms of its own."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.decode().split("<main", 1)[-1])
    return unescape(found.group(1)) if found else ""


def circles_opened_by(actor: Actor) -> int:
    """How many circles an agency has opened, counted from where it stands."""
    return Circle.objects.filter(opened_by=actor.agency).count()
