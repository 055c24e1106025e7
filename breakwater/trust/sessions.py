"""The session engine: Django's own, with the person in a column."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from breakwater.trust.models.agencies import Session


class SessionStore(DatabaseStore):
    """Sessions in the database, each with the person it belongs to."""

    @classmethod
    def get_model_class(cls) -> Any:
        """The table."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """A row with the person beside the encoded session."""
        row: Any = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        return row
