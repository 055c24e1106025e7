"""How much room a place has, told by a program of its own: JSON and a key in place of a phone and a tap."""

import json
from http import HTTPStatus
from math import ceil
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from breakwater.kernel.errors import Overtaken, Refused
from breakwater.kernel.text import read_json
from breakwater.portal.actions.room import tell_by_key
from breakwater.portal.telling import Teller, telling_by_key
from breakwater.referrals.suggesting import figures_of
from breakwater.resources.actions.counting import Count
from breakwater.trust.access import Request
from breakwater.trust.guessing import try_secret
from breakwater.trust.middleware import accepts_secret, public
from breakwater.trust.pace import Pace, address_of

NO_KEY = "This key tells nothing here. Ask those who gave it to you for another one."
_LARGEST, _MOST_FIGURES, _MOST = 20_000, 50, 9999
_OFTEN = 60
"""How often one program asks or tells in a minute: a change every second is more than a house has."""
_PACE = Pace()
_COLUMNS = {"licensed": "licensed", "staffed": "staffed", "clean": "ready", "accepting": "accepting"}
"""What is told of a figure, and what it is called where it is written down."""


class NotUnderstood(ValueError):
    """What was sent is no list of figures; the message says what is wrong with it."""


@csrf_exempt
@public
@accepts_secret
@require_http_methods(["GET", "POST"])
def figures(request: Request) -> HttpResponse:
    """The figures of one place, for a program that holds its key; or the same, told anew, all or none.

    Who only asks leaves nothing written, so whoever guesses in that way is slowed down by the memory of this process.
    """
    if request.method == "POST":
        tried = try_secret(
            request, address_of(request), lambda: _opens(request), wrong=NO_KEY, by="key", last=False
        )
        if not tried.is_right:
            return _answer({"error": tried.sentence}, status=tried.status or HTTPStatus.UNAUTHORIZED)
    with telling_by_key(request) as teller:
        who = str(teller.device_id) if teller else address_of(request)
        if wait := _PACE.wait(who, often=_OFTEN * settings.PERSON_PACE, at=request.now.timestamp()):
            return _slowed(ceil(wait))
        if teller is None:
            return _answer({"error": NO_KEY}, status=HTTPStatus.UNAUTHORIZED)
        return _told(request, teller) if request.method == "POST" else _answer(_shown(request, teller))


def _opens(request: Request) -> bool:
    with telling_by_key(request) as teller:
        return teller is not None


def _told(request: Request, teller: Teller) -> HttpResponse:
    try:
        tell_by_key(teller, _counts(request.body[: _LARGEST + 1]), at=request.now)
    except NotUnderstood as why:
        return _answer({"error": str(why)}, status=400)
    except Refused as why:
        return _answer({"error": str(why)}, status=409 if isinstance(why, Overtaken) else 422)
    return _answer(_shown(request, teller))


def _shown(request: Request, teller: Teller) -> dict[str, Any]:
    programs = teller.programs()
    known = figures_of([one.pk for one in programs], at=request.now)
    return {
        "place": teller.place.name,
        "until": teller.expires_at.isoformat(),
        "figures": [_figure(one.pk, one.kind, known.get(one.pk)) for one in programs],
    }


def _figure(program_id: UUID, kind: str, told: Any) -> dict[str, Any]:
    """A figure as it stands; what nobody told is null, and never 0."""
    counted = {name: getattr(told, column, None) for name, column in _COLUMNS.items()}
    given, as_of = (told.given, told.as_of) if told else (0, None)
    trust = round(told.trust, 2) if told else 0.0
    return {"program": str(program_id), "kind": kind, **counted, "given_since": given,
            "as_of": as_of.isoformat() if as_of else None, "trust": trust}  # fmt: skip


def _counts(body: bytes) -> dict[UUID, Count | None]:
    """What was told, by program. What is left out is unknown.

    Raises:
        NotUnderstood: it is no list of figures, or one of them is none.
    """
    if len(body) > _LARGEST:
        raise NotUnderstood(f"This is more than {_LARGEST} bytes.")
    try:
        told = read_json(body)
    except ValueError:
        raise NotUnderstood("This is no JSON.") from None
    rows = told.get("figures") if isinstance(told, dict) else None
    if not isinstance(rows, list) or not 1 <= len(rows) <= _MOST_FIGURES:
        raise NotUnderstood(f"Tell from 1 to {_MOST_FIGURES} figures, as a list called figures.")
    counts = dict(_count(row) for row in rows)
    if len(counts) < len(rows):
        raise NotUnderstood("A program is told once: one of them stands in the list twice.")
    return counts


def _count(row: Any) -> tuple[UUID, Count | None]:
    if not isinstance(row, dict):
        raise NotUnderstood("A figure is an object with program and numbers.")
    said = {name: row[name] for name in row if name != "program"}
    if said == {"still_so": True}:
        return _program(row), None
    for name, number in said.items():
        if name not in _COLUMNS:
            raise NotUnderstood(
                "A figure has program, licensed, staffed, clean and accepting, or still_so: true."
            )
        if number is not None and (type(number) is not int or not 0 <= number <= _MOST):
            raise NotUnderstood(f"{name} is a whole number from 0 to {_MOST}, or null when nobody knows.")
    if "accepting" not in said:
        raise NotUnderstood("accepting is missing: how many would be taken now, or null when nobody knows.")
    return _program(row), Count(**{_COLUMNS[name]: number for name, number in said.items()})


def _program(row: dict[str, Any]) -> UUID:
    try:
        return UUID(str(row.get("program")))
    except ValueError:
        raise NotUnderstood("program is an id, as this address tells it.") from None


def _slowed(seconds: int) -> HttpResponse:
    answer = _answer(
        {"error": f"One program asks {_OFTEN} times a minute. Ask again in {seconds} s."}, status=429
    )
    answer["Retry-After"] = str(seconds)
    return answer


def _answer(told: dict[str, Any], *, status: int = 200) -> HttpResponse:
    text = json.dumps(told, ensure_ascii=False)
    answer = HttpResponse(
        text, status=status, content_type="application/json", headers={"Cache-Control": "no-store"}
    )
    if status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = "Bearer"
    return answer
