"""Programs: what is given at a place, of one kind, and whom it takes. What nobody told is unknown, never no."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from breakwater.kernel.ids import new_id
from breakwater.resources.models.beds import Bed, KeptQuerySet
from breakwater.resources.models.directory import Place, Service
from breakwater.trust.models import Agency

KINDS = [
    *Bed.Kind.choices,
    ("shelter", "Shelter, everyone"),
    ("inpatient", "Hospital, inpatient"),
    ("intensive", "Hospital, intensive care"),
    ("appointment", "Appointments"),
    ("meal", "Meals"),
]
"""What can be counted: each kind of bed, and what others tell of that nobody is placed in from here."""

GENDERS = [("woman", "Women"), ("man", "Men"), ("other", "Other genders")]
ACCESS = [
    ("step_free", "Step-free"),
    ("lower_bed", "Lower bed"),
    ("own_bathroom", "Bathroom for a wheelchair"),
    ("hearing", "Deaf or hard of hearing"),
    ("sight", "Blind or low vision"),
    ("own_room", "A room alone"),
]
MEDICAL = [
    ("medication", "Keeps and gives medication"),
    ("insulin", "Insulin, kept cold"),
    ("oxygen", "Oxygen"),
    ("wounds", "Wound care"),
    ("withdrawal", "Watches withdrawal"),
    ("pregnancy", "Pregnancy"),
    ("dialysis", "Way to dialysis"),
]


class ProgramQuerySet(KeptQuerySet):
    """Questions about programs."""

    def running(self) -> Self:
        """Those that there are now."""
        return self.filter(retired_at=None)

    def of_kind(self, kind: str) -> Self:
        """Those of one kind."""
        return self.filter(kind=kind)

    def with_beds(self) -> Self:
        """Those that somebody can be placed in: appointments and meals are asked for by letter."""
        return self.filter(kind__in=Bed.Kind.values)

    def tell_of(self, service: Service, *, apart_from: Agency) -> bool:
        """Whether another agency that works here tells itself how much room a service has."""
        holder = service.organization.agency_id if service.organization else None
        if holder is not None:
            return holder != apart_from.pk
        kept = self.running().filter(service=service, agency__isnull=False)
        return kept.exclude(agency=apart_from).exists()

    def askable_by(self, agency: Agency) -> Self:
        """Those that can be asked for a bed from here: others', with accounts or without, and not by phone only."""
        return self.running().with_beds().exclude(agency=agency).shown_to(agency)

    def waited_for_by(self, agency: Agency) -> Self:
        """Those with a list that can be joined from here: one's own too, and not others' that are by phone only."""
        return self.running().with_beds().filter(agency__isnull=False).shown_to(agency)


class Program(models.Model):
    """What an agency gives at a place, of one kind, and whom it takes. Holds nothing about anyone."""

    class Cost(models.TextChoices):
        """What it costs whoever comes."""

        FREE = "free", "Free"
        SLIDING = "sliding", "By income"
        PAID = "paid", "Must be paid"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="programs")
    agency = models.ForeignKey(
        Agency,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who keeps it, when they work with Breakwater",
    )
    service = models.ForeignKey(
        Service, null=True, blank=True, on_delete=models.PROTECT, related_name="programs"
    )
    kind = models.CharField(max_length=16, choices=KINDS)
    minimum_age = models.PositiveSmallIntegerField(null=True, blank=True)
    maximum_age = models.PositiveSmallIntegerField(null=True, blank=True)
    genders = ArrayField(models.CharField(max_length=8), null=True, blank=True, help_text="Whom it serves")
    families = models.BooleanField(null=True, blank=True, help_text="Takes children with a parent")
    pets = models.BooleanField(null=True, blank=True, help_text="Takes pets")
    access = ArrayField(
        models.CharField(max_length=16), null=True, blank=True, help_text="What it is fit for"
    )
    languages = ArrayField(models.CharField(max_length=60), null=True, blank=True)
    after_use = models.BooleanField(
        null=True, blank=True, help_text="Takes people who drank or used substances today"
    )
    medical = ArrayField(
        models.CharField(max_length=16), null=True, blank=True, help_text="What it can care for"
    )
    registry = models.BooleanField(
        null=True, blank=True, help_text="Takes people whom a registry keeps away from other places"
    )
    cost = models.CharField(max_length=8, choices=Cost, blank=True, help_text="Empty means unknown")
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = ProgramQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("place", "agency", "service", "kind"),
                condition=Q(retired_at=None),
                nulls_distinct=False,
                name="one_program_of_a_kind_at_a_place",
            ),
            models.CheckConstraint(
                name="a_program_takes_ages_in_order",
                condition=Q(minimum_age=None)
                | Q(maximum_age=None)
                | Q(minimum_age__lte=models.F("maximum_age")),
            ),
        ]
        indexes = [
            models.Index("kind", condition=Q(retired_at=None), name="program_by_kind"),
            models.Index("agency", condition=Q(retired_at=None), name="program_by_agency"),
        ]

    def __str__(self) -> str:
        return f"{self.place.name}, {self.get_kind_display().lower()}"

    @property
    def is_by_phone(self) -> bool:
        """Whether others get it by phone only, and never learn how much room there is or where."""
        return self.place.is_confidential or bool(
            self.agency and self.agency.kind == Agency.Kind.VICTIM_SERVICE
        )
