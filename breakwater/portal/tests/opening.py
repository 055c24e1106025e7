"""Somebody with a code and a browser."""

import re

from django.conf import settings
from django.test import Client
from django.urls import reverse

NOTES = "/notes/"


def open_with(code, word="", *, address="198.51.100.7"):
    """A browser in which a code was typed, and what came back."""
    client = Client(REMOTE_ADDR=address)
    return client, client.post(NOTES, {"one_time_code": code, "second": word})


def read(client):
    """The page as it is now."""
    return client.get(NOTES).content.decode()


def press(client, name, *ids, **typed):
    """Press a button of the page, with the key of its form."""
    where = reverse(f"portal:{name}", args=ids)
    return client.post(where, typed | {"idempotency_key": key_on(read(client), where)})


def key_on(page, where):
    """The key of the form that leads there."""
    form = re.search(rf'<form[^>]*action="{re.escape(where)}".*?</form>', page, re.DOTALL)
    return re.search(r'idempotency_key" value="([^"]*)"', form[0])[1]


def has_key(client):
    """Whether the browser still holds the key of a copy."""
    return bool(client.cookies.get(settings.NOTES_COOKIE, "") and client.cookies[settings.NOTES_COOKIE].value)
