"""Seals on the journal."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from breakwater.kernel.db import RecordedNow
from breakwater.trust.models.agencies import Agency


class Seal(models.Model):
    """A run of rows of one stream, sealed: append-only. ``rules/sealing.py`` says what the bytes mean."""

    class Stream(models.TextChoices):
        """What is sealed. The value is the table's name without ``trust_``."""

        ENTRY = "entry", "What was done"
        SIGHTING = "sighting", "What was shown"
        DECISION = "decision", "What was decided"

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    stream = models.CharField(max_length=10, choices=Stream)
    number = models.PositiveIntegerField(help_text="The first seal of a chain is 1")
    rows = ArrayField(models.BigIntegerField(), help_text="The rows it covers, in order")
    marks = models.BinaryField(help_text="A keyed mark of each")
    seal = models.BinaryField(help_text="Keyed, over all of this and the seal before")
    key = models.CharField(max_length=12, help_text="The name of the key")
    sealed_at = models.DateTimeField(db_default=RecordedNow())

    class Meta:
        constraints = [
            models.UniqueConstraint("agency", "stream", "number", name="one_seal_of_a_number"),
            models.CheckConstraint(condition=models.Q(rows__len__gt=0), name="a_seal_covers_something"),
        ]
