"""Which addresses may be asked: how one is written, and where its name may lead.

A host is *near* when whoever runs this server named it: it may stand on their own network. Any other stands in the open
internet, or is not asked.
"""

from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from string import ascii_lowercase, digits
from urllib.parse import urlsplit

PORTS = (443, 8443)
"""Of a host that nobody here named: HTTPS, and its usual second."""

_LETTERS = frozenset(f"{ascii_lowercase}{digits}-")
_LONGEST = 2000
_OPEN_V6 = ip_network("2000::/3")
_NEVER = [
    ip_network(one)
    for one in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    )
]  # fmt: skip
"""What is not the open internet, or holds another address inside: IANA's registries of special addresses (RFC 6890).

Of IPv6 only 2000::/3 is open; that leaves out what maps, translates (NAT64), or is local, multicast or reserved.
"""
_NEAR = [
    ip_network(one)
    for one in ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1", "fc00::/7")
]  # fmt: skip
"""Somebody's own network, and this machine. Not link-local: there clouds hand out their keys."""


class NotAllowed(Exception):
    """An address that is not asked. Holds what is wrong with it, and nothing of it."""


@dataclass(frozen=True)
class Place:
    """An address, taken apart and found well written."""

    host: str
    port: int
    path: str
    is_plain: bool
    is_near: bool

    @property
    def named(self) -> str:
        """The host and its port, as the header of a request names them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (80 if self.is_plain else 443) else f"{host}:{self.port}"


def read(address: str, *, near: Collection[str] = ()) -> Place:
    """Take an address apart.

    Raises:
        NotAllowed: it is written in a way that two programs could read differently, or asks for what is not asked.
    """
    if (
        len(address) > _LONGEST
        or not (address.isascii() and address.isprintable())
        or set(address) & set(" \\#")
    ):
        raise NotAllowed("spelling")
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise NotAllowed("spelling") from None
    if "@" in parts.netloc:
        raise NotAllowed("credentials")
    is_near, is_plain = host in near, parts.scheme == "http"
    if parts.scheme != "https" and not (is_plain and is_near):
        raise NotAllowed("scheme")
    port = (80 if is_plain else 443) if port is None else port
    if port not in PORTS and not is_near:
        raise NotAllowed("port")
    if not (_is_number(host) or _is_name(host)):
        raise NotAllowed("host")
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return Place(host, port, path, is_plain, is_near)


def is_allowed(address: str, *, near: Collection[str] = ()) -> bool:
    """Whether an address is written as one that may be asked. Where its name leads is seen when it is."""
    try:
        read(address, near=near)
    except NotAllowed:
        return False
    return True


def may_be_dialed(place: Place, number: str) -> bool:
    """Whether a place may be reached at the number that its name leads to. In plain: only on this machine."""
    found = ip_address(number)
    if place.is_plain:
        return found.is_loopback
    return _is_open(found) or (place.is_near and any(found in network for network in _NEAR))


def _is_open(number: IPv4Address | IPv6Address) -> bool:
    if isinstance(number, IPv6Address) and number not in _OPEN_V6:
        return False
    return number.is_global and not number.is_multicast and not any(number in network for network in _NEVER)


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return "%" not in host


def _is_name(host: str) -> bool:
    """A name of letters, and not one of the many ways to write a number: its last part begins with a letter."""
    labels = host.removesuffix(".").split(".")
    are_labels = all(label and set(label) <= _LETTERS and label[0] != "-" for label in labels)
    return are_labels and labels[-1][0].isalpha()
