"""Agencies, and the people who work there."""

from datetime import datetime
from typing import Any, ClassVar, Self
from unicodedata import normalize
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from breakwater.kernel.db import ENDS_AFTER_IT_STARTS, STANDING, RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.trust.capabilities import Role


def must_at_once() -> list[str]:
    """Who has a second factor from the first day, unless an agency says otherwise: whoever decides what others may."""
    return [Role.ADMINISTRATOR.value, Role.PRIVACY_OFFICER.value]


class Agency(models.Model):
    """An organization that works with Breakwater, with its own staff, clocks and walls."""

    class Kind(models.TextChoices):
        """What an agency mainly does; the law that binds it follows from this."""

        CRISIS_LINE = "crisis_line", "Crisis line"
        MOBILE_TEAM = "mobile_team", "Mobile crisis team"
        CASE_MANAGEMENT = "case_management", "Crisis case management"
        SHELTER = "shelter", "Shelter"
        DETOX = "detox", "Detox"
        CLINIC = "clinic", "Clinic"
        HOSPITAL = "hospital", "Hospital"
        POLICE_LIAISON = "police_liaison", "Police liaison"
        VICTIM_SERVICE = "victim_service", "Victim-service agency"
        THREAT_MANAGEMENT = "threat_management", "Threat-management team"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind)
    profile = models.CharField(max_length=20, default="us", help_text="Which set of clocks binds it")
    scheme = models.CharField(
        max_length=40, default="uk-mhts-2015", help_text="Which triage scheme it works by"
    )
    time_zone = models.CharField(max_length=64, default="America/New_York")
    founded_at = models.DateTimeField()
    idle_minutes = models.PositiveSmallIntegerField(
        default=30, db_default=30, help_text="After how long without a sign of life a session ends"
    )
    session_hours = models.PositiveSmallIntegerField(
        default=12, db_default=12, help_text="After how long a session ends in any case"
    )
    factor_at_once = ArrayField(
        models.CharField(max_length=20),
        default=must_at_once,
        help_text="Roles that come no further without a second factor",
    )
    factor_days = models.PositiveSmallIntegerField(
        null=True,
        default=30,
        db_default=30,
        help_text="How long everybody else may put it off; empty: for ever",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint("name", name="an_agency_has_its_own_name"),
            models.CheckConstraint(
                condition=Q(idle_minutes__gte=5, idle_minutes__lte=60),
                name="an_idle_session_ends_within_the_hour",
            ),
            models.CheckConstraint(
                condition=Q(session_hours__gte=1, session_hours__lte=24), name="a_session_ends_within_the_day"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which its people read the clock."""
        return ZoneInfo(self.time_zone)


class Unit(models.Model):
    """A team, shift or site inside an agency, with a duty queue of its own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="units")
    name = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint("agency", "name", name="a_unit_has_its_own_name")]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Finds people by their sign-in name, however they write its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person with this sign-in name."""
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """Somebody who works at an agency and signs in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(max_length=150)
    name = models.CharField(max_length=200, help_text="As colleagues know them")
    is_active = models.BooleanField(default=True)
    password_stands_alone = models.BooleanField(
        default=False, db_default=False, help_text="It is long enough to be all that is asked for"
    )
    factor_asked_at = models.DateTimeField(
        null=True, blank=True, help_text="When they were first asked for a second factor"
    )
    changed_at = models.DateTimeField(
        null=True, blank=True, help_text="When something about how they sign in was last changed"
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("username"), name="one_person_a_sign_in")]

    def __str__(self) -> str:
        return self.name

    def set_password(self, raw_password: str | None) -> None:
        """Keep a hash of a password, whichever way its keyboard composes a letter."""
        super().set_password(raw_password and normalize("NFC", raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        """Whether it is their password, compared whole."""
        return super().check_password(raw_password and normalize("NFC", raw_password))


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Questions about who works where."""

    def standing(self, at: datetime) -> Self:
        """The appointments in force at a moment."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at, user__is_active=True)


class Appointment(models.Model):
    """Somebody works for an agency in a role, from and until."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="appointments")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="appointments")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="appointment_ends_after_it_starts", condition=ENDS_AFTER_IT_STARTS),
            models.UniqueConstraint("user", condition=STANDING, name="one_standing_appointment_per_person"),
        ]


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
    knows = models.BooleanField(
        default=False,
        db_default=False,
        help_text="They were told here of what was changed about their sign-in",
    )

    objects: ClassVar[SessionManager] = SessionManager()

    @classmethod
    def get_session_store_class(cls) -> Any:
        """The engine that reads and writes this table."""
        from breakwater.trust.sessions import SessionStore  # noqa: PLC0415 - the engine imports this model

        return SessionStore
