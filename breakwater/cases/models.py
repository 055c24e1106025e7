"""The episode and everything that is part of it. State is a row with a beginning, an end and an author."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, STANDING, RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.people.models import Person
from breakwater.trust.access import Actor
from breakwater.trust.models import Agency, Circle, CircleQuerySet, Unit, User


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

    def owned_by(self, user: User) -> Self:
        """The cases somebody is accountable for now."""
        return self.filter(Exists(Assignment.objects.owners().filter(case=OuterRef("pk"), worker=user)))

    def nobodys(self) -> Self:
        """The cases that wait in a duty queue."""
        return self.filter(Exists(Assignment.objects.owners().filter(case=OuterRef("pk"), worker=None)))


class Case(models.Model):
    """One episode of crisis: from asking for help to closure. Open until a standing closure says otherwise."""

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
    number = models.CharField(max_length=16, help_text="Short reference to say aloud; says nothing of the person")
    asked_by = models.CharField(max_length=10, choices=AskedBy, default=AskedBy.SELF)
    asked_at = models.DateTimeField(help_text="When help was asked for; clocks count from here")
    what_is_happening = models.TextField(help_text="In the words of whoever asked")
    came_from = models.UUIDField(null=True, help_text="The hand-off it was taken over from, opaque here")
    opened_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField(db_default=RecordedNow())

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("agency", "number", name="one_case_per_number"),
            models.CheckConstraint(name="a_case_says_what_is_happening", condition=~Q(what_is_happening="")),
        ]


class StandingQuerySet(CircleQuerySet):
    """Questions about rows that hold for a while."""

    def standing(self) -> Self:
        """Those that hold now."""
        return self.filter(STANDING)


class Danger(models.Model):
    """How dangerous it is, to whom, in whose words. A new reading ends the one before."""

    class To(models.TextChoices):
        """Who may come to harm."""

        SELF = "self", "To self"
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
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="dangers")
    to = models.CharField(max_length=10, choices=To)
    level = models.CharField(max_length=8, choices=Level)
    words = models.TextField(blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = StandingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="danger_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.UniqueConstraint("case", "to", condition=STANDING, name="one_standing_reading_per_danger"),
        ]


class Triage(models.Model):
    """A triage code: scheme, version, letter, and why. A new code ends the one before."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="triages")
    scheme = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    code = models.CharField(max_length=8)
    urgency = models.PositiveSmallIntegerField(help_text="0 is the most urgent of its scheme")
    answers = models.JSONField(default=dict, help_text="Axis scores, where the scheme has axes")
    reasons = models.TextField(blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
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

    class Kind(models.TextChoices):
        """What must hold before planning comes first."""

        SAFE_TONIGHT = "safe_tonight", "Safe tonight"
        RESCREENED = "rescreened", "Risk screened again"
        BASIC_NEEDS = "basic_needs", "Basic needs met"
        CONTACT = "contact", "One reachable contact"
        NEXT_CONTACT = "next_contact", "Next contact booked"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="gates")
    kind = models.CharField(max_length=14, choices=Kind)
    evidence = models.TextField(help_text="How we know")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    lost_because = models.TextField(blank=True)

    objects = StandingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="gate_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.CheckConstraint(name="a_gate_is_met_on_evidence", condition=~Q(evidence="")),
            models.UniqueConstraint("case", "kind", condition=STANDING, name="a_gate_is_met_once"),
        ]


class AssignmentQuerySet(StandingQuerySet):
    """Questions about who is accountable and who helps."""

    def owners(self) -> Self:
        """Who is accountable now."""
        return self.filter(STANDING, part=Assignment.Part.OWNER)


class Assignment(models.Model):
    """Who is accountable for a case, or helps with it. An owner without a worker is a duty queue with an alarm."""

    class Part(models.TextChoices):
        """What somebody is on the case."""

        OWNER = "owner", "Accountable"
        TEAM = "team", "On the team"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assignments")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    part = models.CharField(max_length=6, choices=Part, default=Part.OWNER)
    worker = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="assignment_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
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
                "agency", "worker", condition=STANDING & Q(part="owner"), name="open_cases_by_agency_and_owner"
            )
        ]


class NoteQuerySet(CircleQuerySet):
    """Questions about notes."""

    def contacts(self) -> Self:
        """Those in which the person was reached."""
        return self.filter(reached=True)

    def in_order(self) -> Self:
        """As it happened, newest first."""
        return self.order_by("-happened_at", "-recorded_at")


class Note(models.Model):
    """Something in the chronology: a call, a visit, a message, an act of advocacy, or simply a note.

    *Happened at* and *recorded at* are two facts. Words are never changed: an amendment adds a new text and keeps
    the old.
    """

    class Kind(models.TextChoices):
        """What sort of entry."""

        NOTE = "note", "Note"
        CALL = "call", "Call"
        VISIT = "visit", "Visit"
        MESSAGE = "message", "Message"
        MEETING = "meeting", "Meeting"
        ADVOCACY = "advocacy", "Advocacy"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.NOTE)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=RecordedNow())
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    words = models.TextField()
    with_whom = models.CharField(max_length=200, blank=True)
    what_for = models.CharField(max_length=200, blank=True)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    outcome = models.CharField(max_length=200, blank=True)
    reached = models.BooleanField(default=False, help_text="The person themselves was reached")

    objects = NoteQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(name="a_note_says_something", condition=~Q(words=""))]
        indexes = [
            models.Index("case", "happened_at", name="note_by_case"),
            models.Index("case", "happened_at", condition=Q(reached=True), name="contact_by_case"),
        ]


class Amendment(models.Model):
    """A note's new text, why it changed and who changed it. The text before stays readable."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="amendments")
    version = models.PositiveSmallIntegerField(help_text="2 for the first amendment")
    words = models.TextField()
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField(db_default=RecordedNow())

    objects = CircleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("note", "version", name="amendments_come_one_after_another"),
            models.CheckConstraint(name="an_amendment_says_something", condition=~Q(words="") & ~Q(reason="")),
        ]


class Barrier(models.Model):
    """Something that stands in the way, named; and how it was removed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="barriers")
    words = models.CharField(max_length=300)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    removed_how = models.CharField(max_length=300, blank=True)
    removed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    objects = StandingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="barrier_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS)
        ]


class FollowUp(models.Model):
    """A check-in that is owed: one of the profile's schedule, or one that was booked. Its clock says when."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="follow_ups")
    kind = models.CharField(max_length=40, help_text="The clock kind, e.g. follow_up_24h or next_contact")
    planned_for = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=12, blank=True, help_text="reached, declined, lost or canceled")

    objects = StandingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="follow_up_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.UniqueConstraint("case", "kind", condition=STANDING, name="one_standing_follow_up_of_a_kind"),
        ]


class Attempt(models.Model):
    """One try to reach the person for a follow-up, and what came of it."""

    class Outcome(models.TextChoices):
        """What came of it."""

        REACHED = "reached", "Reached"
        NO_ANSWER = "no_answer", "No answer"
        MESSAGE_LEFT = "message_left", "Message left (safe to leave)"
        WRONG_NUMBER = "wrong_number", "Number does not work"
        NOT_SAFE = "not_safe", "Not safe to speak"
        DECLINED = "declined", "Declined follow-up"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    follow_up = models.ForeignKey(FollowUp, on_delete=models.PROTECT, related_name="attempts")
    contact_point = models.ForeignKey(
        "people.ContactPoint", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField(max_length=14, choices=Outcome)
    words = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField(db_default=RecordedNow())

    objects = CircleQuerySet.as_manager()


class Closure(models.Model):
    """The end of an episode: who ended it, when and how. Reopening ends the closure."""

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
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="closures")
    outcome = models.CharField(max_length=12, choices=Outcome)
    what_worked = models.TextField(blank=True, help_text="For whoever opens the next episode")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    reopened_because = models.CharField(max_length=300, blank=True)

    objects = StandingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="closure_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.UniqueConstraint("case", condition=STANDING, name="one_standing_closure_per_case"),
        ]
