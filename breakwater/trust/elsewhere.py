"""What another server is asked while a request is answered: between two transactions, never within one.

A server of somebody else may be silent for as long as we wait. A transaction that waited for it would hold what it had
locked, a connection, and the oldest row that PostgreSQL has to keep. So the request is begun, found to need an answer,
taken back, and begun anew when the answer is there. What it writes, it writes once.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from breakwater.kernel.errors import Refused


class AskFirst(Exception):
    """The request goes on when somebody elsewhere has answered. Caught by the keeper of the door alone."""

    def __init__(self, what: str, ask: Callable[[], Any]) -> None:
        super().__init__(what)
        self.what, self.ask = what, ask


def said_elsewhere(request: HttpRequest, what: str, ask: Callable[[], Any]) -> Any:
    """What ``ask`` brings, which asks another server and nothing of PostgreSQL; asked once for a request.

    Args:
        what: which answer of all that this request needs.

    Raises:
        AskFirst: nobody was asked yet.
        Refused: there was no answer, as ``ask`` says it.
    """
    said = heard_by(request)
    if what not in said:
        raise AskFirst(what, ask)
    if isinstance(said[what], Refused):
        raise said[what]
    return said[what]


def hear(request: HttpRequest, first: AskFirst) -> None:
    """Ask, and keep for the request what was said, or that there was no answer."""
    try:
        answer = first.ask()
    except Refused as silence:
        answer = silence
    request.heard = heard_by(request) | {first.what: answer}  # type: ignore[attr-defined]  # lives with the request


def heard_by(request: HttpRequest) -> dict[str, Any]:
    """What was said for this request until now; while it is nothing, the request is begun for the first time."""
    return getattr(request, "heard", {})
