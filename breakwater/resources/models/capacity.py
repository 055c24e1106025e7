"""Beds, and figures about room. Unknown is never zero."""

from django.db import models
from django.db.models import F, Q

from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, STANDING
from breakwater.kernel.ids import new_id
from breakwater.resources.models.directory import Place, Service
from breakwater.trust.models import Agency, User


class Bed(models.Model):
    """One bed at a place, kept by an agency. Who sleeps in it is not known here."""

    class Kind(models.TextChoices):
        """What sort of bed."""

        CRISIS = "crisis", "Crisis stabilization"
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

    class Meta:
        constraints = [
            models.CheckConstraint(name="bed_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.UniqueConstraint("place", "label", condition=STANDING, name="a_bed_has_its_own_label"),
        ]

    def __str__(self) -> str:
        return self.label


class OutOfService(models.Model):
    """A bed cannot be used for a while."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    bed = models.ForeignKey(Bed, on_delete=models.PROTECT, related_name="out_of_service")
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="out_of_service_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.UniqueConstraint("bed", condition=STANDING, name="a_bed_is_out_of_service_once"),
        ]


class Capacity(models.Model):
    """How much room a service said it has, and when it said so. Every figure keeps its age."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="capacities")
    total = models.PositiveIntegerField(null=True, blank=True)
    free = models.PositiveIntegerField(null=True, blank=True, help_text="Empty means unknown, never zero")
    told_by = models.CharField(max_length=200)
    as_of = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True, help_text="When a newer figure took its place")

    class Meta:
        constraints = [
            models.UniqueConstraint("service", condition=STANDING, name="one_standing_figure_per_service"),
            models.CheckConstraint(
                name="no_more_free_than_there_are", condition=Q(total=None) | Q(free=None) | Q(free__lte=F("total"))
            ),
        ]
