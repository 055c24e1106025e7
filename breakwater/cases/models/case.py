"""The case, who is accountable for it, and how it ended."""

from collections.abc import Collection
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from breakwater.cases.models.part import StandingQuerySet, in_circle, of_case, written_by
from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, STANDING, RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.people.models import ContactPoint, Person
from breakwater.trust.access import Actor
from breakwater.trust.models import Agency, Circle, CircleQuerySet, Information, Unit, User, narrative


class CaseQuerySet(CircleQuerySet):
    """Questions about cases."""

    def open(self) -> Self:
        """Without a standing closure."""
        return self.filter(~Exists(Closure.objects.filter(STANDING, case=OuterRef("pk"))))

    def closed(self) -> Self:
        """With a standing closure."""
        return self.filter(Exists(Closure.objects.filter(STANDING, case=OuterRef("pk"))))

    def held_by(self, actor: Actor) -> Self:
        """The cases the actor's agency is accountable for."""
        return self.filter(agency=actor.agency_id)

    def nobodys(self) -> Self:
        """The cases that wait in a duty queue."""
        return self.filter(Exists(Assignment.objects.owners().filter(case=OuterRef("pk"), worker=None)))

    def taken_in_by(self, user: User | None, *, since: datetime) -> Self:
        """What somebody has taken in since a moment, the newest first."""
        return self.filter(opened_by=user, recorded_at__gte=since).order_by("-recorded_at", "-pk")

    def reached_by(self, phones: Collection[str]) -> Self:
        """Those of whoever is reached by one of these phones now, told by the tokens of it."""
        rung = ContactPoint.objects.filter(kind=ContactPoint.Kind.PHONE, key__in=phones, ends_at=None)
        rung = rung.exclude(key="")
        return self.filter(person__in=rung.values("person"))

    def of_person(self, person: Person) -> Self:
        """One person's episodes, the newest first."""
        return self.filter(person=person).order_by("-asked_at", "-pk")


class Case(models.Model):
    """One episode of crisis: from asking for help to closure. Open until a standing closure says otherwise."""

    information = Information.CARE

    class AskedBy(models.TextChoices):
        """Who asked for help."""

        SELF = "self", "The person"
        FAMILY = "family", "Family or friend"
        PARTNER = "partner", "Partner agency"
        POLICE = "police", "Police"
        HOSPITAL = "hospital", "Hospital"
        SECURITY = "security", "Security team's concern"
        WALK_IN = "walk_in", "Walk-in"
        HOTLINE = "hotline", "Hotline"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="cases")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cases")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(
        max_length=16, help_text="Short reference to say aloud; says nothing of the person"
    )
    asked_by = models.CharField(max_length=10, choices=AskedBy, default=AskedBy.SELF)
    asked_at = models.DateTimeField(help_text="When help was asked for; clocks count from here")
    what_is_happening = narrative(help_text="In the words of whoever asked")
    came_from = models.UUIDField(null=True, help_text="The hand-off it was taken over from, opaque here")
    opened_by = written_by()
    recorded_at = models.DateTimeField(db_default=RecordedNow())

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("agency", "number", name="one_case_per_number"),
            models.CheckConstraint(name="a_case_says_what_is_happening", condition=~Q(what_is_happening="")),
        ]
        indexes = [
            models.Index(
                fields=["came_from"], condition=Q(came_from__isnull=False), name="case_by_its_hand_off"
            ),
            models.Index(fields=["opened_by", "recorded_at"], name="case_by_who_took_it_in"),
        ]

    def __str__(self) -> str:
        return f"case {self.number}"


class AssignmentQuerySet(StandingQuerySet):
    """Questions about who is accountable and who helps."""

    def owners(self) -> Self:
        """Who is accountable now."""
        return self.filter(STANDING, part=Assignment.Part.OWNER)

    def helpers(self) -> Self:
        """Who is on a team now."""
        return self.filter(STANDING, part=Assignment.Part.TEAM)

    def of_case(self, case: Case) -> Self:
        """Who is accountable for a case and who helps with it: the owner first, then the team as it grew."""
        return (
            self.standing()
            .filter(case=case)
            .select_related("worker", "unit")
            .order_by("part", "starts_at", "pk")
        )


class Assignment(models.Model):
    """Who is accountable for a case, or helps with it. An owner without a worker is a duty queue with an alarm."""

    information = Information.CARE

    class Part(models.TextChoices):
        """What somebody is on the case."""

        OWNER = "owner", "Accountable"
        TEAM = "team", "On the team"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("assignments")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    part = models.CharField(max_length=6, choices=Part, default=Part.OWNER)
    worker = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by = written_by()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="assignment_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS
            ),
            models.CheckConstraint(
                name="only_an_owner_may_be_a_queue", condition=Q(part="owner") | Q(worker__isnull=False)
            ),
            models.UniqueConstraint(
                "case", condition=STANDING & Q(part="owner"), name="one_accountable_owner_per_case"
            ),
            models.UniqueConstraint(
                "case", "worker", condition=STANDING & Q(part="team"), name="once_on_the_team"
            ),
        ]
        indexes = [
            models.Index(
                "agency",
                "worker",
                condition=STANDING & Q(part="owner"),
                name="open_cases_by_agency_and_owner",
            )
        ]

    @property
    def is_queue(self) -> bool:
        """Whether nobody has taken the case yet."""
        return self.worker_id is None

    @property
    def name(self) -> str:
        """Who it is, as colleagues know them."""
        if self.worker is not None:
            return self.worker.name
        return f"{self.unit.name} duty queue" if self.unit is not None else "Duty queue"


class Closure(models.Model):
    """The end of an episode: who ended it, when and how. Reopening ends the closure."""

    information = Information.CARE

    class Outcome(models.TextChoices):
        """How it ended."""

        HANDED_OFF = "handed_off", "Handed off, first contact confirmed"
        STABLE = "stable", "Safe and settled; no further help wanted"
        DECLINED = "declined", "Declined further help"
        LOST = "lost", "Lost to contact after the rule's attempts"
        MOVED = "moved", "Moved away"
        DIED = "died", "Died"
        MISTAKE = "mistake", "Opened by mistake"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("closures")
    outcome = models.CharField(max_length=12, choices=Outcome)
    words = narrative(blank=True, help_text="How it ended")
    what_worked = narrative(blank=True, help_text="For whoever opens the next episode")
    by = written_by()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    reopened_by = written_by()
    reopened_because = narrative(blank=True)

    objects = StandingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="closure_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.CheckConstraint(
                name="a_reopening_says_why", condition=Q(ends_at=None) | ~Q(reopened_because="")
            ),
            models.UniqueConstraint("case", condition=STANDING, name="one_standing_closure_per_case"),
        ]
