"""The duty table in its versions; prompts on cases, what was answered, and threats that were weighed."""

from datetime import date, timedelta
from typing import Any, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from breakwater.cases.models import StandingQuerySet
from breakwater.cases.models.part import in_circle, of_case, written_by
from breakwater.duties.library import SIGNALS
from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, STANDING, RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.trust.access import Actor
from breakwater.trust.capabilities import Role
from breakwater.trust.library import LAWS
from breakwater.trust.models import Agency, Information, User
from breakwater.trust.rules.law import TOPICS

WARNINGS = ("duty-to-warn", "duty-to-protect")
"""Topics that are answered by weighing a threat, not by a report."""

_OPEN_OR_SAYS_HOW = Q(ends_at=None, ended_how="") | Q(ends_at__isnull=False) & ~Q(ended_how="")
_WAYS = {code: words for law in LAWS.values() for code, words in law.ways.items()}


class DutyQuerySet(models.QuerySet["Duty"]):
    """Questions to the duty table."""

    def visible_to(self, actor: Actor) -> Self:
        """The table of the actor's own agency."""
        return self.filter(agency=actor.agency_id)

    def standing(self) -> Self:
        """The versions in force."""
        return self.filter(STANDING)

    def asking(self, topics: tuple[str, ...], *, role: str) -> Self:
        """Those in force on one of these topics that ask anything of somebody in a role; of anybody, without one."""
        found = self.standing().filter(topic__in=topics).exclude(force=Duty.Force.NONE)
        mine = Q(reporter_roles=[]) | Q(reporter_roles__contains=[role])
        return (found.filter(mine) if role else found).order_by("jurisdiction", "topic", "pk")

    def lines(self) -> Self:
        """The table as it is read: by jurisdiction and topic."""
        return self.standing().order_by("jurisdiction", "topic", "starts_at", "pk")

    def versions(self, line: UUID) -> Self:
        """All versions of one row, the newest first."""
        return self.filter(line=line).select_related("by").defer("by__password").order_by("-version")


class Duty(models.Model):
    """One row of an agency's duty table, in one version: what a jurisdiction asks, of whom, by when. Never overwritten.

    Nothing here is law until the agency has had it read: who reviewed it and when stands in the row.
    """

    class Force(models.TextChoices):
        """How binding it is."""

        MANDATORY = "mandatory", "Must be done"
        PERMISSIVE = "permissive", "May be done"
        NONE = "none", "Nothing is asked here"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    line = models.UUIDField(default=new_id, help_text="The row, through all its versions")
    version = models.PositiveIntegerField(default=1)
    jurisdiction = models.CharField(max_length=120)
    topic = models.CharField(max_length=20, choices=tuple(TOPICS.items()))
    reporter_roles = ArrayField(
        models.CharField(max_length=20, choices=Role), default=list, help_text="Empty means everybody"
    )
    force = models.CharField(max_length=10, choices=Force)
    trigger = models.TextField(help_text="When it applies, in the words of the agency")
    deadline_oral_min = models.PositiveIntegerField(null=True, blank=True)
    deadline_written_h = models.PositiveIntegerField(null=True, blank=True)
    report_to = models.CharField(max_length=200, blank=True)
    agency_phone = models.CharField(max_length=60, blank=True)
    form = models.CharField(max_length=200, blank=True)
    immunity = models.TextField(blank=True)
    citation = models.CharField(max_length=300)
    reviewed_by = models.CharField(max_length=200, blank=True)
    reviewed_on = models.DateField(null=True, blank=True)
    review_due = models.DateField(null=True, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = DutyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_duty_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.CheckConstraint(
                name="a_duty_cites_its_law", condition=~Q(citation="") & ~Q(jurisdiction="")
            ),
            models.CheckConstraint(
                name="a_deadline_is_some_time_away",
                condition=(Q(deadline_oral_min=None) | Q(deadline_oral_min__gt=0))
                & (Q(deadline_written_h=None) | Q(deadline_written_h__gt=0)),
            ),
            models.CheckConstraint(
                name="a_reviewed_duty_says_who_and_until_when",
                condition=Q(reviewed_on=None) | ~Q(reviewed_by="") & Q(review_due__gt=F("reviewed_on")),
            ),
            models.UniqueConstraint("line", "version", name="one_row_a_version"),
            models.UniqueConstraint("line", condition=STANDING, name="one_version_in_force"),
        ]

    @property
    def is_warning(self) -> bool:
        """Whether it is answered by weighing a threat."""
        return self.topic in WARNINGS

    @property
    def by_voice_within(self) -> timedelta | None:
        """How long after it became known somebody must have spoken."""
        return timedelta(minutes=self.deadline_oral_min) if self.deadline_oral_min else None

    def stale(self, today: date) -> str:
        """The sentence that says that nobody answers for this row any more, or nothing."""
        if self.reviewed_on is None:
            return "Not reviewed by anybody yet."
        if self.review_due is None or self.review_due < today:
            day = f"{self.reviewed_on:%B} {self.reviewed_on.day}, {self.reviewed_on.year}"
            return f"Not reviewed since {day}."
        return ""


class PromptQuerySet(StandingQuerySet):
    """Questions about prompts."""

    def left_behind(self, case_id: UUID) -> Self:
        """What the table of whoever held a case before asked when the case left it."""
        return self.filter(case=case_id, ended_how=Prompt.Ended.CASE_LEFT)

    def of_episode(self, case_id: UUID) -> Self:
        """The prompts of one case: the open ones first, then those answered last."""
        in_order = (F("ends_at").desc(nulls_first=True), "starts_at", "pk")
        return self.filter(case=case_id).select_related("duty").order_by(*in_order)


class Prompt(models.Model):
    """A row of the duty table asks about a case: is this to be reported, is somebody to be warned? Never a decision."""

    information = Information.CARE

    class Ended(models.TextChoices):
        """How it was answered."""

        REPORTED = "reported", "Reported"
        WARNED = "warned", "Somebody was warned"
        NOT_REQUIRED = "not_required", "Not required"
        OTHERWISE = "otherwise", "Done in another lawful way"
        CASE_LEFT = "case_left", "The case went to another agency"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("prompts")
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="+")
    line = models.UUIDField(help_text="The row it asks for, through all its versions")
    signal = models.CharField(
        max_length=20, choices=tuple((code, one.label) for code, one in SIGNALS.items())
    )
    news = models.BigIntegerField(null=True, help_text="The entry of the journal that opened it")
    became_aware_at = models.DateTimeField(help_text="Its clocks count from here")
    by = written_by()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=14, choices=Ended, blank=True)

    objects = PromptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="prompt_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.CheckConstraint(name="an_answered_prompt_says_how", condition=_OPEN_OR_SAYS_HOW),
            models.UniqueConstraint(
                "case", "line", condition=STANDING, name="one_open_prompt_of_a_row_and_case"
            ),
            models.UniqueConstraint("line", "news", name="one_prompt_of_a_row_for_a_piece_of_news"),
        ]

    @property
    def question(self) -> str:
        """What is asked first, where only a fact opened it; nothing once it is answered, or where it is a suspicion."""
        return SIGNALS[self.signal].question if self.ends_at is None else ""


class Answer(models.Model):
    """Something was done about a prompt: reported, talked over, not required, or done in another way. Append-only."""

    information = Information.CARE

    class Kind(models.TextChoices):
        """What was done."""

        REPORTED = "reported", "Reported"
        CONSULTED = "consulted", "Talked over with a supervisor"
        NOT_REQUIRED = "not_required", "Not required"
        OTHERWISE = "otherwise", "Done in another lawful way"

    class How(models.TextChoices):
        """How it was reported."""

        VOICE = "voice", "By voice"
        WRITING = "writing", "In writing"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="answers")
    kind = models.CharField(max_length=14, choices=Kind)
    to_whom = models.CharField(max_length=200, blank=True)
    how = models.CharField(max_length=8, choices=How, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    way = models.CharField(max_length=20, blank=True, choices=tuple(_WAYS.items()))
    words = models.TextField(blank=True)
    by = written_by()
    at = models.DateTimeField(help_text="When it was done")
    recorded_at = models.DateTimeField(db_default=RecordedNow())

    objects = StandingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_report_says_to_whom_and_how",
                condition=~Q(kind="reported") | ~Q(to_whom="") & ~Q(how="") & ~Q(words=""),
            ),
            models.CheckConstraint(
                name="an_answer_says_why", condition=~Q(kind="not_required") | ~Q(words="")
            ),
            models.CheckConstraint(name="another_way_is_named", condition=~Q(kind="otherwise") | ~Q(way="")),
        ]


class Weighing(models.Model):
    """A threat was weighed: to whom, with what, how soon; what could be done, and what was. Only grows."""

    information = Information.CARE

    class Option(models.TextChoices):
        """What can be done about a threat."""

        WARN = "warn_victim", "Warn whoever is threatened"
        POLICE = "police", "Tell the police"
        HOSPITAL = "hospital", "Have them admitted"
        CLOSER = "closer_care", "Stay closer: more contact, means made safe"
        OTHER = "other", "Something else"
        NOTHING = "nothing", "Nothing more: it is not serious, or not imminent"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("weighings")
    prompt = models.ForeignKey(
        Prompt, null=True, blank=True, on_delete=models.PROTECT, related_name="weighings"
    )
    victim = models.CharField(max_length=300, help_text="Who is threatened, as far as they can be told apart")
    threat = models.TextField()
    means = models.TextField()
    imminence = models.TextField(help_text="How soon, and how that is known")
    options = ArrayField(models.CharField(max_length=14, choices=Option), help_text="What was considered")
    action = models.CharField(max_length=14, choices=Option)
    action_words = models.TextField(help_text="Why this, and what exactly was done")
    warned = models.CharField(max_length=200, blank=True, help_text="Who was warned or told")
    by = written_by()
    at = models.DateTimeField(help_text="When it was done")
    recorded_at = models.DateTimeField(db_default=RecordedNow())

    objects: Any = StandingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_threat_is_weighed_whole",
                condition=~Q(victim="")
                & ~Q(threat="")
                & ~Q(means="")
                & ~Q(imminence="")
                & ~Q(action_words=""),
            ),
            models.CheckConstraint(
                name="a_warning_says_whom",
                condition=~Q(action__in=["warn_victim", "police"]) | ~Q(warned=""),
            ),
        ]
