"""The session engine: Django's own, with the person in a column."""

from datetime import datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from breakwater.trust.models.sessions import Session

VISIT = "visit"
"""What of a session stands in columns as well: the door asks it of every request."""


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
        visit = dict(data.get(VISIT, {}))
        row.expire_date = _moment(visit.pop("ends_at", None)) or row.expire_date
        for name, value in visit.items():
            setattr(row, name, _moment(value) if name.endswith(("_at", "_until")) else value)
        return row


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
