"""Rides: who drives whom when, and where to. Where a ride goes is kept apart, behind a wall of its own.

A ride holds nothing about anybody: it is read by the agency that arranged it and the one that drives. Each passenger
lies in their own circle of care, so that a worker sees only their own. A hidden stop is read by whoever wrote it, by
the agency that keeps the place, and by the driver while the ride is theirs and not over; by nobody else.
"""

from typing import Any, Self
from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Exists, F, Q

from breakwater.cases.models.part import in_circle, of_case, written_by
from breakwater.kernel.db import Period, RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.referrals.models.letters import LetterQuerySet
from breakwater.trust.access import Actor
from breakwater.trust.encrypted import Encrypted, EncryptedJSON
from breakwater.trust.models import Agency, CircleQuerySet, Information, User

OPEN = Q(over_at=None)
_DRIVEN = ("assigned", "picked_up", "arrived")


class RideQuerySet(LetterQuerySet):
    """Questions about rides."""

    def open(self) -> Self:
        """Those that are not over, the next first."""
        return self.filter(OPEN).order_by("starts_at", "pk")

    def driven_by(self, actor: Actor) -> Self:
        """Those that are the actor's own to drive, for the agency they act for."""
        ours = Q(to_agency=actor.agency_id) | Q(to_agency=None, from_agency=actor.agency_id)
        return self.open().filter(ours, driver=actor.user_id, driver__isnull=False)

    def to_assign(self, actor: Actor) -> Self:
        """Those for which the actor's agency is to find a driver."""
        ours = Q(to_agency=actor.agency_id) | Q(to_agency=None, from_agency=actor.agency_id)
        return self.open().filter(ours, stage=Ride.Stage.ASKED)


class Ride(models.Model):
    """Somebody is driven from one place to another. Holds neither who they are nor where it goes."""

    class Driving(models.TextChoices):
        """Who drives."""

        OWN = "own", "Our own staff"
        PARTNER = "partner", "A partner agency"
        CONTRACTED = "contracted", "A service we pay"

    class Stage(models.TextChoices):
        """How it stands."""

        ASKED = "asked", "A driver is looked for"
        ASSIGNED = "assigned", "A driver is found"
        PICKED_UP = "picked_up", "Picked up"
        ARRIVED = "arrived", "Arrived"
        DID_NOT_HAPPEN = "did_not_happen", "Did not happen"
        CANCELED = "canceled", "Called off"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    from_agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="+", help_text="Who arranges it"
    )
    to_agency = models.ForeignKey(
        Agency,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who drives, when it is a partner",
    )
    driving = models.CharField(max_length=10, choices=Driving)
    contractor = models.CharField(max_length=120, blank=True, help_text="The service that is paid")
    driver = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(help_text="When they are picked up")
    ends_at = models.DateTimeField(help_text="When the driver is likely free again")
    seats = models.PositiveSmallIntegerField(help_text="How many it takes; nobody boards beyond them")
    stage = models.CharField(max_length=14, choices=Stage, default=Stage.ASKED)
    asked_at = models.DateTimeField()
    by = written_by()
    picked_up_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    over_at = models.DateTimeField(null=True, blank=True)
    bed_gone_at = models.DateTimeField(
        null=True, blank=True, help_text="When the bed that it goes to was given up"
    )
    reason = models.CharField(max_length=16, blank=True, help_text="Why not, of the table of rides")
    words = Encrypted(blank=True, help_text="Why not, in words")
    recorded_at = models.DateTimeField(db_default=RecordedNow())

    objects = RideQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_ride_ends_after_it_starts", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="a_ride_says_who_drives",
                condition=Q(driving="own", to_agency=None, contractor="")
                | Q(driving="partner", to_agency__isnull=False, contractor="")
                | (Q(driving="contracted", to_agency=None, driver=None) & ~Q(contractor="")),
            ),
            models.CheckConstraint(
                name="nobody_rides_without_a_driver",
                condition=~Q(stage__in=_DRIVEN) | Q(driver__isnull=False) | Q(driving="contracted"),
            ),
            models.CheckConstraint(
                name="a_ride_that_is_over_says_how",
                condition=Q(over_at=None, stage__in=("asked", "assigned", "picked_up"))
                | Q(over_at__isnull=False, stage__in=("arrived", "did_not_happen", "canceled")),
            ),
            models.CheckConstraint(
                name="a_ride_that_did_not_happen_says_why",
                condition=(Q(stage="did_not_happen") & ~Q(reason=""))
                | (~Q(stage="did_not_happen") & Q(reason="")),
            ),
            models.CheckConstraint(
                name="who_is_driven_was_picked_up",
                condition=~Q(stage__in=("picked_up", "arrived")) | Q(picked_up_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_ride_arrives_once_it_is_there",
                condition=Q(stage="arrived", arrived_at__isnull=False)
                | (~Q(stage="arrived") & Q(arrived_at=None)),
            ),
            ExclusionConstraint(
                name="nobody_drives_two_rides_at_once",
                expressions=[("driver", RangeOperators.EQUAL), (Period(), RangeOperators.OVERLAPS)],
                condition=OPEN,
            ),
        ]
        indexes = [
            models.Index("from_agency", "starts_at", condition=OPEN, name="ride_arranged"),
            models.Index("to_agency", "starts_at", condition=OPEN, name="ride_to_drive"),
        ]

    @property
    def driving_agency_id(self) -> UUID:
        """The agency whose people drive, or who deals with the service that does."""
        found: UUID = self.to_agency_id or self.from_agency_id
        return found

    @property
    def waits_for(self) -> str:
        """What is to be done next, as a code."""
        return {"asked": "assign", "assigned": "pick_up", "picked_up": "arrive"}.get(self.stage, "")


class Stop(models.Model):
    """One end of a ride. Who may read it, PostgreSQL decides row by row; nobody rewrites it."""

    class Which(models.TextChoices):
        """Which end."""

        FROM = "from", "From"
        TO = "to", "To"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    ride = models.ForeignKey(Ride, on_delete=models.PROTECT, related_name="stops")
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_agency = models.ForeignKey(
        Agency, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    which = models.CharField(max_length=4, choices=Which)
    words = Encrypted()
    is_hidden = models.BooleanField(
        default=False, help_text="Only the driver, and who knows the place already"
    )
    keeper = models.ForeignKey(
        Agency,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="Whose place it is",
    )
    by = written_by()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("ride", "which"), name="a_ride_has_two_ends")]


class PassengerQuerySet(CircleQuerySet):
    """Questions about who rides."""

    def on_board(self) -> Self:
        """Those who have not been taken off the ride."""
        return self.filter(left_at=None)

    def visible_to(self, actor: Actor) -> Self:
        """Those in circles where the actor's agency stands, and those whom the actor drives."""
        driven = Ride.objects.driven_by(actor).values("pk")
        return self.filter(Exists(self.opened_to(actor)) | Q(ride__in=driven))

    def of_episode(self, case_id: UUID) -> Self:
        """The rides of one case, the latest first."""
        return (
            self.on_board()
            .filter(case=case_id)
            .select_related("ride")
            .defer("needs", "told_as", "words", "ride__words")
            .order_by("-ride__starts_at", "pk")
        )


class Passenger(models.Model):
    """The person of one case on one ride. The driver reads what they must know, and a name only when it was told."""

    information = Information.NEEDS

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("passengers")
    ride = models.ForeignKey(Ride, on_delete=models.PROTECT, related_name="passengers")
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="+", help_text="Who brings them"
    )
    seats = models.PositiveSmallIntegerField(default=1)
    needs: Any = EncryptedJSON(help_text="What they need on the way, as codes")
    told_as = Encrypted(blank=True, help_text="The name told to the driver, if any")
    words = Encrypted(blank=True, help_text="What the driver must know")
    joined_at = models.DateTimeField()
    by = written_by()
    left_at = models.DateTimeField(null=True, blank=True)

    objects = PassengerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "ride", "case", condition=Q(left_at=None), name="everybody_rides_once_in_a_ride"
            ),
            models.CheckConstraint(name="a_passenger_needs_a_seat", condition=Q(seats__gte=1)),
        ]
