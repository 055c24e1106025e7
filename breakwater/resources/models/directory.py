"""The directory of help. What a source no longer lists is retired, never deleted."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q

from breakwater.kernel.ids import new_id
from breakwater.trust.models import User


class Import(models.Model):
    """One reading of a package: from where, when, what came of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, help_text="Of all its files, so that the same package is known again")
    counts = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")


class ListedQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Questions about what is listed."""

    def listed(self) -> Self:
        """Not retired."""
        return self.filter(retired_at=None)


class Listed(models.Model):
    """Something a source lists, known again by the source's own id."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(max_length=80)
    external_id = models.CharField(max_length=200)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = ListedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint("source", "external_id", name="%(class)s_once_per_source")]


class Organization(Listed):
    """Who helps."""

    name = models.CharField(max_length=300)
    alternate_name = models.CharField(max_length=300, blank=True)
    description = models.TextField(blank=True)
    email = models.CharField(max_length=254, blank=True)
    url = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return self.name


class Place(Listed):
    """Where help is. A confidential place shows its city at most, and never takes part in distance."""

    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="places")
    name = models.CharField(max_length=300)
    description = models.TextField(blank=True)
    address = models.CharField(max_length=500, blank=True)
    city = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=60, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    located_by = models.CharField(max_length=8, blank=True, help_text="file, or zip")
    transportation = models.TextField(blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    is_confidential = models.BooleanField(default=False)

    class Meta(Listed.Meta):
        indexes = [
            models.Index("latitude", "longitude", condition=Q(is_confidential=False, retired_at=None), name="place_by_position")
        ]

    def __str__(self) -> str:
        return self.name


class Service(Listed):
    """What help there is."""

    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="services")
    name = models.CharField(max_length=300)
    alternate_name = models.CharField(max_length=300, blank=True)
    description = models.TextField(blank=True)
    eligibility = models.TextField(blank=True)
    how_to_apply = models.TextField(blank=True)
    fees = models.TextField(blank=True)
    wait_time = models.CharField(max_length=300, blank=True)
    email = models.CharField(max_length=254, blank=True)
    url = models.CharField(max_length=500, blank=True)
    languages = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    needs = ArrayField(models.CharField(max_length=16), default=list, blank=True)

    class Meta(Listed.Meta):
        indexes = [
            GinIndex(fields=["needs"], name="service_by_need"),
            GinIndex(
                SearchVector("name", "description", "eligibility", config="english"), name="service_by_words"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ServiceAt(models.Model):
    """A service is given at a place."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="given_at")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="gives")
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("service", "place", name="a_service_is_at_a_place_once")]


class Phone(Listed):
    """A number to call."""

    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="phones")
    place = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="phones")
    service = models.ForeignKey(Service, null=True, on_delete=models.PROTECT, related_name="phones")
    number = models.CharField(max_length=60)
    extension = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=300, blank=True)


class Hours(Listed):
    """When it is open: a day of the week, or a day of the year."""

    place = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="hours")
    service = models.ForeignKey(Service, null=True, on_delete=models.PROTECT, related_name="hours")
    weekday = models.PositiveSmallIntegerField(null=True, help_text="0 is Monday; none for a day of the year")
    on_date = models.CharField(max_length=10, blank=True, help_text="YYYY-MM-DD, or --MM-DD for every year")
    opens_at = models.TimeField(null=True)
    closes_at = models.TimeField(null=True, help_text="Earlier than it opens: on the next day")
    is_closed = models.BooleanField(default=False)
