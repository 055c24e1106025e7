"""Where files are taken: only there does the server listen to more than a form holds."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from breakwater.kernel.views import is_marked
from breakwater.trust.pace import paced

View = TypeVar("View", bound=Callable[..., Any])


def takes_files(view: View) -> View:
    """Declare that files may be sent with a form of this page, by one person as often as the table of paces says."""
    taking: Any = paced("uploads", verb="POST", with_files=True)(view)
    taking.takes_files = True  # a mark on a function
    return cast(View, taking)


def are_taken_at(address: str) -> bool:
    """Whether the page at an address takes files."""
    return is_marked(address, "takes_files")
