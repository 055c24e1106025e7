"""What went wrong with confidential records: incidents, who is affected, and who was told."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from breakwater.kernel.ids import new_id
from breakwater.kernel.text import mark_of
from breakwater.trust.models.agencies import Agency, User
from breakwater.trust.rules.breach import EXCEPTIONS, FACTORS, LETTER, Known

if TYPE_CHECKING:
    from breakwater.trust.access import Actor


class IncidentQuerySet(models.QuerySet["Incident"]):
    """Questions about incidents."""

    def visible_to(self, actor: "Actor") -> Self:
        """Those of the actor's own agency."""
        return self.filter(agency=actor.agency_id)

    def open(self) -> Self:
        """Those that are not closed."""
        return self.filter(closed_at=None)


class Incident(models.Model):
    """Something got out, or may have. Counts as a breach until the four factors say that it is unlikely.

    Holds no names: how many people live in which state is counted, and whose records they are stays in their circles.
    """

    class NoBreach(models.TextChoices):
        """What is no breach, though it got out."""

        GOOD_FAITH = "good_faith", EXCEPTIONS["good_faith"]
        INADVERTENT = "inadvertent", EXCEPTIONS["inadvertent"]
        NOT_RETAINED = "not_retained", EXCEPTIONS["not_retained"]

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(
        max_length=120, help_text="A few words by which colleagues know it; nobody's name"
    )
    happened = models.TextField(help_text="What happened")
    happened_on = models.DateField(null=True, blank=True)
    discovered_on = models.DateField(help_text="The first day on which it was known or could have been")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    is_secured = models.BooleanField(default=False, help_text="Encrypted, and the key is safe")
    is_part2 = models.BooleanField(default=False, help_text="Substance use treatment is among it")
    exception = models.CharField(max_length=16, blank=True, choices=NoBreach)
    nature = models.TextField(blank=True, help_text=FACTORS["nature"])
    recipient = models.TextField(blank=True, help_text=FACTORS["recipient"])
    viewed = models.TextField(blank=True, help_text=FACTORS["viewed"])
    mitigation = models.TextField(blank=True, help_text=FACTORS["mitigation"])
    is_unlikely = models.BooleanField(null=True, help_text="That anything was learned, by all four")
    assessed_at = models.DateTimeField(null=True, blank=True)
    assessed_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    letter = models.JSONField(default=dict, help_text="The parts of the letter to those affected")
    delayed_until = models.DateField(null=True, blank=True, help_text="The police asked to wait")
    delay_words = models.TextField(blank=True, help_text="Who asked, and what for")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    closing_words = models.TextField(blank=True, help_text="What was learned from it")

    objects = IncidentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="an_incident_says_what_happened", condition=~Q(happened="")),
            models.CheckConstraint(
                name="an_incident_is_found_after_it_happened",
                condition=Q(happened_on=None) | Q(discovered_on__gte=F("happened_on")),
            ),
            models.CheckConstraint(
                name="unlikely_by_all_four_factors",
                condition=Q(is_unlikely=None)
                | Q(is_unlikely=False)
                | ~Q(nature="") & ~Q(recipient="") & ~Q(viewed="") & ~Q(mitigation=""),
            ),
        ]
        indexes = [models.Index("agency", condition=Q(closed_at=None), name="incident_open")]

    def __str__(self) -> str:
        return self.title

    def factors(self) -> dict[str, str]:
        """What was written about each of the four."""
        return {key: getattr(self, key) for key in FACTORS}

    def parts(self) -> dict[str, str]:
        """The letter, part by part."""
        return {key: self.letter.get(key, "") for key in LETTER}

    def judged(self) -> str:
        """A mark of what it counts as and why: who judges it anew sends the mark of what they read."""
        said = {"secured": self.is_secured, "exception": self.exception, "unlikely": self.is_unlikely}
        return mark_of(self.factors() | said)

    def written(self) -> str:
        """A mark of the letter as it stands."""
        return mark_of(self.parts())

    def known(self) -> Known:
        """What is known of it, as plain values."""
        return Known(
            discovered_on=self.discovered_on, is_secured=self.is_secured, exception=self.exception,
            factors=frozenset(key for key, said in self.factors().items() if said.strip()),
            is_unlikely=self.is_unlikely, delayed_until=self.delayed_until,
            people={one.state: one.people for one in self.affected.all()},
            told=frozenset(one.key for one in self.told.all()),
        )  # fmt: skip


class Affected(models.Model):
    """How many people of one state an incident affects. Counted anew as more becomes known."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="affected")
    state = models.CharField(max_length=2)
    people = models.PositiveIntegerField()
    counted_at = models.DateTimeField()
    counted_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [models.UniqueConstraint("incident", "state", name="each_state_is_counted_once")]


class Told(models.Model):
    """Somebody was told of an incident: the affected, the media of a state, the authority. Only grows."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="told")
    key = models.CharField(max_length=16, help_text="Whom, as what is owed says")
    told_on = models.DateField()
    how = models.CharField(max_length=300, help_text="By letter, by which paper, under which number")
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint("incident", "key", name="each_is_told_once")]
