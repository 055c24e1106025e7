"""What people ask about their own record."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q

from breakwater.kernel.ids import new_id
from breakwater.trust.models.agencies import Agency, User
from breakwater.trust.models.circles import Circle, CircleQuerySet, Information
from breakwater.trust.rules.law import SIGNERS
from breakwater.trust.rules.requests import KINDS

if TYPE_CHECKING:
    from breakwater.trust.access import Actor


class RecordRequestQuerySet(CircleQuerySet):
    """Questions about what people asked."""

    def visible_to(self, actor: "Actor") -> Self:
        """What the actor's own agency was asked, about those it may know."""
        return super().visible_to(actor).filter(agency=actor.agency_id)

    def open(self) -> Self:
        """Those that wait for an answer."""
        return self.filter(answered_at=None)

    def to_look_at_again(self) -> Self:
        """Those that were refused, and of which the person asked that somebody else look again."""
        return self.filter(appealed_at__isnull=False, reviewed_at=None)


def _who() -> Any:
    """Somebody who works there; Breakwater itself is nobody."""
    return models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )


class RecordRequest(models.Model):
    """A person, or somebody who may speak for them, asks about their record: to see it, to change it, where it went.

    One agency was asked, and answers by a day that the law sets. Each stage says who and when, and stays as written.
    """

    information = Information.WHO

    class Kind(models.TextChoices):
        """What is asked."""

        ACCESS = "access", KINDS["access"]
        AMENDMENT = "amendment", KINDS["amendment"]
        ACCOUNTING = "accounting", KINDS["accounting"]
        ERASURE = "erasure", KINDS["erasure"]

    class Checked(models.TextChoices):
        """How it was made sure that it is them, or somebody who may speak for them."""

        KNOWN = "known", "A worker who knows them, face to face"
        PAPERS = "papers", "Papers with a picture"
        SAFE_WORD = "safe_word", "The word that they chose with us"
        AUTHORITY = "authority", "Papers that give whoever asks the right to"

    class Outcome(models.TextChoices):
        """What was answered."""

        GRANTED = "granted", "Granted"
        PARTLY = "partly", "Granted in part"
        REFUSED = "refused", "Refused"

    class Verdict(models.TextChoices):
        """What came of the second look."""

        UPHELD = "upheld", "The refusal was right"
        OVERTURNED = "overturned", "It is granted after all"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind)
    law = models.CharField(max_length=20, help_text="Which law it is answered under, at which version")
    asker = models.CharField(max_length=16, choices=SIGNERS)
    asker_name = models.CharField(max_length=200, blank=True, help_text="When it is not the person")
    words = models.TextField(help_text="What they want, in which form, and how they get it safely")
    received_at = models.DateTimeField()
    received_by = _who()
    due_at = models.DateTimeField(help_text="When the last day for an answer is over")
    checked = models.CharField(max_length=12, blank=True, choices=Checked)
    checked_words = models.CharField(max_length=300, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = _who()
    extended_at = models.DateTimeField(null=True, blank=True)
    extended_by = _who()
    extension_reason = models.TextField(blank=True, help_text="As it was written to the person")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = _who()
    outcome = models.CharField(max_length=8, blank=True, choices=Outcome)
    ground = models.CharField(max_length=24, blank=True, help_text="Of the law, when it was refused")
    answer = models.TextField(blank=True, help_text="As the person reads it")
    fee_cents = models.PositiveIntegerField(default=0)
    appealed_at = models.DateTimeField(null=True, blank=True)
    appeal = models.TextField(
        blank=True, help_text="What the person says to the refusal; it stays with the record"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = _who()
    verdict = models.CharField(max_length=10, blank=True, choices=Verdict)
    review_words = models.TextField(blank=True)

    objects = RecordRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_request_says_what_is_wanted", condition=~Q(words="")),
            models.CheckConstraint(
                name="a_request_is_due_after_it_came", condition=Q(due_at__gt=F("received_at"))
            ),
            models.CheckConstraint(
                name="nothing_is_answered_to_somebody_unchecked",
                condition=Q(answered_at=None) | ~Q(checked="") & Q(checked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="an_answer_says_what_it_is",
                condition=Q(answered_at=None, outcome="") | Q(answered_at__isnull=False) & ~Q(outcome=""),
            ),
            models.CheckConstraint(
                name="an_extension_has_its_written_reason",
                condition=Q(extended_at=None) | ~Q(extension_reason=""),
            ),
            models.CheckConstraint(
                name="a_refusal_has_its_ground",
                condition=~Q(outcome__in=("refused", "partly")) | ~Q(ground="") & ~Q(answer=""),
            ),
            models.CheckConstraint(
                name="somebody_else_looks_again",
                condition=Q(reviewed_at=None) | ~Q(reviewed_by=F("answered_by")),
            ),
        ]
        indexes = [
            models.Index("agency", "due_at", condition=Q(answered_at=None), name="request_due_next"),
            models.Index("circle", "kind", name="request_by_circle"),
        ]

    @property
    def last_moment(self) -> datetime:
        """The last minute in which an answer is in time: what a clock shows, which would else show the day after."""
        return self.due_at - timedelta(minutes=1)

    def last_day(self, zone: ZoneInfo) -> date:
        """The last day for an answer, where the agency is: it is due when that day is over."""
        return self.last_moment.astimezone(zone).date()
