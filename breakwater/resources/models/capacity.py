"""Figures about room. Unknown is never zero."""

from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from breakwater.kernel.db import STANDING, RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.resources.given import given_since_told
from breakwater.resources.models.directory import Place, Service, ServiceAt
from breakwater.resources.models.program import Program
from breakwater.trust.models import User


class CapacityQuerySet(models.QuerySet["Capacity"]):
    """Questions about figures of room."""

    def standing(self) -> Self:
        """The last figure told of each service and place, and of each program."""
        return self.filter(STANDING)

    def of_programs(self) -> Self:
        """Those that tell of a program: licensed, staffed, clean and accepting apart."""
        return self.filter(program__isnull=False)

    def of_running(self) -> Self:
        """Those that tell of a program that there is now."""
        return self.standing().filter(program__isnull=False, program__retired_at=None)

    def not_overtaken(self) -> Self:
        """Those of services, but for the ones of which a house has told something itself that is as new."""
        newer = Capacity.objects.of_running().filter(as_of__gte=OuterRef("as_of"))
        here = ServiceAt.objects.listed().filter(
            service=OuterRef(OuterRef("service")), place__retired_at=None
        )
        own = Q(program__service=OuterRef("service"))
        there = Q(program__service=None, program__place__in=here.values("place"))
        return self.filter(~Exists(newer.filter(own)), ~Exists(newer.filter(there)), service__isnull=False)


class Capacity(models.Model):
    """How much room a service or a program said it has, and when. A newer figure ends the older; none is rewritten."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    service = models.ForeignKey(
        Service, null=True, blank=True, on_delete=models.PROTECT, related_name="capacities"
    )
    program = models.ForeignKey(
        Program, null=True, blank=True, on_delete=models.PROTECT, related_name="capacities"
    )
    place = models.ForeignKey(
        Place,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="capacities",
        help_text="If it has several",
    )
    unit = models.CharField(max_length=60, default="places", help_text="Beds, places, appointments …")
    total = models.PositiveIntegerField(null=True, blank=True, help_text="Licensed: how many there may be")
    staffed = models.PositiveIntegerField(null=True, blank=True, help_text="How many have staff now")
    ready = models.PositiveIntegerField(
        null=True, blank=True, help_text="How many are clean, empty and ready for somebody"
    )
    free = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Accepting: how many they would take now. Empty means unknown, never zero",
    )
    told_by = models.CharField(max_length=200, help_text="An agency, a source, a phone call")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    as_of = models.DateTimeField(help_text="When it was so")
    recorded_at = models.DateTimeField(db_default=RecordedNow())
    asked_at = models.DateTimeField(
        null=True, blank=True, help_text="When they were asked whether it is still so"
    )
    ends_at = models.DateTimeField(null=True, blank=True, help_text="When a newer figure took its place")

    objects = CapacityQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("service", "place", "program"),
                condition=STANDING,
                nulls_distinct=False,
                name="one_standing_figure_per_service_and_place",
            ),
            models.CheckConstraint(
                name="a_figure_is_of_a_service_or_of_a_program",
                condition=Q(service__isnull=False, program=None)
                | Q(service=None, place=None, program__isnull=False),
            ),
            models.CheckConstraint(
                name="nobody_is_taken_without_staff_or_a_clean_place",
                condition=(Q(free=None) | Q(staffed=None) | Q(free__lte=F("staffed")))
                & (Q(free=None) | Q(ready=None) | Q(free__lte=F("ready"))),
            ),
            models.CheckConstraint(
                name="no_more_staffed_than_licensed",
                condition=Q(total=None) | Q(staffed=None) | Q(staffed__lte=F("total")),
            ),
            models.CheckConstraint(
                name="no_more_free_than_there_are",
                condition=Q(total=None) | Q(free=None) | Q(free__lte=F("total")),
            ),
            models.CheckConstraint(name="a_figure_has_a_source", condition=~Q(told_by="")),
        ]


def services_with_room() -> Q:
    """Services that have room by the figure that is shown of them: a house's own, less what was given since.

    A figure of the directory counts where the house has told none that is as new. What nobody knows is not among them.
    """
    room = Capacity.objects.of_running().annotate(given=given_since_told()).filter(free__gt=F("given"))
    listed = Capacity.objects.standing().filter(service__isnull=False)
    given_there = ServiceAt.objects.listed().filter(
        place__in=room.filter(program__service=None).values("program__place"),
        place__retired_at=None, service__in=listed.values("service"),
    )  # fmt: skip
    return (
        Q(pk__in=room.filter(program__service__isnull=False).values("program__service"))
        | Q(pk__in=given_there.values("service"))
        | Q(pk__in=listed.not_overtaken().filter(free__gt=0).values("service"))
    )
