"""The directory of help: who helps, where, with what."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from breakwater.resources.models.listed import Listed, Sourced
from breakwater.resources.models.queries import ServiceQuerySet
from breakwater.trust.models import Agency

_BOTH_OR_NEITHER = Q(latitude=None, longitude=None) | Q(latitude__isnull=False, longitude__isnull=False)
_ON_EARTH = Q(latitude=None) | Q(latitude__range=(-90, 90), longitude__range=(-180, 180))
_ADDRESS_IS_HIDDEN = Q(
    address="",
    city="",
    mail_address="",
    postal_code="",
    latitude=None,
    longitude=None,
    alternate_name="",
    description="",
    transportation="",
    accessibility="",
    url="",
)
_OF_SOMETHING = Q(service__isnull=False) | Q(place__isnull=False) | Q(organization__isnull=False)


class Organization(Listed):
    """Who helps."""

    agency = models.OneToOneField(
        Agency,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="listed_as",
        help_text="When it works with Breakwater too",
    )
    name = models.TextField()
    alternate_name = models.TextField(blank=True)
    description = models.TextField(blank=True)
    email = models.TextField(blank=True)
    url = models.TextField(blank=True)
    mail_address = models.TextField(blank=True)
    postal_code = models.TextField(blank=True, help_text="Of its mail address")
    state = models.TextField(blank=True, help_text="Of its mail address")
    tax_id = models.TextField(blank=True)
    tax_status = models.TextField(blank=True)
    legal_status = models.TextField(blank=True)
    year_incorporated = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta(Listed.Meta):
        constraints = [
            *Listed.Meta.constraints,
            models.CheckConstraint(name="an_organization_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class Place(Listed):
    """Where help is. Of a confidential place nothing nearer than its state is kept, and it has no part in distance."""

    class LocatedBy(models.TextChoices):
        """Where its position comes from."""

        FILE = "file", "As listed"
        ZIP = "zip", "Middle of its ZIP code"
        MAIL = "mail", "Middle of the ZIP code of the mail address"

    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="places"
    )
    name = models.TextField()
    alternate_name = models.TextField(blank=True)
    description = models.TextField(blank=True)
    address = models.TextField(blank=True, help_text="Street and number; a line each")
    city = models.TextField(blank=True)
    state = models.TextField(blank=True)
    postal_code = models.TextField(blank=True)
    country = models.TextField(blank=True)
    mail_address = models.TextField(blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    located_by = models.CharField(max_length=8, choices=LocatedBy, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    transportation = models.TextField(blank=True)
    accessibility = models.TextField(blank=True)
    languages = ArrayField(models.TextField(), default=list, blank=True)
    url = models.TextField(blank=True)
    is_virtual = models.BooleanField(default=False, help_text="By phone or online; nowhere to go")
    is_confidential = models.BooleanField(default=False)

    class Meta(Listed.Meta):
        constraints = [
            *Listed.Meta.constraints,
            models.CheckConstraint(name="a_place_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(name="a_position_has_two_parts", condition=_BOTH_OR_NEITHER),
            models.CheckConstraint(name="a_position_is_on_earth", condition=_ON_EARTH),
            models.CheckConstraint(
                name="a_confidential_place_keeps_no_address",
                condition=Q(is_confidential=False) | _ADDRESS_IS_HIDDEN,
            ),
        ]
        indexes = [
            models.Index(
                "latitude",
                "longitude",
                condition=Q(is_confidential=False, retired_at=None),
                name="place_by_position",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Service(Listed):
    """What help there is."""

    class Status(models.TextChoices):
        """Whether it can be had, as its source says."""

        ACTIVE = "active", "Active"
        PAUSED = "paused", "Temporarily closed"
        INACTIVE = "inactive", "Inactive"
        DEFUNCT = "defunct", "No longer exists"

    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="services"
    )
    name = models.TextField()
    alternate_name = models.TextField(blank=True)
    program = models.TextField(blank=True)
    description = models.TextField(blank=True)
    alert = models.TextField(blank=True, help_text="What changed lately, in the source's words")
    status = models.CharField(max_length=8, choices=Status, default=Status.ACTIVE)
    eligibility = models.TextField(blank=True)
    minimum_age = models.FloatField(null=True, blank=True)
    maximum_age = models.FloatField(null=True, blank=True)
    how_to_apply = models.TextField(blank=True)
    documents = models.TextField(blank=True, help_text="What to bring")
    fees = models.TextField(blank=True)
    wait_time = models.TextField(blank=True)
    areas = models.TextField(blank=True, help_text="Whom it serves by where they live")
    interpretation = models.TextField(blank=True)
    accreditations = models.TextField(blank=True)
    licenses = models.TextField(blank=True)
    email = models.TextField(blank=True)
    url = models.TextField(blank=True)
    languages = ArrayField(models.TextField(), default=list, blank=True)
    terms = ArrayField(models.TextField(), default=list, blank=True, help_text="How its source files it")
    term_codes = ArrayField(
        models.TextField(),
        db_default=[],
        blank=True,
        help_text="What its source calls each term by code; one to a term",
    )
    term_keys = ArrayField(
        models.TextField(),
        db_default=[],
        blank=True,
        help_text="What its source calls each term; one to a term",
    )
    needs = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    assured_on = models.DateField(null=True, blank=True, help_text="When its source last checked it")
    is_placed = models.BooleanField(db_default=False, help_text="At least one of its places has a position")
    states = ArrayField(
        models.TextField(),
        db_default=[],
        blank=True,
        help_text="Where its places are, or else its organization",
    )
    names = models.TextField(blank=True, help_text="Its names and its organization's, to be found by")
    search = SearchVectorField(null=True, editable=False)

    objects: ClassVar[Any] = ServiceQuerySet.as_manager()

    class Meta(Listed.Meta):
        constraints = [
            *Listed.Meta.constraints,
            models.CheckConstraint(name="a_service_has_a_name", condition=~Q(name="")),
        ]
        indexes = [
            GinIndex(fields=["needs"], name="service_by_need"),
            GinIndex(fields=["search"], name="service_by_words"),
            GinIndex(fields=["names"], opclasses=["gin_trgm_ops"], name="service_by_names"),
        ]

    def __str__(self) -> str:
        return self.name


class ServiceAt(Listed):
    """A service is given at a place."""

    class HoursFrom(models.TextChoices):
        """Whose hours hold: the most particular that are known."""

        HERE = "here", "Of this service at this place"
        SERVICE = "service", "Of the service"
        PLACE = "place", "Of the place"

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="given_at")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="gives")
    description = models.TextField(blank=True)
    hours_from = models.CharField(max_length=8, choices=HoursFrom, blank=True, db_default="")

    class Meta(Listed.Meta):
        constraints = [
            *Listed.Meta.constraints,
            models.UniqueConstraint(
                "service", "place", condition=Q(retired_at=None), name="a_service_is_at_a_place_once"
            ),
        ]


class PhoneQuerySet(models.QuerySet["Phone"]):
    """Questions about numbers."""

    def lines_of(self, agency_id: UUID) -> Self:
        """The numbers at which an agency that works here says it is called itself, where it is listed."""
        spoken = self.filter(organization__agency=agency_id, kind__in=(Phone.Kind.VOICE, Phone.Kind.HOTLINE))
        return spoken.filter(organization__retired_at=None).order_by("kind", "pk")


class Phone(Sourced):
    """A number to call. With a service and a place: of the service at that place."""

    class Kind(models.TextChoices):
        """What answers."""

        VOICE = "voice", "Voice"
        HOTLINE = "hotline", "Hotline"
        TEXT = "text", "Text messages"
        TTY = "tty", "TTY"
        FAX = "fax", "Fax"

    organization = models.ForeignKey(Organization, null=True, on_delete=models.CASCADE, related_name="phones")
    place = models.ForeignKey(Place, null=True, on_delete=models.CASCADE, related_name="phones")
    service = models.ForeignKey(Service, null=True, on_delete=models.CASCADE, related_name="phones")
    number = models.TextField()
    extension = models.TextField(blank=True)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.VOICE)
    note = models.TextField(blank=True)

    objects = PhoneQuerySet.as_manager()

    class Meta(Sourced.Meta):
        constraints = [
            *Sourced.Meta.constraints,
            models.CheckConstraint(name="a_phone_belongs_to_somebody", condition=_OF_SOMETHING),
            models.CheckConstraint(name="a_phone_has_a_number", condition=~Q(number="")),
        ]


def numbers_at(places: Iterable[UUID]) -> Iterator[tuple[UUID, UUID | None, str]]:
    """The numbers to call at places that may be known, each with what it is a number of: a service, or the place."""
    wanted = list(places)
    spoken = Phone.objects.filter(kind__in=(Phone.Kind.VOICE, Phone.Kind.HOTLINE)).order_by("pk")
    known = Place.objects.filter(is_confidential=False, pk__in=wanted)
    own = spoken.filter(place__in=known)
    given = ServiceAt.objects.filter(place__in=known, retired_at=None)
    of_all = spoken.filter(place=None, service__in=given.values("service"))
    yield from own.values_list("place", "service", "number")
    yield from of_all.filter(service__given_at__in=given).values_list(
        "service__given_at__place", "service", "number"
    )
