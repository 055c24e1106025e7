"""Receipts: a double click, a retry after a lost answer or a killed server has one effect."""

import hashlib
import hmac
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast
from urllib.parse import unquote_to_bytes
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from psycopg.types.json import Jsonb

from breakwater.kernel.cipher import Unreadable, opened, shut
from breakwater.kernel.db import one_row, run_sql
from breakwater.kernel.keys import is_key_of
from breakwater.trust.access import Actor, AtTheDoor, Statement
from breakwater.trust.encrypted import cells
from breakwater.trust.forms import SignInForm
from breakwater.trust.models import Receipt, User
from breakwater.ui.pages import APART, SECRETS, page, send_again

KEY_FIELD = "idempotency_key"
_NOT_KEPT = SECRETS | APART | {"csrfmiddlewaretoken", KEY_FIELD}
_KEPT_HEADERS = ("Location", "Content-Type", "HX-Redirect", "HX-Trigger", "HX-Location", "HX-Refresh")
_KEPT_FORM = "kept form"
_IN_PLACE = "\ufffd"
_KEPT_FOR = 12 * 3600
_LARGEST_KEPT = 1_500_000
_ERASED = 410
"""What stands in place of an answer that went with somebody's record."""

_CLAIM = """
    INSERT INTO trust_receipt (key, by_id, fingerprint, headers, body) VALUES (%s, %s, %s, '{}', '')
    ON CONFLICT DO NOTHING RETURNING id
"""
_LET_GO = "DELETE FROM trust_receipt WHERE id = %s"
_KEEP = "UPDATE trust_receipt SET status = %s, headers = %s, body = %s WHERE id = %s"


def answer_once(request: AtTheDoor, actor: Actor, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """Answer an unsafe request; the same request again gets the first answer and has no second effect.

    The claim waits for a twin that is still under way: PostgreSQL holds the second insert until the first
    transaction ends, then either replays its result or, had it failed, lets this one act.

    What it came to is kept as ``request.receipt``, which the keeper of the door writes with what was shown: both are
    known when the answer is, and one statement writes both. Of an answer that shows a secret once (``ShownOnce``), what
    its twin is told instead is kept.

    An act that did not happen keeps no receipt, though a wrong guess at it stays written down: it may be sent again.
    Where nothing stays, the claim goes with all the rest and nothing more is said.

    A request without a key, or with one already used for something else, does nothing: what was typed is shown, and
    may be sent again.
    """
    if actor.user is None:
        return answer()
    key = key_of(request)
    if key is None:
        return send_again(
            request, "This form has lost its key, so nothing was saved. Send it again.", status=422
        )
    mark = fingerprint(request)
    claimed = _claim(key, actor.user, mark)
    if claimed is None:
        return _replay(request, actor.user, key, mark)
    response = answer()
    if response.status_code < 400:  # noqa: PLR2004 - HTTP: the act happened
        request.receipt = _kept(claimed, response.told_again if isinstance(response, ShownOnce) else response)
    else:
        request.receipt = _LET_GO, (claimed,)
    return response


@contextmanager
def as_yet_unsaved(key: UUID, *, by: Actor) -> Iterator[bool]:
    """Whether a form is still to be saved by its key. Who saves it waits until this has ended, and this for them.

    It holds the key as they do, and lets it go at its end: who saves pays nothing for what is typed meanwhile.
    """
    user = cast(User, by.user)
    claimed = _claim(key, user, "")
    yield claimed is not None or not Receipt.objects.saved_by(user, key)
    if claimed is not None:
        run_sql(_LET_GO, (claimed,))


class ShownOnce(HttpResponse):
    """An answer that holds a secret: it is kept nowhere, and the same request again is told something else."""

    def __init__(self, shown: HttpResponse, *, told_again: HttpResponse) -> None:
        super().__init__(shown.content, status=shown.status_code, headers=dict(shown.items()))
        self.told_again = told_again


def shown_once(request: HttpRequest, shown: HttpResponse) -> ShownOnce:
    """A page with a secret, whose twin is told that it was shown."""
    return ShownOnce(shown, told_again=page(request, "trust/shown_once.html", status=200))


def is_whole(request: HttpRequest) -> bool:
    """Whether a form arrived as text that can be kept as it is; Django would put signs in place of what is broken.

    Of a form with files nothing is left to look at but these signs: somebody who typed one is asked to send it without.
    """
    if request.content_type == "multipart/form-data":
        return not any(_IN_PLACE in said for _, each in request.POST.lists() for said in each)
    if request.content_type != "application/x-www-form-urlencoded":
        return True
    try:
        unquote_to_bytes(request.body).decode()
    except UnicodeDecodeError:
        return False
    return True


def fingerprint(request: HttpRequest) -> str:
    """What was asked, keyed with the server's secret, so that it says nothing to a reader of the table."""
    asked = hmac.new(settings.SECRET_KEY.encode(), digestmod=hashlib.sha256)
    asked.update(f"{request.method} {request.get_full_path()}".encode())
    for name in sorted(request.POST):
        if name not in _NOT_KEPT:
            for value in request.POST.getlist(name):
                asked.update(f"\x1e{name}\x1f{value}".encode("utf-8", "surrogatepass"))
    for name in sorted(request.FILES):
        for chosen in request.FILES.getlist(name):
            whole = hashlib.sha256(b"".join(chosen.chunks())).hexdigest()
            asked.update(f"\x1d{name}\x1f{chosen.name}\x1f{whole}".encode("utf-8", "surrogatepass"))
    return asked.hexdigest()


def keep_for_sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page, holding what a signed-out person had typed: their draft once they are back."""
    typed = {name: request.POST.getlist(name) for name in request.POST if name not in _NOT_KEPT}
    key = str(key_of(request) or "")
    kept_form = {"form": request.path, "fields": typed, "key": key, "had_files": bool(request.FILES)}
    spelled = json.dumps(kept_form, separators=(",", ":"))
    sealed = shut(zlib.compress(spelled.encode()), secret=settings.MASTER_KEY, what_for=_KEPT_FORM)
    kept = signing.dumps(sealed, salt=_KEPT_FORM)
    return page(
        request,
        "trust/sign_in.html",
        status=401,
        next=request.path,
        kept=kept if len(kept) <= _LARGEST_KEPT else "",
        form=SignInForm(),
    )


def what_was_kept(sealed: str, *, user: User) -> dict[str, Any] | None:
    """What ``keep_for_sign_in`` sealed; ``None`` when too old, changed, or typed in somebody else's form.

    Two people may share a desk: whoever signs in next does not get what the one before had typed.
    """
    try:
        shut_in = signing.loads(sealed, salt=_KEPT_FORM, max_age=_KEPT_FOR)
        spelled = opened(shut_in, secret=settings.MASTER_KEY, what_for=_KEPT_FORM)
    except (signing.BadSignature, Unreadable):
        return None
    kept: dict[str, Any] = json.loads(zlib.decompress(spelled))
    return kept if kept["key"] and is_key_of(UUID(kept["key"]), user.pk) else None


def forget_receipts(*, before: datetime) -> int:
    """Forget what requests came to before a moment, but for the last two days. Returns how many."""
    row = one_row("SELECT trust_forget_receipts(%s)", (before,))
    return int(row[0]) if row else 0


def key_of(request: HttpRequest) -> UUID | None:
    """The key that a form was given when it was shown; nothing when it has none, or no such."""
    try:
        return UUID(request.headers.get("Idempotency-Key") or request.POST.get(KEY_FIELD, ""))
    except ValueError:
        return None


def _claim(key: UUID, user: User, mark: str) -> int | None:
    """Claim a key; ``None`` when it is somebody's already, once their transaction has ended."""
    row = one_row(_CLAIM, (key, user.pk, mark))
    return row[0] if row else None


def _replay(request: HttpRequest, user: User, key: UUID, mark: str) -> HttpResponse:
    first = Receipt.objects.get(by=user, key=key)
    if first.status is None:
        return send_again(
            request, "This was not saved. Open the page again, and send it once more.", status=422
        )
    if first.fingerprint != mark:
        return send_again(
            request,
            "This form was already saved, with other words. Send it again only if both are to be kept; to change what"
            " was saved, open the page again.",
            status=422,
        )
    if first.status == _ERASED:
        said = "This was saved already. What it was answered is no longer kept: open the page again."
        return page(request, "ui/refused.html", status=_ERASED, sentence=said)
    response = HttpResponse(first.body, status=first.status)
    del response["Content-Type"]
    for name, value in first.headers.items():
        response[name] = value
    response["Idempotent-Replay"] = "true"
    return response


def _kept(receipt_id: int, response: HttpResponse) -> Statement:
    headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
    shown = cells(Receipt(pk=receipt_id), body=response.content.decode())["body"].text
    return _KEEP, (response.status_code, Jsonb(headers), shown, receipt_id)
