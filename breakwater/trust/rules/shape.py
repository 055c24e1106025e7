"""How a list was asked for: by which filters, never by what was typed into them."""

from collections.abc import Iterable, Mapping

FILTERS = frozenset(
    "aside asked_at birth_date board code drop for form gate item kind known_as language more n near need next only"
    " open_now outcome page person phone program q since size state told top_only unit unread until version"
    " waiting which whole with_room within words worker".split()
)
"""Every name by which a page lets itself be asked for less than everything."""

OTHER = "other"
"""Somebody wrote a name of their own into the address: it may say anything, so it is not kept."""

_NOT_ASKED = ("idempotency_key", "csrfmiddlewaretoken")


def shape_of(*asked: Mapping[str, object]) -> list[str]:
    """The names of the filters that were filled in, in order."""
    return sorted({_code(name) for one in asked for name in _filled(one)})


def _filled(asked: Mapping[str, object]) -> Iterable[str]:
    return (name for name in asked if name not in _NOT_ASKED and asked[name])


def _code(name: str) -> str:
    return name if name in FILTERS else OTHER
