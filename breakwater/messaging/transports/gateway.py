"""Text messages, by a gateway that takes one as JSON over HTTP.

Asked is ``{"key", "to", "text"}``, with the key as ``Idempotency-Key`` too; a gateway that knows the key sends nothing
again and answers as it did the first time, or 409. What it says later of the message comes to ``messaging:gateway``.
"""

import json
from urllib.parse import urlsplit

from django.conf import settings

from breakwater.kernel import outside
from breakwater.messaging.transports import Parcel, Rejected, Unreachable

_KNOWN, _NOT_NOW = 409, {408, 425, 429}
_NOT_TAKEN, _SERVERS_FAULT = 300, 500


def is_there() -> bool:
    """Whether text messages can be sent at all here."""
    return bool(settings.SMS_GATEWAY)


def send(parcel: Parcel) -> None:
    """Hand one text message to the gateway.

    Raises:
        Unreachable: it does not answer, or not now.
        Rejected: it will not take it.
    """
    try:
        answer = outside.ask(
            settings.SMS_GATEWAY,
            body=json.dumps({"key": parcel.key, "to": parcel.to, "text": parcel.text}).encode(),
            headers={
                "Content-Type": "application/json", "Idempotency-Key": parcel.key,
                "Authorization": f"Bearer {settings.SMS_KEY}",
            },
            near=(urlsplit(settings.SMS_GATEWAY).hostname or "",),
        )  # fmt: skip
    except (outside.NotAllowed, outside.Unanswered) as trouble:
        raise Unreachable(str(trouble)) from None
    if answer.status >= _NOT_TAKEN and answer.status != _KNOWN:
        may_try_again = answer.status >= _SERVERS_FAULT or answer.status in _NOT_NOW
        raise (Unreachable if may_try_again else Rejected)(f"status {answer.status}")
