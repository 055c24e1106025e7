"""Who looked without a reason one can see; and records at which everybody says why before they look."""

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, STANDING
from breakwater.kernel.ids import new_id
from breakwater.trust.models.agencies import Agency, User
from breakwater.trust.models.circles import Circle, CircleQuerySet, Information
from breakwater.trust.rules.snooping import SIGNS

if TYPE_CHECKING:
    from breakwater.trust.access import Actor


class FlagQuerySet(CircleQuerySet):
    """Questions about records at which one says why."""

    def visible_to(self, actor: "Actor") -> Self:
        """Those that the actor's own agency put up."""
        return super().visible_to(actor).filter(agency=actor.agency_id)

    def standing(self) -> Self:
        """Those that hold."""
        return self.filter(STANDING)

    def asking(self, circle_id: UUID | OuterRef, actor: "Actor") -> Self:
        """Those at which an actor says why before this record opens, and has not; ``OuterRef``: of each of many."""
        said = Opening.objects.filter(circle=circle_id, by=actor.user_id, until__gt=actor.now)
        return self.standing().filter(~Exists(said), circle=circle_id, agency=actor.agency_id)


class Flag(models.Model):
    """Many know this person, or they are in the news: whoever opens their record says why, before it opens."""

    information = Information.WHO

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    news_on = models.DateField(null=True, blank=True, help_text="When they came into the news, if they did")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    objects = FlagQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="flag_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.UniqueConstraint("circle", "agency", condition=STANDING, name="one_flag_at_a_time"),
        ]


class Opening(models.Model):
    """Why somebody opened a flagged record, as they said before it opened. It lasts a while."""

    information = Information.WHO

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+", db_index=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    words = models.TextField()
    at = models.DateTimeField()
    until = models.DateTimeField()

    objects = CircleQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(name="an_opening_says_why", condition=~Q(words=""))]
        indexes = [models.Index("circle", "by", "until", name="opening_by_circle")]


class OddLookQuerySet(models.QuerySet["OddLook"]):
    """Questions about looks that ask for an explanation."""

    def visible_to(self, actor: "Actor") -> Self:
        """Those of the actor's agency, and never one's own: nobody learns here that they are asked about."""
        return self.filter(~Q(by=actor.user_id), agency=actor.agency_id)

    def to_answer(self) -> Self:
        """Those that nobody has looked into."""
        return self.filter(answered_at=None)


class OddLook(models.Model):
    """Somebody looked at a record, and signs say to ask why. A reviewer says what it was; no accusation.

    One for each worker, record and day; what else shows up on that day is added to it until it is answered.
    """

    class Outcome(models.TextChoices):
        """What it was."""

        EXPLAINED = "explained", "Explained"
        TRAINING = "training", "Meant well; training follows"
        VIOLATION = "violation", "A violation"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", help_text="Who looked")
    on = models.DateField(help_text="The day, where the agency is")
    signs = ArrayField(models.CharField(max_length=12, choices=SIGNS))
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    found_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    outcome = models.CharField(max_length=10, blank=True, choices=Outcome)
    words = models.TextField(blank=True, help_text="What was found, and what follows")

    objects = OddLookQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("agency", "by", "circle", "on", name="asked_once_a_day"),
            models.CheckConstraint(name="an_odd_look_has_its_signs", condition=Q(signs__len__gt=0)),
            models.CheckConstraint(
                name="what_was_looked_into_says_what_it_was",
                condition=Q(answered_at=None, outcome="") | Q(answered_at__isnull=False) & ~Q(outcome=""),
            ),
            models.CheckConstraint(
                name="nobody_answers_for_themselves",
                condition=Q(answered_by=None) | ~Q(answered_by=F("by")),
            ),
        ]
        indexes = [
            models.Index("agency", "first_at", condition=Q(answered_at=None), name="odd_look_to_answer")
        ]

    def in_words(self) -> list[str]:
        """Its signs, in words."""
        return [SIGNS[one] for one in SIGNS if one in self.signs]


class Watch(models.Model):
    """Up to when an agency's looks have been gone through."""

    agency = models.OneToOneField(Agency, primary_key=True, on_delete=models.PROTECT, related_name="+")
    up_to = models.DateTimeField()
