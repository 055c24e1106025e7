"""Agencies, and the people who work there."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self
from unicodedata import normalize
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Lower

from breakwater.kernel.db import ENDS_AFTER_IT_STARTS, ENDS_NOT_BEFORE_IT_STARTS, STANDING
from breakwater.kernel.ids import new_id
from breakwater.trust.capabilities import CAPABILITIES, CAPABILITIES_OF, Role

if TYPE_CHECKING:
    from breakwater.trust.access import Actor


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
    language = models.CharField(max_length=12, default="en", db_default="en", help_text="Of its pages")
    founded_at = models.DateTimeField()
    idle_minutes = models.PositiveSmallIntegerField(
        default=30, db_default=30, help_text="After how long without a sign of life a session ends"
    )
    session_hours = models.PositiveSmallIntegerField(
        default=12, db_default=12, help_text="After how long a session ends in any case"
    )
    factor_at_once = ArrayField(
        models.CharField(max_length=20), default=must_at_once,
        help_text="Roles that come no further without a second factor",
    )  # fmt: skip
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

    @property
    def is_suspended(self) -> bool:
        """Whether it is stopped: nobody there reads anything."""
        return Suspension.objects.standing().filter(agency=self).exists()


class OwnQuerySet(models.QuerySet[Any]):
    """Questions about what an agency keeps for itself: its units, its roles, its people."""

    def visible_to(self, actor: "Actor") -> Self:
        """Only those of the actor's agency."""
        return self.filter(agency=actor.agency_id)


class UnitQuerySet(OwnQuerySet):
    """Questions about units."""

    def open(self) -> Self:
        """Those that work."""
        return self.filter(closed_at=None)


class Unit(models.Model):
    """A team, shift or site inside an agency, with a duty queue of its own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="units")
    name = models.CharField(max_length=120)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "agency", "name", condition=Q(closed_at=None), name="a_unit_has_its_own_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Finds people by their sign-in name, however they write its case."""

    def named(self, username: str) -> QuerySet["User"]:
        """Whoever has this sign-in name: two spellings are one name where the constraint says so, and nowhere else."""
        return self.alias(spelled=Lower("username")).filter(spelled=Lower(Value(username)))


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
    language = models.CharField(max_length=12, blank=True, default="", db_default="")

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


class AgencyRole(models.Model):
    """A role that an agency made for itself: a name, and what it allows. Never changed: another is made."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="roles")
    name = models.CharField(max_length=60)
    capabilities = ArrayField(models.CharField(max_length=60), help_text="Codes of trust/capabilities.py")
    because = models.CharField(
        max_length=300, blank=True, help_text="Why one person holds what should be apart"
    )
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "agency", Lower("name"), condition=Q(ended_at=None), name="a_role_has_its_own_name"
            ),
            models.CheckConstraint(name="a_role_allows_something", condition=Q(capabilities__len__gt=0)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def allows(self) -> frozenset[str]:
        """What it allows, of what there is."""
        return frozenset(self.capabilities) & CAPABILITIES.keys()


class SuspensionQuerySet(models.QuerySet["Suspension"]):
    """Questions about which agencies are stopped."""

    def standing(self) -> Self:
        """Those that have not been lifted."""
        return self.filter(STANDING)


class Suspension(models.Model):
    """An agency is stopped, by somebody or at the machine. Another sees meanwhile which of its cases are open."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="suspensions")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    looked_after_by = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    lifted_because = models.CharField(max_length=300, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = SuspensionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_suspension_ends_later", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.CheckConstraint(name="a_suspension_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="lifting_a_suspension_says_why", condition=Q(ends_at=None) | ~Q(lifted_because="")
            ),
            models.UniqueConstraint("agency", condition=STANDING, name="one_standing_suspension_per_agency"),
        ]


class AppointmentQuerySet(OwnQuerySet):
    """Questions about who works where."""

    def standing(self, at: datetime) -> Self:
        """The appointments in force at a moment."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at, user__is_active=True)

    def not_suspended(self) -> Self:
        """Those at agencies that are not stopped."""
        return self.exclude(Exists(Suspension.objects.standing().filter(agency=OuterRef("agency_id"))))

    def that_may(self, capability: str) -> Self:
        """Those whose role allows something."""
        built_in = [role for role, allowed in CAPABILITIES_OF.items() if capability in allowed]
        return self.filter(Q(role__in=built_in) | Q(own_role__capabilities__contains=[capability]))


class Appointment(models.Model):
    """Somebody works for an agency in a role, from and until."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="appointments")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="appointments")
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="appointments"
    )
    role = models.CharField(max_length=20, choices=Role)
    own_role = models.ForeignKey(
        AgencyRole, null=True, blank=True, on_delete=models.PROTECT, related_name="appointments"
    )
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="appointment_ends_after_it_starts", condition=ENDS_AFTER_IT_STARTS),
            models.CheckConstraint(
                name="a_role_of_the_agencys_own_is_named",
                condition=Q(role=Role.OWN, own_role__isnull=False) | ~Q(role=Role.OWN) & Q(own_role=None),
            ),
            models.UniqueConstraint("user", condition=STANDING, name="one_standing_appointment_per_person"),
        ]

    @property
    def role_name(self) -> str:
        """The role, in words."""
        return self.own_role.name if self.own_role else str(Role(self.role).label)

    @property
    def allows(self) -> frozenset[str]:
        """What the role allows."""
        return self.own_role.allows if self.own_role else CAPABILITIES_OF[self.role]
