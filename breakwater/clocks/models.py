"""Clocks, their pauses and their alarms."""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from breakwater.clocks.library import LABELS
from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, STANDING
from breakwater.kernel.ids import new_id
from breakwater.trust.models import Agency, Circle, CircleQuerySet, User


class ClockQuerySet(CircleQuerySet):
    """Questions about clocks."""

    def running(self) -> Self:
        """Started and not stopped."""
        return self.filter(ended_at=None)

    def overdue(self, at: datetime) -> Self:
        """Running and past due."""
        return self.running().filter(due_at__lte=at)

    def due_soon(self, at: datetime) -> Self:
        """Running, not past due, and within the lead."""
        return self.running().filter(due_soon_at__lte=at, due_at__gt=at)

    def of(self, about: UUID) -> Self:
        """The clocks of one thing promised on."""
        return self.filter(about=about)

    def in_episode(self, episode: UUID) -> Self:
        """The clocks of one case."""
        return self.filter(episode=episode)


class Clock(models.Model):
    """A promise with a deadline. It runs until it is stopped; when it was stopped in time, it was kept."""

    class Ended(models.TextChoices):
        """How it stopped."""

        MET = "met", "Met"
        REPLACED = "replaced", "Replaced"
        EXCUSED = "excused", "Excused"
        CLOSED = "closed", "Ended with the case"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="+", db_index=False, help_text="Who promised"
    )
    kind = models.CharField(max_length=40)
    profile = models.CharField(max_length=40, help_text="Code and version of the profile it was started from")
    about = models.UUIDField(help_text="What the promise is about, opaque here")
    episode = models.UUIDField(null=True, help_text="The case it belongs to, opaque here")
    started_at = models.DateTimeField()
    due_soon_at = models.DateTimeField()
    due_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=10, blank=True, choices=Ended)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    excuse = models.CharField(max_length=300, blank=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_clock_is_due_after_it_starts", condition=Q(due_at__gt=F("started_at"))),
            models.CheckConstraint(
                name="a_clock_stops_after_it_starts", condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at"))
            ),
            models.CheckConstraint(
                name="a_stopped_clock_says_how", condition=Q(ended_at=None, ended_how="") | ~Q(ended_how="") & ~Q(ended_at=None)
            ),
            models.CheckConstraint(name="an_excuse_has_a_reason", condition=~Q(ended_how="excused") | ~Q(excuse="")),
            models.UniqueConstraint("about", "kind", condition=Q(ended_at=None), name="one_running_clock_of_a_kind"),
        ]
        indexes = [
            models.Index("agency", "due_at", condition=Q(ended_at=None), name="clock_breaches_next"),
            models.Index("agency", "due_soon_at", condition=Q(ended_at=None), name="clock_due_soon"),
            models.Index("episode", condition=Q(ended_at=None), name="running_clock_by_episode"),
            models.Index("episode", "started_at", name="clock_by_episode"),
        ]

    @property
    def label(self) -> str:
        """What this kind of clock is called."""
        return LABELS.get(self.kind, self.kind)


class Pause(models.Model):
    """A clock stands still: why, from, until."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="pauses")
    reason = models.CharField(max_length=40)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = CircleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="pause_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.UniqueConstraint("clock", condition=STANDING, name="a_clock_is_paused_once_at_a_time"),
        ]


class Alarm(models.Model):
    """A clock was announced as due soon, or as missed: once each."""

    class Kind(models.TextChoices):
        """What was announced."""

        DUE_SOON = "due_soon", "Due soon"
        MISSED = "missed", "Missed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="alarms")
    kind = models.CharField(max_length=8, choices=Kind)
    announced_at = models.DateTimeField()

    objects = CircleQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("clock", "kind", name="each_alarm_once")]
