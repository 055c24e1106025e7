"""Which page of a long list is asked for, and the ways to the pages beside it."""

from typing import Any

from django.http import HttpRequest

_LAST = 200


def page_asked(request: HttpRequest) -> int:
    """The number of the page; whatever makes no sense is the first."""
    asked = request.GET.get("page", "1")
    return max(1, min(int(asked), _LAST)) if asked.isdecimal() and len(asked) < 4 else 1  # noqa: PLR2004 - far enough


def around(number: int, *, more: bool, also: str = "") -> dict[str, Any]:
    """The addresses of the page before and of the page after, empty where there is none; ``also`` is kept in them."""
    return {
        "previous": f"?{also}page={number - 1}" if number > 1 else "",
        "next": f"?{also}page={number + 1}" if more else "",
    }
