"""Passwords that others have chosen too often: the list that comes with Django, read once."""

from functools import lru_cache

from django.contrib.auth.password_validation import CommonPasswordValidator


@lru_cache(maxsize=1)
def common_passwords() -> frozenset[str]:
    """Twenty thousand passwords, in small letters. Nobody is asked over the network."""
    return frozenset(CommonPasswordValidator().passwords)
