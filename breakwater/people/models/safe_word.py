"""By what a person is known when they call."""

from typing import Self

from django.db import models

from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, STANDING
from breakwater.kernel.ids import new_id
from breakwater.people.models.person import Person
from breakwater.trust.encrypted import Encrypted
from breakwater.trust.models import Circle, CircleQuerySet, Information, User


class SafeWordQuerySet(CircleQuerySet):
    """Questions about safe words."""

    def of(self, person: Person) -> Self:
        """The one that holds now."""
        return self.filter(STANDING, person=person.pk)


class SafeWord(models.Model):
    """A word that the person chose, or a code handed to them in person, by which they are known on the phone.

    Nobody reads it, not even who may read all the rest: what stands here is a hash of it.
    """

    information = Information.WHO

    class Kind(models.TextChoices):
        """Where it came from."""

        CHOSEN = "chosen", "A word that they chose"
        HANDED = "handed", "A code handed to them"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="safe_words")
    kind = models.CharField(max_length=6, choices=Kind)
    word = Encrypted(help_text="A slow hash of it, under the person's key: it goes with their record")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = SafeWordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="safe_word_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS
            ),
            models.UniqueConstraint("person", condition=STANDING, name="one_safe_word_at_a_time"),
        ]
