"""A bed that is kept for somebody, for so long: the database says when it began and when it runs out."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from breakwater.cases.models.part import written_by
from breakwater.kernel.db import RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.referrals.models.asking import Ask, Round, RoundQuerySet
from breakwater.referrals.models.letters import LetterQuerySet
from breakwater.resources.models import Bed
from breakwater.trust.access import Actor
from breakwater.trust.encrypted import Encrypted
from breakwater.trust.models import Agency


class HoldQuerySet(LetterQuerySet):
    """Questions about holds. Whether one stands, the clock of the database says, and no other."""

    def standing(self) -> Self:
        """Those that keep a bed at this moment."""
        return self.filter(ended_at=None, expires_at__gt=RecordedNow())

    def run_out(self) -> Self:
        """Those whose time is up, with nobody having said anything."""
        return self.filter(ended_at=None, expires_at__lte=RecordedNow())

    def given_by(self, actor: Actor) -> Self:
        """Those in beds that the actor's agency keeps."""
        return self.filter(to_agency=actor.agency_id)

    def in_turn(self) -> Self:
        """Those that were offered to who was next on a list."""
        return self.filter(wait__isnull=False)


class Hold(models.Model):
    """A bed is kept for somebody, for so long: by the first place that said yes, or for who is next on a list.

    When it began and when it runs out, PostgreSQL writes. Of a place without accounts no bed is known.
    """

    class Ending(models.TextChoices):
        """How it ended. That its time ran out is written a minute later, or when the bed is next given."""

        TAKEN_UP = "taken_up", "Taken up"
        GIVEN_BACK = "given_back", "Given back by those who asked"
        WITHDRAWN = "withdrawn", "Taken back by the place"
        RAN_OUT = "ran_out", "Its time ran out"

    lies_in = ("ask", "wait", "round")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    round = models.ForeignKey(
        Round, null=True, on_delete=models.PROTECT, related_name="holds", db_index=False
    )
    ask = models.OneToOneField(Ask, null=True, on_delete=models.PROTECT, related_name="hold")
    wait = models.ForeignKey(
        "referrals.Wait",
        null=True,
        on_delete=models.PROTECT,
        related_name="offers",
        help_text="Whose turn it is",
    )
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    bed = models.ForeignKey(
        Bed,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Empty: a place without accounts",
    )
    starts_at = models.DateTimeField(
        db_default=RecordedNow(), help_text="Written by the database, by its clock"
    )
    expires_at = models.DateTimeField(
        db_default=RecordedNow(), help_text="Written by the database, by its clock"
    )
    by = written_by()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=10, choices=Ending, blank=True)
    reason = models.CharField(max_length=16, blank=True, help_text="Why an offer was not taken, as a code")
    words = Encrypted(blank=True, help_text="Why it ended")
    ended_by = written_by()

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_ended_hold_says_how",
                condition=Q(ended_at=None, ended_how="") | (Q(ended_at__isnull=False) & ~Q(ended_how="")),
            ),
            models.CheckConstraint(
                name="a_hold_is_won_or_offered",
                condition=Q(round__isnull=False, ask__isnull=False, wait=None)
                | Q(round=None, ask=None, wait__isnull=False),
            ),
            models.CheckConstraint(
                name="who_has_accounts_holds_a_bed_of_theirs",
                condition=Q(to_agency__isnull=False, bed__isnull=False)
                | Q(to_agency=None, bed=None, wait=None),
            ),
            models.UniqueConstraint("round", name="a_round_is_won_once"),
            models.UniqueConstraint("wait", condition=Q(ended_at=None), name="one_offer_at_a_time"),
            models.UniqueConstraint(
                "bed", condition=Q(ended_at=None), name="a_held_bed_is_given_to_nobody_else"
            ),
        ]

    @property
    def name(self) -> str:
        """Who keeps it."""
        return str((self.to_agency or self.ask).name)  # type: ignore[union-attr]  # one without accounts was asked


def lost_rounds() -> RoundQuerySet:
    """Open rounds that somebody won, and whose bed is no longer held. By the clock of the database, and no other."""
    holds = Hold.objects.filter(round=OuterRef("pk"))
    return Round.objects.open().filter(Exists(holds), ~Exists(holds.standing()))
