"""Where files are taken: only there does the server listen to more than a form holds."""

from collections.abc import Callable
from typing import Any, TypeVar

from breakwater.kernel.views import is_marked

View = TypeVar("View", bound=Callable[..., Any])


def takes_files(view: View) -> View:
    """Declare that files may be sent with a form of this page."""
    view.takes_files = True  # type: ignore[attr-defined]  # a mark on a function
    return view


def are_taken_at(address: str) -> bool:
    """Whether the page at an address takes files."""
    return is_marked(address, "takes_files")
