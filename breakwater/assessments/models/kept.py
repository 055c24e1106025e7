"""What an agency keeps about instruments: those it brought, and what it says it may do with them."""

from typing import Self

from django.db import models
from django.db.models import Q

from breakwater.assessments.rules.definition import STATES
from breakwater.assessments.rules.licensing import ATTESTATIONS
from breakwater.cases.models.part import written_by
from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, STANDING
from breakwater.kernel.ids import new_id
from breakwater.trust.access import Actor
from breakwater.trust.models import Agency


class KeptQuerySet(models.QuerySet["models.Model"]):
    """Questions about what an agency keeps."""

    def visible_to(self, actor: Actor) -> Self:
        """What the actor's own agency keeps."""
        return self.filter(agency=actor.agency_id)

    def standing(self) -> Self:
        """What holds now."""
        return self.filter(STANDING)


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
    by = written_by()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = KeptQuerySet.as_manager()

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
