"""Those round a person, and with whom they are in it together."""

from django.db import models

from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, STANDING
from breakwater.kernel.ids import new_id
from breakwater.people.models.person import Person
from breakwater.trust.access import Actor
from breakwater.trust.encrypted import Encrypted
from breakwater.trust.models import Agency, Circle, CircleQuerySet, Information, User, narrative


class Supporter(models.Model):
    """Somebody round the person: family, friend, professional; and what they may be told."""

    information = Information.WHO

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="supporters")
    name = models.CharField(max_length=200)
    relation = models.CharField(max_length=120, help_text="Sister, landlord, sponsor, school counselor …")
    reach = Encrypted(blank=True, help_text="How to reach them")
    may_know = narrative(blank=True, help_text="What they may be told; empty means nothing")
    must_not_know = models.BooleanField(default=False)
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = CircleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="supporter_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS)
        ]


class Household(models.Model):
    """People in one crisis together. Holds no words: who belongs is told by memberships."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="Who formed it")
    formed_at = models.DateTimeField()


class Membership(models.Model):
    """A person belongs to a household: as what, from, until."""

    information = Information.WHO

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="memberships")
    part = models.CharField(max_length=60, help_text="Adult, child, partner …")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = CircleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="membership_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS
            ),
            models.UniqueConstraint("person", condition=STANDING, name="one_household_at_a_time"),
        ]


def beside(person: Person, actor: Actor) -> models.QuerySet[Membership]:
    """A person's household with themselves, as far as the actor's agency stands in the others' circles."""
    own = Membership.objects.filter(STANDING, person=person).values("household")
    found: models.QuerySet[Membership] = Membership.objects.visible_to(actor).filter(
        STANDING, household__in=own
    )
    return found.select_related("person").order_by("starts_at", "pk")
