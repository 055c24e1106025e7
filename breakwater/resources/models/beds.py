"""Beds: which there are, and which cannot be used for a while."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Window
from django.db.models.functions import RowNumber

from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, STANDING
from breakwater.kernel.ids import new_id
from breakwater.kernel.text import mark_of
from breakwater.resources.models.directory import Place
from breakwater.trust.models import Agency, User

if TYPE_CHECKING:
    from breakwater.resources.models.program import Program

BY_PHONE = Q(agency__kind=Agency.Kind.VICTIM_SERVICE) | Q(place__is_confidential=True)
"""What others learn of only whether it is worth a call: neither how many there are nor where."""


class KeptQuerySet(models.QuerySet[Any]):
    """Questions about what an agency keeps at a place."""

    def kept_by(self, agency: Agency) -> Self:
        """What an agency keeps."""
        return self.filter(agency=agency)

    def by_phone(self) -> Self:
        """What is given by phone only."""
        return self.filter(BY_PHONE)

    def shown_to(self, agency: Agency) -> Self:
        """What an agency may choose from: its own, and what others do not give by phone only."""
        return self.filter(~BY_PHONE | Q(agency=agency))


class BedQuerySet(KeptQuerySet):
    """Questions about beds."""

    def standing(self, at: datetime) -> Self:
        """The beds there are at a moment, usable or not."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at)

    def in_service(self, at: datetime) -> Self:
        """The beds there are, less those out of service."""
        out = OutOfService.objects.standing(at).filter(bed=OuterRef("pk"))
        return self.standing(at).exclude(Exists(out))

    def of(self, program: "Program") -> Self:
        """The beds of one program."""
        return self.filter(agency=program.agency_id, place=program.place_id, kind=program.kind)

    def side_by_side(self) -> Self:
        """Each beside those that differ in nothing but their label: how many they are, and which of them it is.

        Those on another page are counted too.
        """
        alike = [F("place"), F("kind"), F("accepts")]
        many = Window(Count("pk"), partition_by=alike)
        which = Window(RowNumber(), partition_by=alike, order_by="label")
        found = self.annotate(many_alike=many, which_alike=which)
        return found.order_by("place__name", "place", "kind", "accepts", "label")


class Bed(models.Model):
    """One bed at a place, kept by an agency. Who sleeps in it is not known here."""

    class Kind(models.TextChoices):
        """What sort of bed."""

        CRISIS = "crisis", "Crisis stabilization"
        CRISIS_CHAIR = "crisis_chair", "Crisis stabilization, chair"
        INPATIENT_ADULT = "inpatient_adult", "Psychiatric inpatient, adults"
        INPATIENT_CHILD = "inpatient_child", "Psychiatric inpatient, children"
        INPATIENT_OLDER = "inpatient_older", "Psychiatric inpatient, older adults"
        DETOX = "detox", "Detox"
        RESPITE = "respite", "Respite"
        SHELTER_ADULT = "shelter_adult", "Shelter, adults"
        SHELTER_WOMEN = "shelter_women", "Shelter, women"
        SHELTER_MEN = "shelter_men", "Shelter, men"
        SHELTER_FAMILY = "shelter_family", "Shelter, family"
        SHELTER_YOUTH = "shelter_youth", "Shelter, youth"
        SAFE_HOUSE = "safe_house", "Safe house"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="beds")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="Who keeps it")
    label = models.CharField(max_length=60)
    kind = models.CharField(max_length=16, choices=Kind)
    accepts = models.CharField(max_length=300, blank=True, help_text="Whom it takes, in words")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = BedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="bed_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.CheckConstraint(name="a_bed_is_called_something", condition=~Q(label="")),
            models.UniqueConstraint("place", "label", condition=STANDING, name="a_bed_has_its_own_label"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_by_phone(self) -> bool:
        """Whether others get it by phone only, and never learn how many there are or where."""
        return self.place.is_confidential or self.agency.kind == Agency.Kind.VICTIM_SERVICE

    @property
    def mark(self) -> str:
        """A mark of what is written about it: who writes anew must have read this."""
        return mark_of({"label": self.label, "accepts": self.accepts})

    def is_out_now(self) -> bool:
        """Whether it is out of use or closed as this is asked, once whoever held it meanwhile has let it go."""
        out = OutOfService.objects.filter(bed=OuterRef("pk"), ends_at=None)
        return Bed.objects.filter(Q(ends_at__isnull=False) | Exists(out), pk=self.pk).exists()


class OutOfServiceQuerySet(models.QuerySet["OutOfService"]):
    """Questions about beds that cannot be used."""

    def standing(self, at: datetime) -> Self:
        """Those that hold at a moment."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at)


class OutOfService(models.Model):
    """A bed cannot be used for a while."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    bed = models.ForeignKey(Bed, on_delete=models.PROTECT, related_name="out_of_service")
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = OutOfServiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="out_of_service_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS
            ),
            models.CheckConstraint(name="out_of_service_has_a_reason", condition=~Q(reason="")),
            models.UniqueConstraint("bed", condition=STANDING, name="a_bed_is_out_of_service_once"),
        ]
