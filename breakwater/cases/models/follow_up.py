"""Check-ins that are owed, and every try to keep them."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from breakwater.cases.models.part import StandingQuerySet, in_circle, of_case, written_by
from breakwater.cases.rules import CALL_ASKED, NEXT_CONTACT, is_late
from breakwater.clocks.library import DONE, LABELS
from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, STANDING, RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.trust.models import Circle, CircleQuerySet, Information, narrative

if TYPE_CHECKING:
    from breakwater.cases.models.chronology import NotReached


class FollowUpQuerySet(StandingQuerySet):
    """Questions about follow-ups."""

    def booked(self) -> Self:
        """Those owed that were agreed on, or that the person asked for; not what the schedule owes by itself."""
        return self.standing().filter(kind__in=(NEXT_CONTACT, CALL_ASKED))

    def of_case(self, case: models.Model) -> Self:
        """What is owed in a case, the next first; then what was kept or ended. Each with its attempts as ``tried``."""
        tried = models.Prefetch(
            "attempts", queryset=Attempt.objects.with_what_came().order_by("at", "pk"), to_attr="tried"
        )
        is_over = models.ExpressionWrapper(~STANDING, models.BooleanField())
        return (
            self.filter(case=case.pk)
            .annotate(is_over=is_over)
            .order_by("is_over", "planned_for", "pk")
            .prefetch_related(tried)
        )


class FollowUp(models.Model):
    """A check-in that is owed: one of the profile's schedule, or one that was booked. Its clock says when."""

    information = Information.CARE

    class Ended(models.TextChoices):
        """How it stopped being owed."""

        REACHED = "reached", "Reached"
        DECLINED = "declined", "Declined"
        LOST = "lost", "Lost to contact"
        MOVED = "moved", "Moved to another time"
        CANCELED = "canceled", "Ended with the case"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("follow_ups")
    kind = models.CharField(max_length=40, help_text="The clock kind, e.g. follow_up_24h or next_contact")
    planned_for = models.DateTimeField()
    by = written_by()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=12, blank=True, choices=Ended)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="follow_up_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS
            ),
            models.CheckConstraint(
                name="an_ended_follow_up_says_how",
                condition=Q(ends_at=None, ended_how="") | (Q(ends_at__isnull=False) & ~Q(ended_how="")),
            ),
            models.UniqueConstraint(
                "case", "kind", condition=STANDING, name="one_standing_follow_up_of_a_kind"
            ),
        ]

    @property
    def label(self) -> str:
        """What this check-in is called."""
        return (DONE if self.ends_at else LABELS).get(self.kind, self.kind)


class AttemptQuerySet(CircleQuerySet):
    """Questions about tries."""

    def counted(self) -> Self:
        """Those that were what they say; not where it was taken back."""
        return self.filter(not_reached=None)

    def spoke(self) -> Self:
        """Those in which somebody spoke with the person."""
        return self.counted().filter(outcome__in=SPOKE)

    def with_what_came(self) -> Self:
        """Each with who tried, and whether it was a contact after all."""
        return self.select_related("by", "not_reached__by")


class Attempt(models.Model):
    """One try to reach the person for a follow-up, and what came of it."""

    information = Information.CARE

    class Outcome(models.TextChoices):
        """What came of it."""

        REACHED = "reached", "Reached"
        NO_ANSWER = "no_answer", "No answer"
        MESSAGE_LEFT = "message_left", "Message left (safe to leave)"
        WRONG_NUMBER = "wrong_number", "Number does not work"
        NOT_SAFE = "not_safe", "Not safe to speak"
        DECLINED = "declined", "Declined follow-up"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+", db_index=False)
    follow_up = models.ForeignKey(FollowUp, on_delete=models.PROTECT, related_name="attempts")
    contact_point = models.ForeignKey(
        "people.ContactPoint", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    in_person = models.BooleanField(
        default=False, db_default=False, help_text="Somebody went where they might be"
    )
    outcome = models.CharField(max_length=14, choices=Outcome)
    words = narrative(blank=True)
    at = models.DateTimeField()
    by = written_by()
    recorded_at = models.DateTimeField(db_default=RecordedNow())

    objects = AttemptQuerySet.as_manager()

    @property
    def is_late(self) -> bool:
        """Whether it was written down well after it happened."""
        return is_late(self.at, self.recorded_at)

    @property
    def is_meeting(self) -> bool:
        """Whether whoever tried went there themselves, and did not speak from afar."""
        return self.in_person or bool(self.contact_point and self.contact_point.is_place)

    @property
    def is_contact(self) -> bool:
        """Whether it says that somebody spoke with the person."""
        return self.outcome in SPOKE

    @property
    def taken_back(self) -> "NotReached | None":
        """What says that they were not reached after all."""
        return getattr(self, "not_reached", None)


SPOKE = (Attempt.Outcome.REACHED, Attempt.Outcome.DECLINED)
"""What comes of a try in which somebody spoke with the person."""
