"""Needs, and the steps that meet them."""

from django.db import models
from django.db.models import Q

from breakwater.cases.models import Case, StandingQuerySet
from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.trust.models import Circle, User


class Need(models.Model):
    """Something the person needs, in a domain of life, in their words. Met or no longer wanted, it ends."""

    class Domain(models.TextChoices):
        """Domains of life; the same list that the directory of help is searched by."""

        SAFETY = "safety", "Safety"
        MENTAL_HEALTH = "mental_health", "Mental health"
        HOUSING = "housing", "Housing"
        FOOD = "food", "Food"
        MEDICAL = "medical", "Medical"
        SUBSTANCE_USE = "substance_use", "Substance use"
        BENEFITS = "benefits", "Benefits"
        INCOME = "income", "Income and work"
        LEGAL = "legal", "Legal"
        FAMILY = "family", "Family"
        CHILDREN = "children", "Children"
        TRANSPORT = "transport", "Transport"
        IDENTIFICATION = "identification", "Identification"
        UTILITIES = "utilities", "Utilities"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="needs")
    domain = models.CharField(max_length=16, choices=Domain)
    words = models.TextField(blank=True, help_text="In the person's words")
    feeds = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="fed_by", through="Link")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=12, blank=True, help_text="met, or no_longer")

    objects = StandingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="need_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS)
        ]


class Link(models.Model):
    """One need makes another worse: no address, so no benefits letter."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    cause = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="+")
    effect = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="+")

    objects = StandingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("cause", "effect", name="one_link_between_two_needs"),
            models.CheckConstraint(name="a_need_does_not_feed_itself", condition=~Q(cause=models.F("effect"))),
        ]


class Step(models.Model):
    """One clear thing that somebody does by a time: a worker, the person, or a partner."""

    class Owner(models.TextChoices):
        """Who does it."""

        WORKER = "worker", "A worker"
        PERSON = "person", "The person"
        PARTNER = "partner", "A partner"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    need = models.ForeignKey(Need, null=True, blank=True, on_delete=models.PROTECT, related_name="steps")
    words = models.CharField(max_length=300)
    owner = models.CharField(max_length=8, choices=Owner)
    worker = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    partner = models.CharField(max_length=200, blank=True)
    due_at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=RecordedNow())
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=12, blank=True, help_text="done, or dropped")
    outcome = models.CharField(max_length=300, blank=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    objects = StandingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="step_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.CheckConstraint(
                name="a_step_has_somebody_to_do_it",
                condition=Q(owner="person")
                | Q(owner="worker", worker__isnull=False)
                | (Q(owner="partner") & ~Q(partner="")),
            ),
            models.CheckConstraint(name="a_step_says_what", condition=~Q(words="")),
        ]
        indexes = [models.Index("case", "due_at", condition=Q(ends_at=None), name="open_step_by_case")]
