"""The sign-in backend: a name and a password, at the same cost whether or not the name exists."""

from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from breakwater.trust.models import User


class Backend:
    """Checks names and passwords. Second factors have their own room later."""

    def authenticate(
        self, request: HttpRequest | None, username: str = "", password: str = "", **credentials: Any
    ) -> User | None:
        """The person, or ``None``: wrong name, wrong password and dismissed people look the same."""
        user = User.objects.named(username).first()
        if user is None:
            make_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: UUID) -> User | None:
        """The person of a session."""
        return User.objects.filter(pk=user_id, is_active=True).first()
