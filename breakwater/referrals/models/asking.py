"""Many places are asked at once; the first that says yes holds a bed. How long, the database says.

A round is ours alone. Each ask in it is a letter to one place with the minimum facts: both ends may read it, and no
place learns which others were asked. A round is won once, for good: one unique row says by whom.
"""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL

from breakwater.cases.models.part import in_circle, of_case, written_by
from breakwater.kernel.db import RecordedNow, all_rows
from breakwater.kernel.ids import new_id
from breakwater.referrals.models.letters import LetterQuerySet
from breakwater.resources.models import Bed, Program
from breakwater.trust.encrypted import Encrypted, EncryptedJSON
from breakwater.trust.models import Agency, CircleQuerySet, Information

OPEN = Q(closed_at=None)


class RoundQuerySet(CircleQuerySet):
    """Questions about rounds."""

    def open(self) -> Self:
        """Those in which somebody still looks for a bed."""
        return self.filter(OPEN)

    def of_episode(self, case_id: UUID) -> Self:
        """The rounds of one case: the open one first, then the newest."""
        return self.filter(case=case_id).order_by(F("closed_at").desc(nulls_first=True), "-asked_at")


class Round(models.Model):
    """One request for a bed that went to several places at once, until one of them is taken up or it is called off."""

    information = Information.NEEDS

    class Ending(models.TextChoices):
        """How it ended."""

        TAKEN_UP = "taken_up", "A bed was taken up"
        CALLED_OFF = "called_off", "Called off"
        RAN_OUT = "ran_out", "The hold ran out, or was given back"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("rounds")
    kind = models.CharField(max_length=16, choices=Bed.Kind)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="Who asks")
    hold_for = models.DurationField(help_text="How long the bed of the first is kept")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="Until when an answer is awaited")
    by = written_by()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_how = models.CharField(max_length=10, choices=Ending, blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("case", condition=OPEN, name="one_open_round_for_a_case"),
            models.CheckConstraint(
                name="a_closed_round_says_how",
                condition=Q(closed_at=None, closed_how="") | (Q(closed_at__isnull=False) & ~Q(closed_how="")),
            ),
        ]


class AskQuerySet(LetterQuerySet):
    """Questions about what one place was asked."""

    def waiting(self) -> Self:
        """Those that nobody has answered or called off, the next due first."""
        return self.filter(stage=Ask.Stage.WAITING).order_by("due_at", "pk")

    def with_is_won(self) -> Self:
        """Each with whether somebody has won its round, as ``is_won``."""
        won = RawSQL("referrals_ask.round_id IN (SELECT referrals_won_rounds())", ())
        return self.annotate(is_won=won)

    def lately_over(self, since: datetime) -> Self:
        """Those that ended since a moment, the newest first."""
        return self.filter(over_at__gte=since).order_by("-over_at", "pk")


class Ask(models.Model):
    """What one place is asked, and what it answers. No name is told, and nobody learns who else was asked.

    A place without accounts has no agency: what it said is written down by those who asked, with who there said so.
    """

    is_won: bool

    class Stage(models.TextChoices):
        """How it stands."""

        WAITING = "waiting", "Waiting for an answer"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        CALLED_OFF = "called_off", "No longer asked"

    lies_in = ("round",)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="asks")
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    to_agency = models.ForeignKey(
        Agency,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Empty: a place without accounts",
    )
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    facts: Any = EncryptedJSON(help_text="The facts they decide on, as codes")
    words = Encrypted(blank=True, help_text="What they are told besides, word for word")
    listed_open = models.PositiveIntegerField(
        null=True, blank=True, help_text="How many the board listed when they were asked; empty is unknown"
    )
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.WAITING)
    reason = models.CharField(max_length=16, blank=True, help_text="Why not, of the table of rounds")
    answer = Encrypted(blank=True, help_text="What they say to it")
    source = Encrypted(blank=True, help_text="Who told it, of a place without accounts")
    over_at = models.DateTimeField(null=True, blank=True, help_text="When it was answered or called off")
    answered_by = written_by()
    recorded_at = models.DateTimeField(db_default=RecordedNow())

    objects = AskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("round", "program"), name="each_place_is_asked_once_in_a_round"),
            models.CheckConstraint(
                name="a_place_that_is_asked_is_somebody_else", condition=~Q(to_agency=F("from_agency"))
            ),
            models.CheckConstraint(
                name="an_ask_is_over_when_it_is_answered",
                condition=Q(stage="waiting", over_at=None) | (~Q(stage="waiting") & Q(over_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_no_says_why",
                condition=(Q(stage="declined") & ~Q(reason="")) | (~Q(stage="declined") & Q(reason="")),
            ),
            models.CheckConstraint(
                name="a_place_without_accounts_is_quoted_by_name",
                condition=Q(to_agency__isnull=False) | Q(stage__in=("waiting", "called_off")) | ~Q(source=""),
            ),
        ]
        indexes = [
            models.Index("to_agency", "due_at", condition=Q(stage="waiting"), name="ask_to_answer"),
            models.Index("to_agency", "over_at", name="ask_lately_over"),
        ]

    @property
    def name(self) -> str:
        """Who is asked: the agency, or the place where nobody has an account."""
        return self.to_agency.name if self.to_agency else self.program.place.name


class Question(models.Model):
    """A place asks something before it answers; those who asked it reply."""

    lies_in = ("ask",)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    ask = models.ForeignKey(Ask, on_delete=models.PROTECT, related_name="questions")
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_agency = models.ForeignKey(
        Agency, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    words = Encrypted()
    at = models.DateTimeField()
    by = written_by()
    reply = Encrypted(blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    replied_by = written_by()

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("ask", condition=Q(replied_at=None), name="one_question_at_a_time"),
            models.CheckConstraint(name="a_question_asks_something", condition=~Q(words="")),
            models.CheckConstraint(
                name="a_reply_says_something",
                condition=Q(replied_at=None, reply="") | (Q(replied_at__isnull=False) & ~Q(reply="")),
            ),
        ]  # fmt: skip


def won_rounds() -> RawSQL:
    """The rounds that somebody has won, among those that one's agency was asked in. Says which, never by whom."""
    return RawSQL("SELECT referrals_won_rounds()", ())


def truth_rows(since: datetime) -> list[tuple[Any, ...]]:
    """Of each program: how many asked it when the board listed room, and how many of them it took."""
    return all_rows("SELECT program_id, asked, accepted FROM referrals_board_truth(%s)", (since,))


def refusal_rows(since: datetime) -> list[tuple[Any, ...]]:
    """Of each program: why it said no, and how often. Says of places, never of people."""
    return all_rows("SELECT program_id, reason, times FROM referrals_refusals(%s)", (since,))
