"""An application, the papers it wants, and every notice that came about it."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from breakwater.benefits.library import Program, programs_of
from breakwater.benefits.rules import course
from breakwater.cases.models import StandingQuerySet
from breakwater.cases.models.part import in_circle, of_case, written_by
from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, STANDING, RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.trust.access import Actor
from breakwater.trust.encrypted import Encrypted
from breakwater.trust.models import CircleQuerySet, Information, narrative


class Stage(models.TextChoices):
    """Where an application stands; ``rules.course.MOVES`` says where it can go from there."""

    STARTED = course.STARTED, "Being filled in"
    SUBMITTED = course.SUBMITTED, "Submitted"
    APPROVED = course.APPROVED, "Approved"
    RENEWING = course.RENEWING, "Renewal filed"
    DENIED = course.DENIED, "Denied"
    LOST = course.LOST, "Stopped"
    APPEALING = course.APPEALING, "Appeal filed"
    ENDED = course.ENDED, "Ended"


class ApplicationQuerySet(StandingQuerySet):
    """Questions about applications."""

    def of_episode(self, case_id: UUID) -> Self:
        """The applications of one case, those still on their way first."""
        return self.filter(case=case_id).order_by(F("ends_at").desc(nulls_first=True), "starts_at", "pk")

    def watched_by(self, actor: Actor) -> Self:
        """Those still on their way whose case the actor's agency holds."""
        return (
            self.standing().visible_to(actor).filter(case__agency=actor.agency).select_related("case__person")
        )


class Application(models.Model):
    """Somebody applies for a benefit. It lasts until the benefit ends, somebody else sees to it, or it is given up."""

    information = Information.NEEDS

    class How(models.TextChoices):
        """By which way it was handed in."""

        ONLINE = "online", "Online"
        PERSON = "in_person", "In person"
        PHONE = "phone", "By phone"
        MAIL = "mail", "By mail"
        FAX = "fax", "By fax"

    class Hand(models.TextChoices):
        """Who handed it in."""

        WORKER = "worker", "A worker"
        PERSON = "person", "The person"
        PARTNER = "partner", "A partner"

    class Ending(models.TextChoices):
        """How it ended."""

        GIVEN_UP = "given_up", "Not wanted any more"
        HANDED_ON = "handed_on", "Somebody else sees to it"
        AGAIN = "again", "Applied for again"
        OVER = "over", "Over"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("applications")
    again_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    program = models.CharField(max_length=40)
    programs = models.CharField(
        max_length=40, help_text="Code and version of the programs it was started from"
    )
    is_expedited = models.BooleanField(help_text="Whether it was asked to be decided faster")
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.STARTED)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_how = models.CharField(max_length=10, choices=How, blank=True)
    submitted_hand = models.CharField(max_length=8, choices=Hand, blank=True)
    submitted_by = written_by()
    confirmation = Encrypted(blank=True, help_text="The number or name that proves that it was handed in")
    interview_at = models.DateTimeField(null=True, blank=True)
    holds_from = models.DateField(null=True, blank=True)
    holds_until = models.DateField(null=True, blank=True, help_text="The last day, where the notice says one")
    amount = Encrypted(blank=True, help_text="As the notice says it")
    address_asked_at = models.DateTimeField(null=True, blank=True)
    appealed_at = models.DateTimeField(null=True, blank=True)
    renewed_at = models.DateTimeField(null=True, blank=True)
    by = written_by()
    starts_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=RecordedNow())
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=10, choices=Ending, blank=True)
    outcome = narrative(blank=True, help_text="Who sees to it from now, or why it ended")
    ended_by = written_by()

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="application_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS
            ),
            models.CheckConstraint(
                name="an_application_stands_at_a_known_stage", condition=Q(stage__in=Stage.values)
            ),
            models.CheckConstraint(
                name="a_submitted_application_has_its_proof",
                condition=Q(stage__in=("started", "ended"))
                | (Q(submitted_at__isnull=False) & ~Q(submitted_how="") & ~Q(submitted_hand="")),
            ),
            models.CheckConstraint(
                name="an_approved_benefit_says_from_when",
                condition=~Q(stage__in=("approved", "renewing")) | Q(holds_from__isnull=False),
            ),
            models.CheckConstraint(
                name="a_benefit_ends_after_it_begins",
                condition=Q(holds_until=None) | Q(holds_until__gte=F("holds_from")),
            ),
            models.CheckConstraint(
                name="an_ended_application_says_how",
                condition=Q(stage="ended", ends_at__isnull=False) & ~Q(ended_how="")
                | ~Q(stage="ended") & Q(ends_at=None, ended_how=""),
            ),
            models.CheckConstraint(
                name="an_application_handed_on_says_to_whom",
                condition=~Q(ended_how="handed_on") | ~Q(outcome=""),
            ),
            models.UniqueConstraint(
                "case", "program", condition=STANDING, name="one_standing_application_for_a_program"
            ),
        ]

    @property
    def terms(self) -> Program:
        """What the program says about it."""
        return programs_of(self.programs).programs[self.program]

    @property
    def label(self) -> str:
        """What is applied for."""
        return self.terms.label


class PaperQuerySet(StandingQuerySet):
    """Questions about papers."""

    def of_application(self, application_id: UUID) -> Self:
        """The papers of one application: those still missing, then the others."""
        return self.filter(application=application_id).order_by(
            F("ends_at").desc(nulls_first=True), "starts_at", "pk"
        )

    def missing_in(self, case_id: UUID) -> Self:
        """What is still missing for the applications of a case."""
        return (
            self.standing()
            .filter(application__case=case_id, application__ends_at=None)
            .order_by("starts_at", "pk")
        )


class Paper(models.Model):
    """A document that an office wants to see."""

    information = Information.NEEDS

    class Ending(models.TextChoices):
        """How it was seen to."""

        GOT = "got", "Handed in"
        NOT_NEEDED = "not_needed", "Not needed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="papers", db_constraint=False
    )
    words = narrative(help_text="What it is")
    by = written_by()
    starts_at = models.DateTimeField(help_text="Since when it is wanted")
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=10, choices=Ending, blank=True)
    ended_by = written_by()

    objects = PaperQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="paper_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.CheckConstraint(name="a_paper_says_what_it_is", condition=~Q(words="")),
            models.CheckConstraint(
                name="a_paper_that_was_seen_to_says_how",
                condition=Q(ends_at=None, ended_how="") | (Q(ends_at__isnull=False) & ~Q(ended_how="")),
            ),
        ]


class NoticeQuerySet(CircleQuerySet):
    """Questions about notices."""

    def of_application(self, application_id: UUID) -> Self:
        """The notices about one application, the newest first."""
        return self.filter(application=application_id).order_by("-dated", "-recorded_at", "-pk")

    def losses(self, actor: Actor, since: datetime) -> Self:
        """The refusals and stops that reached the actor's agency since then."""
        return self.visible_to(actor).filter(
            kind__in=(Notice.Kind.DENIED, Notice.Kind.STOPPED),
            application__case__agency=actor.agency,
            at__gte=since,
        )


class Notice(models.Model):
    """A letter from the office: the date on it, when it came, and what it says. Deadlines count from its date."""

    information = Information.NEEDS

    class Kind(models.TextChoices):
        """What it says."""

        APPROVED = "approved", "Approved, or goes on"
        DENIED = "denied", "Denied"
        STOPPED = "stopped", "Will stop, or was stopped"
        ASKS = "asks", "Asks for something"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="notices", db_constraint=False
    )
    kind = models.CharField(max_length=8, choices=Kind)
    dated = models.DateField(help_text="The date on it")
    reason = models.CharField(max_length=10, blank=True, help_text="Why it was refused or stopped, by code")
    effective_on = models.DateField(null=True, blank=True, help_text="From when it stops")
    words = narrative(blank=True, help_text="What it says")
    by = written_by()
    at = models.DateTimeField(help_text="When it came")
    recorded_at = models.DateTimeField(db_default=RecordedNow())

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_refusal_says_why_or_that_it_does_not",
                condition=~Q(kind__in=("denied", "stopped")) & Q(reason="")
                | Q(kind__in=("denied", "stopped"), reason__in=list(course.REASONS)),
            ),
        ]

    @property
    def why(self) -> Any:
        """Why, in words, where it was refused or stopped."""
        return course.REASONS[self.reason][1] if self.reason else ""

    @property
    def ground(self) -> str:
        """Whether that was about paperwork, about the right to it, or is not known."""
        return course.ground(self.reason) if self.reason else ""
