"""Clocks, their pauses and their alarms."""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from breakwater.clocks.library import DONE, DUE_SOON, LABELS, MISSED, ClockSpec, profile
from breakwater.clocks.rules import CALENDARS, HOURS
from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, STANDING, Period
from breakwater.kernel.ids import new_id
from breakwater.trust.models import Agency, Circle, CircleQuerySet, Information, User, narrative

RUNNING = Q(ended_at=None)


class ClockQuerySet(CircleQuerySet):
    """Questions about clocks."""

    def running(self) -> Self:
        """Started and not stopped; a clock that stands still for a while runs too."""
        return self.filter(RUNNING)

    def ticking(self) -> Self:
        """Running, and not standing still."""
        return self.filter(RUNNING, paused_at=None)

    def paused(self) -> Self:
        """Running, and standing still."""
        return self.filter(RUNNING, paused_at__isnull=False)

    def overdue(self, at: datetime) -> Self:
        """Ticking, and past due."""
        return self.ticking().filter(due_at__lte=at)

    def due_soon(self, at: datetime) -> Self:
        """Ticking, not past due, and within the lead."""
        return self.ticking().filter(due_soon_at__lte=at, due_at__gt=at)

    def of(self, about: UUID) -> Self:
        """The clocks of one thing promised on."""
        return self.filter(about=about)

    def in_episode(self, episode: UUID) -> Self:
        """The clocks of one case."""
        return self.filter(episode=episode)

    def of_agency(self, agency: Agency) -> Self:
        """The promises of one agency."""
        return self.filter(agency=agency)

    def not_announced(self, alarm: str) -> Self:
        """Those whose alarm of this kind has not sounded."""
        return self.exclude(models.Exists(Alarm.objects.filter(clock=models.OuterRef("pk"), kind=alarm)))

    def hold_free(self, most: int) -> Self:
        """At most so many, held until the transaction ends; those that somebody else holds are left out."""
        held = self.select_for_update(of=("self",), no_key=True, skip_locked=True)
        return held.select_related("circle")[:most]


class Clock(models.Model):
    """A promise with a deadline. It runs until it is stopped; when it was stopped in time, it was kept."""

    information = Information.CARE

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
    calendar = models.CharField(
        max_length=16, default=HOURS, db_default=HOURS, help_text="By which calendar it is counted"
    )
    about = models.UUIDField(help_text="What the promise is about, opaque here")
    episode = models.UUIDField(null=True, help_text="The case it belongs to, opaque here")
    started_at = models.DateTimeField()
    due_soon_at = models.DateTimeField()
    due_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, blank=True, help_text="Since when it stands still")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=10, blank=True, choices=Ended)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    excuse = narrative(blank=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_clock_is_due_after_it_starts", condition=Q(due_at__gt=F("started_at"))
            ),
            models.CheckConstraint(
                name="a_clock_is_due_soon_before_it_is_due",
                condition=Q(due_soon_at__gte=F("started_at"), due_soon_at__lte=F("due_at")),
            ),
            models.CheckConstraint(
                name="a_clock_stops_after_it_starts", condition=RUNNING | Q(ended_at__gte=F("started_at"))
            ),
            models.CheckConstraint(
                name="a_stopped_clock_says_how",
                condition=Q(ended_at=None, ended_how="") | ~Q(ended_how="") & ~Q(ended_at=None),
            ),
            models.CheckConstraint(
                name="a_stopped_clock_does_not_stand_still", condition=RUNNING | Q(paused_at=None)
            ),
            models.CheckConstraint(
                name="an_excuse_has_a_reason", condition=~Q(ended_how="excused") | ~Q(excuse="")
            ),
            models.CheckConstraint(
                name="a_clock_is_counted_by_a_known_calendar", condition=Q(calendar__in=CALENDARS)
            ),
            models.UniqueConstraint("about", "kind", condition=RUNNING, name="one_running_clock_of_a_kind"),
        ]
        indexes = [
            models.Index("agency", "due_at", condition=RUNNING, name="clock_breaches_next"),
            models.Index("agency", "due_soon_at", condition=RUNNING, name="clock_due_soon"),
            models.Index("agency", condition=RUNNING & Q(paused_at__isnull=False), name="clock_stands_still"),
            models.Index("episode", condition=RUNNING, name="running_clock_by_episode"),
            models.Index("episode", "started_at", name="clock_by_episode"),
        ]

    @property
    def label(self) -> str:
        """What must happen, while it runs; what was done, once it was met."""
        is_met = self.ended_how == self.Ended.MET
        return (DONE if is_met else LABELS).get(self.kind, self.kind)

    @property
    def spec(self) -> ClockSpec:
        """What the profile it was started from says about it."""
        return profile(self.profile).spec(self.kind)


class PauseQuerySet(CircleQuerySet):
    """Questions about pauses."""

    def standing(self) -> Self:
        """Those that last."""
        return self.filter(STANDING)

    def over(self, at: datetime) -> Self:
        """Those that last, though their time is up."""
        return self.filter(STANDING, until__lte=at)


class Pause(models.Model):
    """A clock stands still: why, from, until. Never for ever: at ``until`` it runs again by itself."""

    information = Information.CARE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="pauses")
    reason = models.CharField(max_length=40)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    until = models.DateTimeField(help_text="When it runs again at the latest")
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = PauseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="pause_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.CheckConstraint(name="a_pause_is_not_for_ever", condition=Q(until__gt=F("starts_at"))),
            ExclusionConstraint(
                name="a_clock_is_paused_once_at_a_time",
                expressions=[("clock", RangeOperators.EQUAL), (Period(), RangeOperators.OVERLAPS)],
            ),
        ]


class Alarm(models.Model):
    """A clock was announced as due soon, or as missed: once each, for good."""

    information = Information.CARE

    class Kind(models.TextChoices):
        """What was announced."""

        DUE_SOON = DUE_SOON, "Due soon"
        MISSED = MISSED, "Missed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+", db_index=False)
    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="alarms", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind)
    announced_at = models.DateTimeField()

    objects = CircleQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("clock", "kind", name="each_alarm_once")]
