"""What was read and judged: dangers, circumstances, triage codes and gates. A new reading ends the one before."""

from typing import Self

from django.db import models
from django.db.models import Q

from breakwater.cases.judging import PRESSING
from breakwater.cases.models.part import StandingQuerySet, in_circle, of_case, written_by
from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, STANDING
from breakwater.kernel.ids import new_id
from breakwater.trust.models import Information, narrative


class DangerQuerySet(StandingQuerySet):
    """Questions about dangers."""

    def pressing(self) -> Self:
        """The standing readings that must be looked at again soon."""
        return self.standing().filter(level__in=PRESSING)

    def levels_of(self, case: models.Model) -> dict[str, str]:
        """How likely each danger of a case is now, by whom it threatens."""
        return dict(self.standing().filter(case=case.pk).values_list("to", "level"))


class Danger(models.Model):
    """How dangerous it is, to whom, in whose words. A new reading ends the one before."""

    information = Information.CARE

    class To(models.TextChoices):
        """Who may come to harm: by themselves, by somebody else, or others by them."""

        SELF = "self", "To self"
        FROM_OTHER = "from_other", "From somebody else"
        OTHERS = "others", "To others"
        COMMUNITY = "community", "To the community"
        WORKER = "worker", "To the worker"

    class Level(models.TextChoices):
        """How likely, and how soon."""

        NONE = "none", "None"
        POSSIBLE = "possible", "Possible"
        LIKELY = "likely", "Likely"
        NOW = "now", "Now"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("dangers")
    to = models.CharField(max_length=10, choices=To)
    level = models.CharField(max_length=8, choices=Level)
    words = narrative(blank=True)
    by = written_by()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = DangerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="danger_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.UniqueConstraint("case", "to", condition=STANDING, name="one_standing_reading_per_danger"),
        ]
        indexes = [
            models.Index(fields=["case"], condition=Q(ends_at=None, level="now"), name="case_in_danger_now")
        ]


class Circumstance(models.Model):
    """Something is so that a law may ask about, or that makes an act unsafe. It stands until it ends.

    A child in the home, a weapon within reach, a phone that somebody else reads.
    """

    information = Information.CARE

    class Kind(models.TextChoices):
        """What is so."""

        CHILD = "child_in_home", "A child in the home"
        ELDER = "older_person", "An older person who may be harmed or neglected"
        DEPENDENT = "dependent_adult", "An adult who depends on others and may be harmed"
        IN_CARE = "harm_in_care", "Harm by somebody who is paid to care"
        WEAPON = "weapon", "A weapon within reach"
        TARGET = "named_target", "A threat to somebody who can be named"
        INJURY = "injury_by_partner", "An injury by somebody close to them"
        WOUND = "wound", "A gunshot or stab wound"
        WATCHED = "watched_device", "Somebody else reads what is on their phone or computer"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("circumstances")
    kind = models.CharField(max_length=20, choices=Kind)
    words = models.TextField(blank=True)
    by = written_by()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = StandingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="circumstance_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS
            ),
            models.UniqueConstraint(
                "case", "kind", condition=STANDING, name="one_standing_circumstance_of_a_kind"
            ),
        ]


class Triage(models.Model):
    """A triage code: scheme, version, letter, and why. A new code ends the one before."""

    information = Information.CARE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("triages")
    scheme = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    code = models.CharField(max_length=8)
    urgency = models.PositiveSmallIntegerField(help_text="0 is the most urgent of its scheme")
    answers = models.JSONField(default=dict, help_text="Axis scores, where the scheme has axes")
    reasons = narrative(blank=True)
    by = written_by()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = StandingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="triage_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.UniqueConstraint("case", condition=STANDING, name="one_standing_triage_code_per_case"),
        ]


class Gate(models.Model):
    """One of the five gates of stabilization is met: by whom, on what evidence. Lost again, it ends."""

    information = Information.CARE

    class Kind(models.TextChoices):
        """What must hold before planning comes first."""

        SAFE_TONIGHT = "safe_tonight", "Safe tonight"
        RESCREENED = "rescreened", "Risk screened again"
        BASIC_NEEDS = "basic_needs", "Basic needs met"
        CONTACT = "contact", "One reachable contact"
        NEXT_CONTACT = "next_contact", "Next contact booked"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("gates")
    kind = models.CharField(max_length=14, choices=Kind)
    evidence = narrative(help_text="How we know")
    by = written_by()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    lost_because = narrative(blank=True)

    objects = StandingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="gate_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.CheckConstraint(name="a_gate_is_met_on_evidence", condition=~Q(evidence="")),
            models.CheckConstraint(
                name="a_lost_gate_says_why", condition=Q(ends_at=None) | ~Q(lost_because="")
            ),
            models.UniqueConstraint("case", "kind", condition=STANDING, name="a_gate_is_met_once"),
        ]
