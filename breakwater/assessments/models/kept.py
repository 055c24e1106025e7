"""What an agency keeps about instruments: those it brought, and what it says it may do with them."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q

from breakwater.assessments.rules.definition import STATES
from breakwater.assessments.rules.licensing import ATTESTATIONS
from breakwater.assessments.rules.repeating import DATE, NOT_AGAIN
from breakwater.cases.models.part import written_by
from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, STANDING
from breakwater.kernel.ids import new_id
from breakwater.trust.access import Actor
from breakwater.trust.models import Agency

AGAIN_CHOICES = (
    (DATE, "From a day on"),
    ("contact", "At each contact"),
    ("incident", "After each incident"),
    ("change", "When something changes"),
)
"""When one asks again by an instrument."""


class KeptQuerySet(models.QuerySet["models.Model"]):
    """Questions about what an agency keeps."""

    def visible_to(self, actor: Actor) -> Self:
        """What the actor's own agency keeps."""
        return self.filter(agency=actor.agency_id)

    def standing(self) -> Self:
        """What holds now."""
        return self.filter(STANDING)


class AttestationQuerySet(KeptQuerySet):
    """Questions about what an agency says it may do."""

    def holding(self, today: date) -> Self:
        """What holds on a day: no certificate that has run out."""
        return self.standing().filter(Q(holds_until=None) | Q(holds_until__gte=today))


class Import(models.Model):
    """A Questionnaire that an agency brought, as it came: the words of a known instrument, or one of its own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    instrument = models.CharField(max_length=60, help_text="Whose words it holds, or the key of its own")
    is_pack = models.BooleanField(help_text="It holds the words of an instrument that is here")
    state = models.CharField(max_length=20, choices=tuple((one, one) for one in STATES))
    holder = models.CharField(max_length=200)
    document = models.TextField(help_text="The Questionnaire as it came")
    by = written_by()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = KeptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_import_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS
            ),
            models.CheckConstraint(name="an_import_has_words", condition=~Q(document="") & ~Q(holder="")),
            models.UniqueConstraint(
                "agency", "instrument", condition=STANDING, name="one_import_of_an_instrument_in_force"
            ),
        ]


class Attestation(models.Model):
    """An agency says that it may use an instrument, or that its raters are trained, and how that is known."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    instrument = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=tuple(ATTESTATIONS.items()))
    words = models.TextField(help_text="Which contract, letter or certificate, and who has it")
    holds_until = models.DateField(
        null=True, blank=True, help_text="The last day on which it holds; empty: open"
    )
    by = written_by()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects: Any = AttestationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_attestation_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS
            ),
            models.CheckConstraint(name="an_attestation_says_how_it_is_known", condition=~Q(words="")),
            models.UniqueConstraint(
                "agency", "instrument", "kind", condition=STANDING, name="one_attestation_in_force"
            ),
        ]


class AgencyDefault(models.Model):
    """How an agency usually asks by an instrument: when again, and by which cut-offs where nobody chooses others."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    instrument = models.CharField(max_length=60)
    again = models.CharField(
        max_length=8,
        blank=True,
        choices=(*AGAIN_CHOICES, (NOT_AGAIN, "Not by itself")),
        help_text="Empty: as practice does",
    )
    days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="With a day: after how many days"
    )
    profile = models.CharField(max_length=20, blank=True, help_text="Empty: nobody has chosen for all")
    bands = models.TextField(blank=True, help_text="Of its own manual, where none are shipped")
    by = written_by()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = KeptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_agency_default_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS
            ),
            models.CheckConstraint(
                name="an_agency_default_counts_days_to_a_day",
                condition=Q(again=DATE, days__isnull=False, days__gt=0) | ~Q(again=DATE) & Q(days=None),
            ),
            models.UniqueConstraint(
                "agency", "instrument", condition=STANDING, name="one_default_of_an_agency_in_force"
            ),
        ]
