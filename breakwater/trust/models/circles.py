"""Circles of care: who may know what about one person."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, STANDING, Period
from breakwater.kernel.ids import new_id
from breakwater.trust.encrypted import Encrypted
from breakwater.trust.models.agencies import Agency, User

if TYPE_CHECKING:
    from collections.abc import Iterable

    from breakwater.trust.access import Actor


class Information(models.TextChoices):
    """What can be known about somebody, in three walls and a door: a grant opens each kind apart."""

    WHO = "who", "Who they are, who is round them, and how to reach them safely"
    CARE = "care", "What happened, the dangers, and the care given"
    NEEDS = "needs", "What they need: steps, referrals, beds, benefits"
    THREAT = "threat", "Concerns about threats"


class Segment(models.TextChoices):
    """What the law protects beyond the ordinary. The most restrictive wins; ``law/*.toml`` says what each forbids."""

    PART2 = "part2", "Substance use treatment"
    SUD_COUNSELING = "sud-counseling-notes", "Substance use counseling notes"
    PSYCHOTHERAPY = "psychotherapy-notes", "Psychotherapy notes"
    VSP = "vsp", "Victim service"
    LOCATION = "location-confidential", "Where they are is confidential"
    MINOR = "minor-confidential", "A minor's own, kept from parents"
    EDUCATION = "education", "School record"
    STAFF = "staff-wellbeing", "Wellbeing of staff"


def segmented(help_text: str) -> Any:
    """A column of segments."""
    return ArrayField(
        models.CharField(max_length=30, choices=Segment), default=list, blank=True,
        help_text=help_text,
    )  # fmt: skip


class KeptApart(models.Model):
    """A part of a record that a law may keep apart from the rest: whoever is let in only to the rest does not find it.

    Its rows are read through ``CircleQuerySet`` and stand behind a wall that asks for their segments.
    """

    segments = segmented("Which laws protect this beyond the rest")

    class Meta:
        abstract = True

    def protections(self) -> list[str]:
        """Which laws protect it beyond the rest of the record, in words."""
        return [str(Segment(one).label) for one in self.segments]

    def as_protected(self) -> "Iterable[models.QuerySet[Any]]":
        """The rows that say more of the same thing: always as protected as it is."""
        return ()

    def protected_with_it(self) -> "Iterable[models.QuerySet[Any]]":
        """The rows that tell of it beside other things: what protects it protects them, and is lowered by itself."""
        return ()


ENCRYPTED_IN = frozenset({Segment.PART2, Segment.SUD_COUNSELING, Segment.PSYCHOTHERAPY, Segment.VSP})
"""Under these laws what happened is encrypted too, and cannot be searched by pattern."""


def is_encrypted_in(row: Any) -> bool:
    """Whether such a law protects a row, or the whole circle it lies in."""
    return not ENCRYPTED_IN.isdisjoint((*row.circle.segments, *getattr(row, "segments", ())))


def narrative(**facts: Any) -> Any:
    """A column of words about what happened: encrypted where a law asks for more, and else to be searched."""
    return Encrypted(where=is_encrypted_in, **facts)


class Circle(models.Model):
    """Everything confidential about one person, named or not. Agencies stand in it by grants."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    opened_by = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    segments = segmented("Which laws protect everything in it")

    def protections(self) -> list[str]:
        """Which laws protect it, in words."""
        return [str(Segment(one).label) for one in self.segments]


class GrantQuerySet(models.QuerySet["Grant"]):
    """Questions about who stands where."""

    def standing(self, at: datetime) -> Self:
        """The grants in force at a moment."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at)

    def of(self, actor: "Actor") -> Self:
        """Those that let an actor in: their agency's, and in an emergency only their own."""
        return self.filter(Q(only_for=None) | Q(only_for=actor.user_id), agency=actor.agency_id)

    def of_circle(self, circle_id: UUID) -> Self:
        """All about one person: what has no end first, then what ends last."""
        found = self.filter(circle=circle_id).select_related("agency", "consent", "only_for")
        return found.defer("only_for__password").order_by(
            F("ends_at").desc(nulls_first=True), "-starts_at", "-pk"
        )

    def given(self) -> Self:
        """Those that an agency was given and can be let out of: not what an emergency or a threat opens."""
        return self.filter(basis__in=(Grant.Basis.CARE, Grant.Basis.CONSENT))

    def visible_to(self, actor: "Actor") -> Self:
        """Their own agency's, and everybody's in the circles that it opened: one guest learns nothing of another."""
        return self.filter(Q(agency=actor.agency_id) | Q(circle__opened_by=actor.agency_id))

    def known_to(self, agency_id: UUID, *, opened_by: UUID) -> Self:
        """What an agency may tell of in one circle: all when it is its record, else its own and whose record it is."""
        return self if agency_id == opened_by else self.filter(agency__in=(agency_id, opened_by))

    def that_works(self) -> Self:
        """Those of an agency that cares for the person: it writes there. The others only read."""
        return self.filter(basis=Grant.Basis.CARE)


class Grant(models.Model):
    """An agency stands in a circle: on which basis, from, until, and what that opens. Nothing else opens a circle."""

    class Basis(models.TextChoices):
        """Why the agency may know."""

        CARE = "care", "It cares for the person"
        CONSENT = "consent", "The person agreed"
        EMERGENCY = "emergency", "The glass was broken in an emergency"
        THREAT = "threat", "It was told of a threat"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # without an index of its own: that of circle and agency begins with it
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="grants", db_index=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    basis = models.CharField(max_length=12, choices=Basis)
    information = ArrayField(
        models.CharField(max_length=10, choices=Information), help_text="Which kinds of information it opens"
    )
    segments = segmented("Which protected segments it opens besides")
    consent = models.ForeignKey(
        "trust.Consent", null=True, blank=True, on_delete=models.PROTECT, related_name="grants"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    given_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    only_for = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False,
        help_text="Whom alone it lets in, in an emergency",
    )  # fmt: skip

    objects = GrantQuerySet.as_manager()

    def last_day(self, zone: ZoneInfo) -> date | None:
        """The last day on which it holds, where the agency is."""
        return (self.ends_at - timedelta(microseconds=1)).astimezone(zone).date() if self.ends_at else None

    def may_know(self) -> list[str]:
        """What it opens, in words."""
        return [str(one.label) for one in Information if one in self.information]

    def stands(self, at: datetime) -> bool:
        """Whether it is in force at a moment."""
        return self.starts_at <= at and (self.ends_at is None or self.ends_at > at)

    class Meta:
        constraints = [
            models.CheckConstraint(name="grant_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.CheckConstraint(
                name="an_emergency_grant_ends", condition=~Q(basis="emergency") | Q(ends_at__isnull=False)
            ),
            models.CheckConstraint(
                name="an_emergency_lets_in_one_person",
                condition=Q(basis="emergency", only_for__isnull=False)
                | ~Q(basis="emergency") & Q(only_for=None),
            ),
            models.CheckConstraint(
                name="a_grant_for_a_threat_ends_and_opens_no_more",
                condition=~Q(basis="threat")
                | Q(ends_at__isnull=False, information=["threat"], segments=[], only_for=None),
            ),
            models.CheckConstraint(
                name="a_grant_by_consent_names_it",
                condition=Q(basis="consent", consent__isnull=False) | ~Q(basis="consent") & Q(consent=None),
            ),
            models.UniqueConstraint(
                "circle",
                "agency",
                "basis",
                condition=STANDING & Q(consent=None),
                name="one_open_grant_per_agency_and_basis",
            ),
            ExclusionConstraint(
                name="a_consent_lets_in_once_at_a_time",
                expressions=[("consent", RangeOperators.EQUAL), (Period(), RangeOperators.OVERLAPS)],
                condition=Q(consent__isnull=False),
            ),
        ]
        indexes = [
            models.Index("circle", "agency", name="grant_by_circle_and_agency"),
            models.Index("ends_at", condition=Q(basis="care", ends_at__isnull=False), name="grant_that_ends"),
        ]


class Leaves(models.Func):
    """A function of the database: whoever acts stands in a circle of others no more. How many standings ended."""

    function = "trust_leaves"
    output_field = models.IntegerField()


class CircleQuerySet(models.QuerySet[Any]):
    """Questions about confidential rows.

    Every model that reaches a circle asks through this, and says which kind of information it holds (``information``).
    Where its rows carry segments of their own, a grant must open these too.
    """

    def visible_to(self, actor: "Actor") -> Self:
        """Only what lies in circles where the actor's agency stands, of the kinds its grant opens."""
        return self.filter(Exists(self.opened_to(actor)))

    def opened_to(self, actor: "Actor") -> GrantQuerySet:
        """The actor's standing grants that open a row of this question."""
        grants = (
            Grant.objects.standing(actor.now)
            .of(actor)
            .filter(circle=OuterRef("circle_id"), information__contains=[self.model.information])
        )
        return grants.filter(segments__contains=OuterRef("segments")) if tagged(self.model) else grants

    def lock(self, row: Any) -> Any:
        """The row, read again and held until the transaction ends."""
        return self.select_for_update(of=("self",)).get(pk=row.pk)

    def in_circle(self, circle_id: UUID) -> Self:
        """Only the rows of one circle."""
        return self.filter(circle_id=circle_id)

    def not_apart(self) -> Self:
        """Only what no law keeps apart from the rest: what goes along where nobody asks about each row."""
        return self.filter(segments=[])


def tagged(model: type[models.Model]) -> bool:
    """Whether rows of a model carry segments of their own."""
    return any(field.name == "segments" for field in model._meta.fields)
