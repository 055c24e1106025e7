"""Needs, how they feed each other, and the steps that meet them."""

from collections.abc import Iterable
from typing import Any, Self
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef, Q

from breakwater.cases.models import StandingQuerySet
from breakwater.cases.models.part import in_circle, of_case, written_by
from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, STANDING, RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.plans.models.goals import shown_since
from breakwater.plans.rules import order_of_work
from breakwater.resources.models import Domain
from breakwater.trust.models import Information, KeptApart, User, narrative

_OPEN_OR_SAYS_HOW = Q(ends_at=None, ended_how="") | (Q(ends_at__isnull=False) & ~Q(ended_how=""))


class NeedQuerySet(StandingQuerySet):
    """Questions about needs."""

    def of_episode(self, case_id: UUID) -> Self:
        """The needs of one case, those that stand first, each with the needs it feeds as ``feeds``."""
        effects = Link.objects.standing().filter(cause=OuterRef("pk")).values("effect")
        return (
            self.filter(case=case_id)
            .annotate(feeds=ArraySubquery(effects))
            .order_by(F("ends_at").desc(nulls_first=True), "starts_at", "pk")
        )

    def in_order_of_work(self) -> list["Need"]:
        """Needs read by ``of_episode``: those that feed most others first, those that ended last."""
        return in_order_of_work(self)


def in_order_of_work(found: Iterable["Need"]) -> list["Need"]:
    """Needs read by ``of_episode``: those that feed most others first, those that ended last."""
    needs = {need.pk: need for need in found}
    standing = {pk: need.feeds for pk, need in needs.items() if need.ends_at is None}  # type: ignore[attr-defined]  # annotated
    ended = [need for need in needs.values() if need.ends_at is not None]
    return [needs[pk] for pk in order_of_work(standing)] + ended


class Need(KeptApart):
    """Something the person needs, in a domain of life, in their words. Met or no longer wanted, it ends."""

    information = Information.NEEDS

    class Ending(models.TextChoices):
        """How a need ended."""

        MET = "met", "Met"
        NO_LONGER = "no_longer", "No longer needed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("needs")
    domain = models.CharField(max_length=16, choices=Domain)
    words = narrative(blank=True, help_text="In the person's words")
    by = written_by()
    starts_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=RecordedNow())
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=12, choices=Ending, blank=True)
    ended_by = written_by()

    objects = NeedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="need_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.CheckConstraint(name="an_ended_need_says_how", condition=_OPEN_OR_SAYS_HOW),
        ]

    def protected_with_it(self) -> Iterable[models.QuerySet[Any]]:
        """What is done about it, and every plan that was talked over since: the steps stand there."""
        return self.steps.all(), shown_since(self)


class Link(models.Model):
    """One need makes another worse: no address, so no benefits letter. Seen wrongly, it ends."""

    information = Information.NEEDS

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    cause = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="+")
    effect = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="+")
    by = written_by()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = StandingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="link_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.UniqueConstraint("cause", "effect", condition=STANDING, name="one_link_between_two_needs"),
            models.CheckConstraint(name="a_need_does_not_feed_itself", condition=~Q(cause=F("effect"))),
        ]


class StepQuerySet(StandingQuerySet):
    """Questions about steps."""

    def of_episode(self, case_id: UUID) -> Self:
        """The steps of one case: those still to do by their time, then those that ended, newest first."""
        return (
            self.filter(case=case_id)
            .select_related("need", "worker")
            .order_by(F("ends_at").desc(nulls_first=True), "due_at", "pk")
        )


class Step(KeptApart):
    """One clear thing that somebody does by a time: a worker, the person, or a partner."""

    information = Information.NEEDS

    class Owner(models.TextChoices):
        """Who does it."""

        WORKER = "worker", "A worker"
        PERSON = "person", "The person"
        PARTNER = "partner", "A partner"

    class Ending(models.TextChoices):
        """How a step ended."""

        DONE = "done", "Done"
        DROPPED = "dropped", "Dropped"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("steps")
    need = models.ForeignKey(Need, null=True, blank=True, on_delete=models.PROTECT, related_name="steps")
    goal = models.ForeignKey(
        "plans.Goal",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="steps",
        db_constraint=False,
    )
    words = narrative()
    owner = models.CharField(max_length=8, choices=Owner)
    worker = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    partner = models.CharField(max_length=200, blank=True)
    due_at = models.DateTimeField()
    by = written_by()
    starts_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=RecordedNow())
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=12, choices=Ending, blank=True)
    outcome = narrative(blank=True, help_text="What came of it, or why it was dropped")
    ended_by = written_by()

    objects = StepQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="step_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.CheckConstraint(
                name="a_step_has_somebody_to_do_it",
                condition=Q(owner="person", worker=None, partner="")
                | Q(owner="worker", worker__isnull=False, partner="")
                | (Q(owner="partner", worker=None) & ~Q(partner="")),
            ),
            models.CheckConstraint(name="a_step_says_what", condition=~Q(words="")),
            models.CheckConstraint(name="an_ended_step_says_how", condition=_OPEN_OR_SAYS_HOW),
            models.CheckConstraint(
                name="a_dropped_step_says_why", condition=~Q(ended_how="dropped") | ~Q(outcome="")
            ),
        ]
        indexes = [models.Index("case", "due_at", condition=STANDING, name="open_step_by_case")]

    def protected_with_it(self) -> Iterable[models.QuerySet[Any]]:
        """Every plan that was talked over since it stands there."""
        return (shown_since(self),)

    @property
    def doer(self) -> str:
        """Who does it, in words."""
        if self.owner == self.Owner.PERSON:
            return "the person"
        return self.partner if self.owner == self.Owner.PARTNER else str(self.worker)
