"""E-mail, by SMTP: plain text, no picture, nothing to click, and a sender that tells nothing.

Beside the address of the sender stands a word of ours, in place of whatever an agency calls itself; and a mail server
is greeted in the name of that address, not of this machine: it writes the greeting into what the reader can look at.
"""

from email.utils import formataddr, parseaddr
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from breakwater.messaging.transports import Parcel, Rejected, Unreachable

_PATIENCE = 10
_FOR_GOOD = 500
"""Of this code and above a mail server says no for good; below, not now (RFC 5321 section 4.2.1)."""


class _Discreet(EmailBackend):
    """Greets in the name of a domain."""

    def __init__(self, domain: str, **options: Any) -> None:
        super().__init__(**options)
        self._domain = domain

    @property
    def connection_class(self) -> Any:
        """What opens the line; Django would greet in the name of this machine."""
        opens = super().connection_class

        def greets(host: str, port: int, **options: Any) -> Any:
            return opens(host, port, **options | {"local_hostname": self._domain})

        return greets


def is_there() -> bool:
    """Whether mail can be sent at all here."""
    return settings.MAIL is not None


def send(parcel: Parcel) -> None:
    """Hand one e-mail to the mail server. The same key is the same message, to whoever compares them.

    Raises:
        Unreachable: it does not answer, or not now.
        Rejected: it will not take it.
    """
    mail: Any = settings.MAIL
    address = parseaddr(mail.sender)[1]
    domain = address.rpartition("@")[2]
    headers = {"Message-ID": f"<{parcel.key}@{domain}>", "Auto-Submitted": "auto-generated"}
    sender = formataddr((parcel.sender, address))
    message = EmailMessage(parcel.subject, parcel.text, sender, [parcel.to], headers=headers)
    server = _Discreet(
        domain,
        host=mail.host, port=mail.port, username=mail.username, password=mail.password, use_tls=mail.starttls,
        use_ssl=mail.tls, timeout=_PATIENCE,
    )  # fmt: skip
    try:
        server.send_messages([message])
    except SMTPRecipientsRefused as no:
        codes = [code for code, _ in no.recipients.values()]
        raise (Rejected if min(codes) >= _FOR_GOOD else Unreachable)(type(no).__name__) from None
    except SMTPResponseException as no:
        raise (Rejected if no.smtp_code >= _FOR_GOOD else Unreachable)(type(no).__name__) from None
    except (SMTPException, OSError) as trouble:
        raise Unreachable(type(trouble).__name__) from None
    except ValueError as wrong:
        raise Rejected(type(wrong).__name__) from None
