"""What answers an address, and the marks that were put on it."""

from django.urls import Resolver404, resolve


def is_marked(address: str, mark: str) -> bool:
    """Whether what answers an address was declared to do something; nothing does where there is nothing."""
    try:
        return bool(getattr(resolve(address).func, mark, False))
    except Resolver404:
        return False
