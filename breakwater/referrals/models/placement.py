"""Who sleeps where, and which beds are free. The bed is known to resources; the person in it only here."""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from breakwater.cases.models.part import in_circle, of_case, written_by
from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, STANDING, Period, RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.referrals.library import ROUNDS
from breakwater.resources.given import says_what_was_given
from breakwater.resources.models import Bed, Phone
from breakwater.resources.models.beds import BedQuerySet
from breakwater.trust.access import Actor
from breakwater.trust.encrypted import Encrypted
from breakwater.trust.models import Agency, CircleQuerySet, Information


class PlacementQuerySet(CircleQuerySet):
    """Questions about placements."""

    def visible_to(self, actor: Actor) -> Self:
        """Those in circles where the actor's agency stands, and those in the beds it runs."""
        return self.filter(Exists(self.opened_to(actor)) | Q(host=actor.agency_id))

    def hosted_by(self, actor: Actor) -> Self:
        """Those in beds that the actor's agency runs."""
        return self.filter(host=actor.agency_id)

    def standing(self) -> Self:
        """Those that hold a bed now, arrived or expected."""
        return self.filter(STANDING)

    def expected(self) -> Self:
        """Beds held for people who have not arrived yet, the next due first."""
        return self.standing().filter(arrived_at=None).order_by("due_at", "pk")

    def of_episode(self, case_id: UUID) -> Self:
        """Where one person slept in this episode: the bed they hold first, then the newest."""
        return (
            self.filter(case=case_id)
            .select_related("bed__place")
            .order_by(F("ends_at").desc(nulls_first=True), "-starts_at")
        )


class Placement(models.Model):
    """A person holds a bed, from and until: expected, arrived, then left, moved, or did not come."""

    information = Information.NEEDS

    class Ending(models.TextChoices):
        """How it ended."""

        LEFT = "left", "Left"
        MOVED = "moved", "Moved to another bed"
        DID_NOT_COME = "did_not_come", "Did not come"
        CANCELED = "canceled", "No longer needed"
        CANNOT_TAKE = "cannot_take", "The house cannot take them"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("placements")
    bed = models.ForeignKey(Bed, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="+", help_text="Who placed them"
    )
    host = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="+", help_text="Who keeps the bed"
    )
    known_as = Encrypted(blank=True, help_text="The name told to the host, if any")
    starts_at = models.DateTimeField()
    due_at = models.DateTimeField(
        null=True, blank=True, help_text="Until when the bed is held for their arrival"
    )
    leaves_about = models.DateTimeField(
        null=True, blank=True, help_text="When the bed is likely to be free again"
    )
    arrived_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=12, choices=Ending, blank=True)
    reason = models.CharField(
        max_length=16, blank=True, help_text="Why the house cannot take them, of the table of rounds"
    )
    words = Encrypted(blank=True, help_text="Why it ended")
    by = written_by()
    ended_by = written_by()
    recorded_at = models.DateTimeField(db_default=RecordedNow())

    objects = PlacementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="placement_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS
            ),
            models.CheckConstraint(
                name="an_ended_placement_says_how",
                condition=Q(ends_at=None, ended_how="") | (Q(ends_at__isnull=False) & ~Q(ended_how="")),
            ),
            models.CheckConstraint(
                name="nobody_leaves_a_bed_they_never_reached",
                condition=~Q(ended_how="left") | Q(arrived_at__isnull=False),
            ),
            models.CheckConstraint(
                name="who_did_not_come_did_not_arrive",
                condition=~Q(ended_how__in=("did_not_come", "canceled", "cannot_take")) | Q(arrived_at=None),
            ),
            models.CheckConstraint(
                name="a_house_that_cannot_take_somebody_says_why",
                condition=(Q(ended_how="cannot_take") & ~Q(reason=""))
                | (~Q(ended_how="cannot_take") & Q(reason="")),
            ),
            models.CheckConstraint(
                name="nobody_arrives_before_the_bed_is_theirs",
                condition=Q(arrived_at=None) | Q(arrived_at__gte=F("starts_at")),
            ),
            ExclusionConstraint(
                name="one_person_in_a_bed_at_a_time",
                expressions=[("bed", RangeOperators.EQUAL), (Period(), RangeOperators.OVERLAPS)],
            ),
            ExclusionConstraint(
                name="one_bed_for_a_case_at_a_time",
                expressions=[("case", RangeOperators.EQUAL), (Period(), RangeOperators.OVERLAPS)],
            ),
        ]
        indexes = [models.Index("host", "due_at", condition=STANDING, name="placement_by_host")]

    @property
    def why(self) -> str:
        """Why the house cannot take them, in words."""
        return ROUNDS.reasons[self.reason].label if self.reason in ROUNDS.reasons else self.reason


def taken_beds(at: datetime) -> RawSQL:
    """The beds that somebody holds at a moment, whoever placed them. Says which, never who."""
    return RawSQL("SELECT bed_id FROM referrals_taken_beds(%s)", (at,))


def free_beds(at: datetime) -> BedQuerySet:
    """The beds that nobody holds at a moment, and that are not out of service."""
    return (
        Bed.objects.in_service(at)
        .exclude(pk__in=taken_beds(at))
        .select_related("place", "agency")
        .order_by("place__name", "label")
    )


@says_what_was_given
def given_since_told() -> Func:
    """How many beds of a program were given since its figure was told, for a row of figures. Never who has them."""
    return Func(
        F("program_id"),
        template="coalesce((SELECT g.given FROM referrals_given_since_told() g "
        "WHERE g.program_id = %(expressions)s), 0)",
        output_field=models.IntegerField(),
    )


def houses_to_call(at: datetime, *, besides: Agency) -> QuerySet[Agency]:
    """The agencies whose beds are given by phone only; each ``is_open`` or not, and neither how far nor where."""
    kept = Bed.objects.in_service(at).by_phone()
    free = kept.exclude(pk__in=taken_beds(at)).filter(agency=OuterRef("pk"))
    return (
        Agency.objects.filter(pk__in=kept.values("agency"))
        .exclude(pk=besides.pk)
        .annotate(is_open=Exists(free))
        .prefetch_related("listed_as__phones")
        .order_by("name")
    )


def phones_of_bed(case_id: UUID) -> QuerySet[Phone]:
    """The numbers of the place where somebody of a case has a bed, and of those who keep it; no fax."""
    stay = Placement.objects.standing().filter(case=case_id)
    here = Q(place__in=stay.values("bed__place"), service=None)
    whole = Q(organization__agency__in=stay.values("host"), place=None, service=None)
    return (
        Phone.objects.filter(here | whole)
        .exclude(kind=Phone.Kind.FAX)
        .order_by("place", "kind", "number")[:4]
    )
