"""What answers an address, and the marks that were put on it."""

import re
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import Resolver404, ResolverMatch, resolve

_AN_ID = re.compile(r"(?<=/)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=/|$)")
_BLANKS = [str(UUID(int=number)) for number in range(1, 5)]
"""What stands for the ids of an address, one after the other."""
_FOUND: dict[tuple[str, str], ResolverMatch] = {}
"""By the map of the site and an address with blanks: no more than there are patterns."""


def found_at(address: str) -> ResolverMatch:
    """What answers an address: looked for once for all addresses that differ in their ids only.

    Django tries sixty of our patterns for an address, one after the other. One that holds anything but ids, as the key
    of a link, is looked for each time and not kept.

    Raises:
        Resolver404: nothing does.
    """
    ids, blanks = _AN_ID.findall(address), iter(_BLANKS)
    if len(ids) > len(_BLANKS):
        return resolve(address)
    shape = settings.ROOT_URLCONF, _AN_ID.sub(lambda _: next(blanks), address)
    known = _FOUND.get(shape)
    if known is not None:
        return _with_ids(known, ids)
    found = resolve(address)
    if not found.args and all(isinstance(one, UUID) for one in _told_by(found).values()):
        _FOUND[shape] = resolve(shape[1])
    return found


def _told_by(match: ResolverMatch) -> dict[str, Any]:
    """What was read from the address itself."""
    return vars(match)["captured_kwargs"] or {}


def _with_ids(known: ResolverMatch, ids: list[str]) -> ResolverMatch:
    told = {name: UUID(ids[blank.int - 1]) for name, blank in _told_by(known).items()}
    match = object.__new__(ResolverMatch)
    match.__dict__ = known.__dict__ | {"kwargs": known.kwargs | told, "captured_kwargs": told}
    return match


def is_marked(address: str, mark: str) -> bool:
    """Whether what answers an address was declared to do something; nothing does where there is nothing."""
    try:
        return bool(getattr(found_at(address).func, mark, False))
    except Resolver404:
        return False
