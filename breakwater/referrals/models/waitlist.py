"""Waiting lists: who waits for a bed of which program, in which order, since when, and whether it is still wanted.

An entry is a letter between those who sent somebody and those who keep the beds. Who else waits only the house sees;
the others learn their own position, from a function that says a number. An offer is a hold: the same row keeps the bed.
"""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Subquery

from breakwater.cases.models.part import in_circle, of_case, written_by
from breakwater.kernel.db import RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.referrals.models.holding import Hold
from breakwater.referrals.models.letters import LetterQuerySet
from breakwater.referrals.models.placement import Placement
from breakwater.resources.models import Bed, Program
from breakwater.trust.encrypted import Encrypted, EncryptedJSON
from breakwater.trust.models import Agency

OPEN = Q(closed_at=None)
_PASSED = (Hold.Ending.GIVEN_BACK, Hold.Ending.WITHDRAWN, Hold.Ending.RAN_OUT)


class WaitQuerySet(LetterQuerySet):
    """Questions about who waits."""

    def open(self) -> Self:
        """Those who wait."""
        return self.filter(OPEN)

    def in_line(self) -> Self:
        """Those who wait, whoever is next first: by what the house puts first, then by the time waited."""
        return self.open().order_by("rank", "since", "pk")

    def with_position(self) -> Self:
        """Each with its ``position``, and until when a bed is offered: ``offered_until``, or nothing."""
        offers = Hold.objects.standing().filter(wait=OuterRef("pk"))
        return self.annotate(
            position=Func(F("pk"), function="referrals_position", output_field=models.IntegerField()),
            offered_until=Subquery(offers.values("expires_at")[:1]),
        )

    def of_episode(self, case_id: UUID) -> Self:
        """The lists that the person of one case stands on, the oldest first."""
        return self.open().filter(case=case_id).select_related("program__place").order_by("since", "pk")

    def that_can_be_offered(self) -> Self:
        """Those in line to whom a bed may go now: who has an offer, let one run out, or is passed over may not."""
        holds = Hold.objects.filter(wait=OuterRef("pk"))
        skips = Skip.objects.standing().filter(wait=OuterRef("pk"))
        return self.in_line().exclude(Exists(holds.filter(ended_at=None))).exclude(Exists(skips)).answering()

    def answering(self) -> Self:
        """Those whose last offer did not run out unanswered, or who have said since that they still want a bed."""
        over = Q(ended_how=Hold.Ending.RAN_OUT) | Q(ended_at=None, expires_at__lte=RecordedNow())
        missed = Hold.objects.filter(over, wait=OuterRef("pk"), expires_at__gt=OuterRef("heard_at"))
        return self.exclude(Exists(missed))

    def not_passed(self, bed: Bed) -> Self:
        """Those to whom this bed was not offered in vain since somebody last had it, or since they last wanted one.

        All of it by the clock of the database, whatever the servers believe the time to be.
        """
        later = Q(starts_at__gt=OuterRef("heard_at")) | Q(ended_at__gt=OuterRef("heard_at"))
        given = Placement.objects.filter(bed=bed, recorded_at__gt=OuterRef("starts_at"))
        offers = Hold.objects.filter(later, ~Exists(given), bed=bed, ended_how__in=_PASSED)
        return self.exclude(Exists(offers.filter(wait=OuterRef("pk"))))


class Wait(models.Model):
    """Somebody waits for a bed of one program. The house reads the minimum facts, and no name."""

    class Ending(models.TextChoices):
        """How it ended."""

        PLACED = "placed", "They took a bed"
        LEFT = "left", "They wait no longer"
        TAKEN_OFF = "taken_off", "Taken off by the house"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("waits")
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    to_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    facts: Any = EncryptedJSON(help_text="The facts and grounds that the house reads, as codes")
    words = Encrypted(blank=True, help_text="What the house is told besides, word for word")
    rank = models.PositiveSmallIntegerField(
        help_text="Where their grounds stand in what the house puts first"
    )
    offer_for = models.DurationField(help_text="How long an offer stands")
    since = models.DateTimeField()
    confirmed_at = models.DateTimeField(help_text="When it was last said that a bed is still wanted")
    heard_at = models.DateTimeField(
        db_default=RecordedNow(), help_text="The same, by the clock of the database"
    )
    due_at = models.DateTimeField(help_text="When to ask again whether it is still wanted")
    by = written_by()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_how = models.CharField(max_length=10, choices=Ending, blank=True)
    reason = models.CharField(max_length=16, blank=True, help_text="Why, of the table of waiting lists")
    answer = Encrypted(blank=True, help_text="Why, in words")
    closed_by = written_by()

    objects = WaitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("case", "program", condition=OPEN, name="nobody_waits_twice_on_a_list"),
            models.CheckConstraint(
                name="a_wait_that_ended_says_how",
                condition=Q(closed_at=None, closed_how="") | (Q(closed_at__isnull=False) & ~Q(closed_how="")),
            ),
            models.CheckConstraint(
                name="who_leaves_a_list_says_why",
                condition=(Q(closed_how__in=("left", "taken_off")) & ~Q(reason=""))
                | (~Q(closed_how__in=("left", "taken_off")) & Q(reason="")),
            ),
        ]
        indexes = [
            models.Index("program", "rank", "since", condition=OPEN, name="wait_in_line"),
            models.Index("to_agency", condition=OPEN, name="wait_at_a_house"),
        ]

    def is_old(self, at: datetime) -> bool:
        """Whether nobody has said for too long that a bed is still wanted."""
        return self.due_at <= at


class SkipQuerySet(LetterQuerySet):
    """Questions about who is passed over."""

    def standing(self) -> Self:
        """Those that last, by the clock of the database."""
        return self.filter(until__gt=RecordedNow())


class Skip(models.Model):
    """The house passes somebody over for a while, with a reason that those who sent them read. Their place stays."""

    lies_in = ("wait",)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    wait = models.ForeignKey(Wait, on_delete=models.PROTECT, related_name="skips")
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=16, help_text="Of the table of waiting lists")
    words = Encrypted(blank=True)
    at = models.DateTimeField()
    lasts = models.DurationField()
    until = models.DateTimeField(db_default=RecordedNow(), help_text="Written by the database, by its clock")
    by = written_by()

    objects = SkipQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(name="a_skip_says_why", condition=~Q(reason=""))]


class ListRule(models.Model):
    """What a house says of its list: whom it puts first, how long an offer stands, and whether it takes names now."""

    program = models.OneToOneField(
        Program, primary_key=True, on_delete=models.PROTECT, related_name="list_rule"
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    first = ArrayField(models.CharField(max_length=16), default=list, help_text="Grounds, in their order")
    offer_for = models.DurationField()
    is_open = models.BooleanField(default=True)
    said_at = models.DateTimeField()
    by = written_by()
