"""How long a record is kept: an agency's own longer terms, legal holds, and what was erased."""

from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, STANDING
from breakwater.kernel.ids import new_id
from breakwater.trust.models.agencies import Agency, OwnQuerySet, User
from breakwater.trust.models.circles import Circle, CircleQuerySet, Information

if TYPE_CHECKING:
    from breakwater.trust.access import Actor


def _who() -> Any:
    """Somebody who works there; Breakwater itself is nobody."""
    return models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )


class TermQuerySet(OwnQuerySet):
    """Questions about an agency's own terms."""

    def standing(self) -> Self:
        """Those that hold."""
        return self.filter(STANDING)


class Term(models.Model):
    """An agency keeps one class of records longer than the law demands. Never changed: another follows it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    rule = models.CharField(max_length=30, help_text="Of the law, under ``retention``")
    years = models.PositiveSmallIntegerField()
    by = _who()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = TermQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_term_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.UniqueConstraint(
                "agency", "rule", condition=STANDING, name="one_term_per_agency_and_rule"
            ),
        ]


class LegalHoldQuerySet(CircleQuerySet):
    """Questions about legal holds."""

    def visible_to(self, actor: "Actor") -> Self:
        """Those that the actor's own agency put on."""
        return super().visible_to(actor).filter(agency=actor.agency_id)

    def standing(self) -> Self:
        """Those that hold."""
        return self.filter(STANDING)


class LegalHold(models.Model):
    """Nothing of a record may go, whatever rule or request says: somebody may need it before a court."""

    information = Information.WHO

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=300)
    by = _who()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_by = _who()
    lifted_because = models.CharField(max_length=300, blank=True)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_legal_hold_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS
            ),
            models.CheckConstraint(name="a_legal_hold_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="lifting_a_legal_hold_says_why", condition=Q(ends_at=None) | ~Q(lifted_because="")
            ),
            models.UniqueConstraint(
                "circle", "agency", condition=STANDING, name="one_legal_hold_per_agency_and_record"
            ),
        ]


class ErasureQuerySet(OwnQuerySet):
    """Questions about what was, or may be, erased."""

    def open(self) -> Self:
        """Those that nobody has decided."""
        return self.filter(decided_at=None)

    def lock(self, row: Any) -> Any:
        """The row, read again and held until the transaction ends."""
        return self.select_for_update(of=("self",)).get(pk=row.pk)


class Erasure(models.Model):
    """A record has come due, or the person asked: one proposes, another decides. Afterwards it is the tombstone.

    It says what was there by kind and count, under which rules, and who decided when; and nothing of the person.
    """

    class Because(models.TextChoices):
        """Why it may go."""

        DUE = "due", "Its time is over"
        ASKED = "asked", "The person asked for it"

    class Decision(models.TextChoices):
        """What was decided."""

        ERASE = "erase", "Erase it"
        KEEP = "keep", "Keep it"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    because = models.CharField(max_length=6, choices=Because)
    request = models.UUIDField(null=True, blank=True, help_text="Which of the person's requests it answers")
    law = models.CharField(max_length=20, help_text="Which law, at which version")
    rules = ArrayField(models.CharField(max_length=30), help_text="Which of its rules held")
    kept_until = models.DateTimeField(help_text="Until when they asked for it to be kept")
    found_at = models.DateTimeField()
    proposed_at = models.DateTimeField(null=True, blank=True)
    proposed_by = _who()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = _who()
    decision = models.CharField(max_length=6, blank=True, choices=Decision)
    words = models.CharField(max_length=300, blank=True, help_text="Why it is kept; nothing of the person")
    again_on = models.DateField(null=True, blank=True, help_text="When a record that was kept comes due anew")
    erased_at = models.DateTimeField(null=True, blank=True, help_text="By the clock of the database")
    counts = models.JSONField(default=dict, help_text="How many rows of each table went")
    proof = models.CharField(max_length=64, blank=True, help_text="Over the decisions whose words went")

    objects = ErasureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="nothing_is_decided_that_nobody_proposed",
                condition=Q(decided_at=None)
                | Q(proposed_at__isnull=False, proposed_by__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="nobody_decides_what_they_proposed",
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="a_decision_about_a_record_says_which",
                condition=Q(decided_at=None, decision="") | Q(decided_at__isnull=False) & ~Q(decision=""),
            ),
            models.CheckConstraint(
                name="only_what_was_decided_is_erased", condition=Q(erased_at=None) | Q(decision="erase")
            ),
            models.CheckConstraint(
                name="keeping_a_record_says_why_and_until_when",
                condition=~Q(decision="keep") | ~Q(words="") & Q(again_on__isnull=False),
            ),
            models.CheckConstraint(
                name="an_erasure_that_was_asked_for_names_the_request",
                condition=Q(because="due", request=None) | Q(because="asked", request__isnull=False),
            ),
            models.UniqueConstraint(
                "circle", "agency", condition=Q(decided_at=None), name="one_open_erasure_per_record"
            ),
        ]
        indexes = [models.Index("agency", "decided_at", name="erasure_by_agency")]


class RetentionRun(models.Model):
    """An agency's records were gone through on a day: how many, how many were due, held and found. Only grows."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    on = models.DateField(help_text="The day, where the agency is")
    at = models.DateTimeField()
    looked = models.PositiveIntegerField()
    due = models.PositiveIntegerField()
    held = models.PositiveIntegerField()
    found = models.PositiveIntegerField(help_text="How many of them are new on the desk")

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("agency", "on", name="one_retention_run_a_day")]
