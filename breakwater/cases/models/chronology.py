"""What happened, in words: notes and contacts, their amendments, and barriers."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from breakwater.cases.models.part import StandingQuerySet, in_circle, of_case, written_by
from breakwater.cases.rules import NEXT_CONTACT, is_late
from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.trust.models import Circle, CircleQuerySet, Information, KeptApart, narrative, segmented

if TYPE_CHECKING:
    from breakwater.cases.models.follow_up import FollowUp

AGREED = "Agreed for the next contact"
"""What a note is for that was written when the next contact was booked."""


class NoteQuerySet(CircleQuerySet):
    """Questions about notes."""

    def contacts(self) -> Self:
        """Those in which the person was reached; not where that was taken back."""
        return self.filter(reached=True, not_reached=None)

    def in_order(self) -> Self:
        """As it happened, newest first."""
        return self.order_by("-happened_at", "-recorded_at")

    def agreed_for(self, owed: "FollowUp") -> "list[Note]":
        """What was agreed with the person when this contact was booked, or nothing."""
        if owed.kind != NEXT_CONTACT:
            return []
        written = self.filter(case=owed.case_id, happened_at=owed.starts_at, kind=Note.Kind.NOTE)
        return [one for one in written.with_amendments().order_by("pk") if one.what_for == AGREED]

    def with_amendments(self) -> Self:
        """Each with its writer, whether it was a contact after all, and its amendments in order as ``note.amended``."""
        amended = Amendment.objects.select_related("by").order_by("version")
        return self.select_related("by", "not_reached__by").prefetch_related(
            models.Prefetch("amendments", queryset=amended, to_attr="amended")
        )


class Note(KeptApart):
    """Something in the chronology: a call, a visit, a message, an act of advocacy, or simply a note.

    *Happened at* and *recorded at* are two facts. Words are never changed: an amendment adds a new text and keeps
    the old.
    """

    information = Information.CARE

    class Kind(models.TextChoices):
        """What sort of entry."""

        NOTE = "note", "Note"
        CALL = "call", "Call"
        VISIT = "visit", "Visit"
        MESSAGE = "message", "Message"
        MEETING = "meeting", "Meeting"
        ADVOCACY = "advocacy", "Advocacy"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("notes")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.NOTE)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=RecordedNow())
    by = written_by()
    words = narrative()
    with_whom = narrative(blank=True)
    what_for = narrative(blank=True)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    outcome = narrative(blank=True)
    reached = models.BooleanField(default=False, help_text="The person themselves was reached")

    objects = NoteQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(name="a_note_says_something", condition=~Q(words=""))]
        indexes = [
            models.Index("case", "happened_at", name="note_by_case"),
            models.Index(
                fields=["case", "happened_at"],
                include=["circle", "segments"],
                condition=Q(reached=True),
                name="contact_by_case",
            ),
        ]

    @property
    def is_late(self) -> bool:
        """Whether it was written down well after it happened."""
        return is_late(self.happened_at, self.recorded_at)

    @property
    def taken_back(self) -> "NotReached | None":
        """What says that they were not reached after all."""
        return getattr(self, "not_reached", None)

    def as_protected(self) -> Iterable[models.QuerySet[Any]]:
        """Every later text of it, and why it was no contact."""
        return (Amendment.objects.filter(note=self), NotReached.objects.filter(note=self))


class Amendment(models.Model):
    """A note's new text, why it changed and who changed it. The text before stays readable."""

    information = Information.CARE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+", db_index=False)
    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="amendments")
    version = models.PositiveSmallIntegerField(help_text="2 for the first amendment")
    words = narrative()
    reason = narrative()
    by = written_by()
    recorded_at = models.DateTimeField(db_default=RecordedNow())
    segments = segmented("Those of its note")

    objects = CircleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("note", "version", name="amendments_come_one_after_another"),
            models.CheckConstraint(
                name="an_amendment_says_something", condition=~Q(words="") & ~Q(reason="")
            ),
        ]


class NotReached(models.Model):
    """They were not reached, though a note or a try says so: the wrong case, or the wrong box.

    What was written stays as it was, and this stands beside it: nothing that asks for contacts counts it any more. A
    note that kept check-ins left a try at each; they are marked with it, without words of their own.
    """

    information = Information.CARE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+", db_index=False)
    note = models.OneToOneField(
        Note, null=True, blank=True, on_delete=models.PROTECT, related_name="not_reached"
    )
    attempt = models.OneToOneField(
        "cases.Attempt", null=True, blank=True, on_delete=models.PROTECT, related_name="not_reached"
    )
    reason = narrative(blank=True)
    by = written_by()
    recorded_at = models.DateTimeField(db_default=RecordedNow())
    segments = segmented("Those of its note")

    objects = CircleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="either_a_note_or_a_try_was_no_contact",
                condition=Q(note=None, attempt__isnull=False) | Q(note__isnull=False, attempt=None),
            ),
            models.CheckConstraint(
                name="a_note_that_was_no_contact_says_why", condition=Q(note=None) | ~Q(reason="")
            ),
        ]


class BarrierQuerySet(StandingQuerySet):
    """Questions about barriers."""

    def of_case(self, case: models.Model) -> Self:
        """What stands in the way of a case, and what was removed: standing first, each as it was named."""
        return (
            self.filter(case=case.pk)
            .select_related("by", "removed_by")
            .order_by("-ends_at", "starts_at", "pk")
        )


class Barrier(KeptApart):
    """Something that stands in the way, named; and how it was removed."""

    information = Information.CARE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("barriers")
    words = narrative()
    by = written_by()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    removed_how = narrative(blank=True)
    removed_by = written_by()

    objects = BarrierQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="barrier_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.CheckConstraint(name="a_barrier_has_a_name", condition=~Q(words="")),
            models.CheckConstraint(
                name="a_removed_barrier_says_how", condition=Q(ends_at=None) | ~Q(removed_how="")
            ),
        ]
