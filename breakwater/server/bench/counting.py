"""How many statements a page or an act asks of the database, walls and sightings included."""

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

# The frame that every request has, and that carries no question.
_FRAME = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
_COOKIE = "Cookie"


def statements(requests: list[Any]) -> int:
    """The statements of the last request; those before it warm what is kept from one request to the next.

    Raises:
        RuntimeError: one is not answered as it should be.
    """
    asked = []
    for request in requests:
        with CaptureQueriesContext(connection) as captured:
            _ask(*request)
        asked = [one["sql"] for one in captured.captured_queries]
    return sum(not one.startswith(_FRAME) for one in asked)


def _ask(method: str, path: str, headers: dict[str, str], body: str) -> None:
    client = Client(headers={"host": "localhost"})
    client.cookies.load(headers[_COOKIE])
    kind = "application/x-www-form-urlencoded" if body else ""
    with override_settings(DEBUG_PROPAGATE_EXCEPTIONS=True):
        answer = client.generic(method, path, body, content_type=kind)
    if answer.status_code >= 400:  # noqa: PLR2004 - HTTP: it did not happen
        raise RuntimeError(f"{method} {path}: status {answer.status_code}")
