"""Threads: what colleagues and agencies write to each other about a case, or about a letter between two of them.

The thread of a case is read by whoever stands in its circle, and written by whoever cares for the person. The thread
of a letter is read and written at its two ends, and by nobody else. Nothing that was written is changed: it is amended.
"""

from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce

from breakwater.cases.models.part import in_circle, of_case, written_by
from breakwater.kernel.db import RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.trust.access import Actor
from breakwater.trust.encrypted import Encrypted
from breakwater.trust.models import Agency, Circle, CircleQuerySet, Information, User, segmented

OF_A_CASE = Q(to_agency=None)


def _at_an_end(actor: Actor) -> Q:
    return Q(to_agency__isnull=False) & (Q(from_agency=actor.agency_id) | Q(to_agency=actor.agency_id))


class SharedQuerySet(models.QuerySet[Any]):
    """Questions about what lies in a circle, or between the two ends of a letter.

    Not one about circles alone: whoever reads at the far end of a letter does not stand in the circle by that.
    """

    def visible_to(self, actor: Actor) -> Self:
        """What the actor's agency may read: in circles where it stands, and at its end of a letter."""
        stands = Exists(CircleQuerySet(self.model).opened_to(actor))
        return self.filter(_at_an_end(actor) | OF_A_CASE & Q(stands))


class ThreadQuerySet(SharedQuerySet):
    """Questions about threads."""

    def of_episode(self, case_id: UUID) -> Self:
        """The thread of one case itself."""
        return self.filter(OF_A_CASE, case=case_id)

    def of_letter(self, letter_id: UUID) -> Self:
        """The thread of one letter."""
        return self.filter(about=letter_id)

    def with_unread(self, user_id: UUID | None) -> Self:
        """Each with how many messages somebody has not read yet, as ``unread``."""
        read = Mark.objects.filter(thread=OuterRef("pk"), by=user_id).values("number")
        return self.annotate(unread=F("last_number") - Coalesce(Subquery(read), 0))

    def unread_by(self, user_id: UUID | None) -> Self:
        """Those with something that somebody has not read."""
        return self.with_unread(user_id).filter(unread__gt=0)

    def latest_first(self) -> Self:
        """In the order in which something was last written."""
        return self.order_by("-last_at", "-pk")


class Thread(models.Model):
    """Where messages about one case, or about one letter, stand in their order."""

    information = Information.CARE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("threads")
    about = models.UUIDField(
        null=True, help_text="The letter it belongs to, opaque here; empty for the case itself"
    )
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_agency = models.ForeignKey(
        Agency, null=True, on_delete=models.PROTECT, related_name="+", db_index=False,
        help_text="The far end of the letter; empty for the case itself",
    )  # fmt: skip
    purpose = models.CharField(
        max_length=16, default="TREAT", help_text="What for the far end is told something"
    )
    opened_at = models.DateTimeField()
    last_number = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(help_text="When something was last written")

    objects = ThreadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("case", condition=OF_A_CASE, name="one_thread_for_a_case"),
            models.UniqueConstraint(
                "about", condition=Q(about__isnull=False), name="one_thread_for_a_letter"
            ),
            models.CheckConstraint(
                name="a_thread_between_two_is_about_a_letter",
                condition=Q(about=None, to_agency=None) | Q(about__isnull=False, to_agency__isnull=False),
            ),
            models.CheckConstraint(
                name="a_thread_has_two_ends", condition=Q(to_agency=None) | ~Q(to_agency=F("from_agency"))
            ),
        ]
        indexes = [
            models.Index(fields=("from_agency", "-last_at"), name="thread_by_sender"),
            models.Index(
                fields=("to_agency", "-last_at"),
                condition=Q(to_agency__isnull=False),
                name="thread_by_receiver",
            ),
            models.Index("circle", name="thread_by_circle"),
        ]

    def other_end(self, agency_id: UUID) -> Agency | None:
        """Who reads at the other end of a letter; nobody in particular in the thread of a case."""
        return self.to_agency if self.from_agency_id == agency_id else self.from_agency


class MessageQuerySet(SharedQuerySet):
    """Questions about messages."""

    def latest_of(self, case_id: UUID, most: int) -> Self:
        """Who wrote last on a case itself, and when; their words stand in the thread, with their amendments."""
        of_case = self.filter(OF_A_CASE, thread__case=case_id).defer("words", "goes_with", "segments")
        return of_case.order_by("-number")[:most]

    def newest_first(self, thread: Thread) -> Self:
        """Those of one thread, each with who wrote it, and its amendments in order as ``amended``."""
        amended = Amendment.objects.select_related("by").defer("by__password").order_by("version")
        return (
            self.filter(thread=thread)
            .select_related("by", "agency")
            .defer("by__password")
            .prefetch_related(Prefetch("amendments", queryset=amended, to_attr="amended"))
            .order_by("-number")
        )


class Message(models.Model):
    """What somebody wrote. Its words are never changed: an amendment adds a new text and keeps the old."""

    information = Information.CARE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="messages", db_index=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+", db_index=False)
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_agency = models.ForeignKey(
        Agency, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    number = models.PositiveIntegerField(help_text="Which of its thread, from 1")
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="+", db_index=False, help_text="Whose worker wrote it"
    )
    by = written_by()
    words = Encrypted()
    goes_with = Encrypted(blank=True, help_text="The notice and the scope of the consent that go along")
    is_urgent = models.BooleanField(default=False, help_text="Its writer waits for an answer")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=RecordedNow())
    segments = segmented("Which laws protected the record when it was written")

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("thread", "number", name="messages_come_one_after_another"),
            models.CheckConstraint(name="a_message_says_something", condition=~Q(words="")),
        ]

    @property
    def version(self) -> int:
        """Which version of its words stands; wants ``amended``."""
        amended: list[Amendment] = self.amended  # type: ignore[attr-defined]  # by newest_first
        return amended[-1].version if amended else 1


class Amendment(models.Model):
    """A message's new text, why it changed and who changed it. The text before stays readable."""

    information = Information.CARE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="amendments", db_index=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+", db_index=False)
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_agency = models.ForeignKey(
        Agency, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    version = models.PositiveSmallIntegerField(help_text="2 for the first amendment")
    words = Encrypted()
    reason = Encrypted()
    by = written_by()
    recorded_at = models.DateTimeField(db_default=RecordedNow())
    segments = segmented("Those of its message")

    objects = SharedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("message", "version", name="texts_of_a_message_come_one_after_another"),
            models.CheckConstraint(name="a_new_text_says_something", condition=~Q(words="") & ~Q(reason="")),
        ]


class Mark(models.Model):
    """Up to which message somebody has read a thread. Theirs alone."""

    thread: Any = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="marks")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("by", "thread", name="one_mark_for_each_reader")]
