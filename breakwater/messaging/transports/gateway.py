"""Text messages, by a gateway that takes one as JSON over HTTP.

Asked is ``{"key", "to", "text"}``, with the key as ``Idempotency-Key`` too; a gateway that knows the key sends nothing
again and answers as it did the first time, or 409. What it says later of the message comes to ``messaging:gateway``.
"""

import json
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings

from breakwater.messaging.transports import Parcel, Rejected, Unreachable

_PATIENCE = 10
_KNOWN, _NOT_NOW = 409, {408, 425, 429}
_SERVERS_FAULT = 500


class _NoDetours(HTTPRedirectHandler):
    """A gateway answers where it is asked, or not at all."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """Go nowhere else."""


def is_there() -> bool:
    """Whether text messages can be sent at all here."""
    return bool(settings.SMS_GATEWAY)


def send(parcel: Parcel) -> None:
    """Hand one text message to the gateway.

    Raises:
        Unreachable: it does not answer, or not now.
        Rejected: it will not take it.
    """
    asked = Request(  # noqa: S310 - http and https alone, checked when the server starts
        settings.SMS_GATEWAY,
        data=json.dumps({"key": parcel.key, "to": parcel.to, "text": parcel.text}).encode(),
        headers={
            "Content-Type": "application/json", "Idempotency-Key": parcel.key,
            "Authorization": f"Bearer {settings.SMS_KEY}",
        },
    )  # fmt: skip
    try:
        with build_opener(_NoDetours).open(asked, timeout=_PATIENCE) as answer:
            answer.read(1)
    except HTTPError as no:
        no.close()
        if no.code != _KNOWN:
            may_try_again = no.code >= _SERVERS_FAULT or no.code in _NOT_NOW
            raise (Unreachable if may_try_again else Rejected)(f"status {no.code}") from None
    except (URLError, OSError, HTTPException) as trouble:
        raise Unreachable(type(trouble).__name__) from None
