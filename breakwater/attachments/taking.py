"""Where files are taken: only there does the server listen to more than a form holds."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.urls import Resolver404, resolve

View = TypeVar("View", bound=Callable[..., Any])


def takes_files(view: View) -> View:
    """Declare that files may be sent with a form of this page."""
    view.takes_files = True  # type: ignore[attr-defined]  # a mark on a function
    return view


def are_taken_at(address: str) -> bool:
    """Whether the page at an address takes files."""
    try:
        return bool(getattr(resolve(address).func, "takes_files", False))
    except Resolver404:
        return False
