"""The ways out of this server, as the environment says them: mail, text messages, a scanner, and near hosts."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

_SCHEMES = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
_ON_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Mail:
    """A mail server, and whom e-mails come from."""

    host: str
    port: int
    username: str
    password: str
    starttls: bool
    tls: bool
    sender: str


@dataclass(frozen=True)
class Sms:
    """A gateway for text messages: where it is, what it knows us by, and what we know it by."""

    gateway: str
    key: str
    secret: str


def mail(source: Mapping[str, str], wrong: list[str]) -> Mail | None:
    """The mail server, or none."""
    address, sender = source.get("BREAKWATER_MAIL", ""), source.get("BREAKWATER_MAIL_FROM", "")
    if not address:
        return None
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port or _SCHEMES.get(parts.scheme, 0)
    except ValueError:
        host, port = None, 0
    if not host or not port:
        wrong.append("BREAKWATER_MAIL is not a mail server: smtps://user:password@host:port.")
        return None
    if "@" not in parseaddr(sender)[1] or not sender.isprintable():
        wrong.append("BREAKWATER_MAIL_FROM is missing: name the address that e-mails come from.")
        return None
    return Mail(
        host=host, port=port, username=unquote(parts.username or ""), password=unquote(parts.password or ""),
        starttls=parts.scheme == "smtp+tls", tls=parts.scheme == "smtps", sender=sender,
    )  # fmt: skip


def sms(source: Mapping[str, str], wrong: list[str]) -> Sms:
    """The gateway for text messages; empty when there is none."""
    gateway = source.get("BREAKWATER_SMS", "")
    parts = urlsplit(gateway)
    if gateway and (parts.scheme not in ("http", "https") or not parts.hostname):
        wrong.append("BREAKWATER_SMS is not an address: https://host/path.")
        gateway = ""
    if parts.scheme == "http" and parts.hostname not in _ON_THIS_MACHINE:
        wrong.append("BREAKWATER_SMS is in plain: use https:, but on this machine.")
    return Sms(gateway, source.get("BREAKWATER_SMS_KEY", ""), source.get("BREAKWATER_SMS_SECRET", ""))


def clamav(source: Mapping[str, str], wrong: list[str]) -> str:
    """Where the scanner for files listens, on this machine: it is given them in plain. Empty when there is none."""
    where = source.get("BREAKWATER_CLAMAV", "")
    host, _, port = where.rpartition(":")
    is_here = host.strip("[]") in _ON_THIS_MACHINE and port.isdecimal()
    if where and not where.startswith("/") and not is_here:
        wrong.append("BREAKWATER_CLAMAV is neither a socket (/path) nor host:port on this machine.")
        return ""
    return where


def push_contact(source: Mapping[str, str], wrong: list[str]) -> str:
    """Whom a service that carries notices to browsers may write to; empty when none is asked to carry any."""
    contact = source.get("BREAKWATER_PUSH_CONTACT", "")
    is_mail = contact.startswith("mailto:") and "@" in contact
    if contact and not (contact.isprintable() and (is_mail or contact.startswith("https://"))):
        wrong.append("BREAKWATER_PUSH_CONTACT is nobody to write to: mailto:ops@example.org.")
        return ""
    return contact


def hosts(source: Mapping[str, str], name: str, wrong: list[str]) -> tuple[str, ...]:
    """Hosts that may stand on the network of whoever runs this, by name or number, without a port."""
    found = tuple(one.strip().lower() for one in source.get(name, "").split(",") if one.strip())
    if any(set(host) & set("/@*[]% ") for host in found):
        wrong.append(f"{name} holds something that is no name of a host: login.example.org,10.0.0.5.")
        return ()
    return found


def unsafe(mail_: Mail | None, sms_: Sms, *, shortest: int) -> list[tuple[bool, str]]:
    """What must not be so in real use, each with its sentence."""
    is_open = mail_ is not None and not (mail_.tls or mail_.starttls) and mail_.host not in _ON_THIS_MACHINE
    return [
        (is_open, "BREAKWATER_MAIL is in plain: use smtps:// or smtp+tls://."),
        (
            bool(sms_.gateway) and len(sms_.secret) < shortest,
            f"BREAKWATER_SMS_SECRET must be {shortest} letters or more: anybody could mark numbers as not safe.",
        ),
    ]
