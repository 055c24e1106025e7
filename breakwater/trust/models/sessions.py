"""Who tries to come in, and who is in."""

from typing import Any, ClassVar

from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models

from breakwater.kernel.db import RecordedNow
from breakwater.trust.models.agencies import User


class Knock(models.Model):
    """Somebody tried to sign in. Name and address are kept as keyed hashes, and only for a while."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=64)
    address = models.CharField(max_length=64)
    got_in = models.BooleanField()
    at = models.DateTimeField()

    objects: ClassVar[models.Manager["Knock"]] = models.Manager()

    class Meta:
        indexes = [
            models.Index("name", "at", name="knock_by_name"),
            models.Index("address", "at", name="knock_by_address"),
        ]

    def __str__(self) -> str:
        return "in" if self.got_in else "not in"


class SessionManager(BaseSessionManager["Session"]):
    """Needed by the session engine."""

    use_in_migrations = True


class Session(AbstractBaseSession):
    """Somebody is signed in. What the door asks stands in columns, so that it asks once."""

    class How(models.TextChoices):
        """By what they came in."""

        PASSWORD = "password", "Password alone"
        PASSKEY = "passkey", "Passkey"
        AUTHENTICATOR = "authenticator", "Password and a code from an app"
        RECOVERY = "recovery", "Password and a recovery code"
        SINGLE = "single", "Single sign-on"

    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sessions")
    how = models.CharField(max_length=14, choices=How, default=How.PASSWORD, db_default=How.PASSWORD)
    where = models.CharField(max_length=60, default="", db_default="", help_text="Which browser, on what")
    began_at = models.DateTimeField(db_default=RecordedNow())
    seen_at = models.DateTimeField(db_default=RecordedNow(), help_text="To the minute")
    proved_at = models.DateTimeField(null=True, help_text="When everything they have was last asked for")
    factor_due_at = models.DateTimeField(
        null=True, help_text="From when on they come no further without a second factor"
    )
    idle_minutes = models.PositiveSmallIntegerField(
        null=True, help_text="How long without a sign of life, where that is less than their agency says"
    )
    knows = models.BooleanField(
        default=False,
        db_default=False,
        help_text="They were told here of what was changed about their sign-in",
    )

    confined_to = models.UUIDField(
        null=True,
        help_text="The one thing that is open while somebody else holds the device; all the rest is not there",
    )
    confined_until = models.DateTimeField(
        null=True, help_text="Until when that is; after it nothing is open but the way back"
    )

    objects: ClassVar[SessionManager] = SessionManager()

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                name="a_confined_session_says_until_when",
                condition=models.Q(confined_to=None, confined_until=None)
                | models.Q(confined_to__isnull=False, confined_until__isnull=False),
            ),
            models.CheckConstraint(
                name="a_session_is_not_idle_for_more_than_an_hour",
                condition=models.Q(idle_minutes=None) | models.Q(idle_minutes__gte=1, idle_minutes__lte=60),
            ),
        ]

    @classmethod
    def get_session_store_class(cls) -> Any:
        """The engine that reads and writes this table."""
        from breakwater.trust.sessions import SessionStore  # noqa: PLC0415 - the engine imports this model

        return SessionStore
