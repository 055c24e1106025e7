"""Persons, what they are called, how they are reached, and what was corrected."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.kernel.text import phone_key
from breakwater.trust.encrypted import Encrypted, Token
from breakwater.trust.models import (
    Circle,
    CircleQuerySet,
    Information,
    KeptApart,
    User,
    narrative,
    segmented,
)


class PersonQuerySet(CircleQuerySet):
    """Questions about persons."""

    def standing(self) -> Self:
        """Those that were not merged into another record."""
        return self.filter(merged_into=None)


class Person(models.Model):
    """Somebody we help, named or not. One circle of care belongs to one person."""

    information = Information.WHO

    class DateIs(models.TextChoices):
        """How far a birth date can be trusted."""

        EXACT = "exact", "Exact"
        MONTH = "month", "Month and year"
        YEAR = "year", "Year only"
        ABOUT = "about", "About"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.OneToOneField(Circle, on_delete=models.PROTECT, related_name="person")
    known_as = models.CharField(max_length=200, help_text="A name, a nickname or a description; never empty")
    is_described = models.BooleanField(default=False, help_text="Known by a description only, not by a name")
    pronouns = models.CharField(max_length=60, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    birth_date_is = models.CharField(max_length=8, choices=DateIs, default=DateIs.EXACT)
    language = models.CharField(max_length=60, blank=True)
    needs_interpreter = models.BooleanField(default=False)
    triggers = narrative(blank=True, help_text="What makes it worse")
    strengths = narrative(blank=True, help_text="What they are good at; what has worked before")
    safe_contact = Encrypted(blank=True, help_text="How and when it is safe to reach them")
    must_not_know = Encrypted(blank=True, help_text="Who must not learn that they asked for help")
    version = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    changed_at = models.DateTimeField()
    has_apart = models.BooleanField(
        default=False, db_default=False, help_text="A law keeps some of this apart, and it stands elsewhere"
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )

    objects = PersonQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_person_is_known_as_something", condition=~Q(known_as="")),
        ]
        indexes = [models.Index("birth_date", name="person_by_birth_date")]

    def __str__(self) -> str:
        return f"person {self.pk}"

    def age(self, on: date) -> int | None:
        """Full years on a day, or ``None`` when the birth date is unknown."""
        if self.birth_date is None:
            return None
        had_birthday = (on.month, on.day) >= (self.birth_date.month, self.birth_date.day)
        return on.year - self.birth_date.year - (not had_birthday)


class Name(KeptApart):
    """One thing a person is called. ``key`` and ``sound`` are what searching compares."""

    information = Information.WHO

    class Kind(models.TextChoices):
        """What sort of name."""

        KNOWN_AS = "known_as", "Known as"
        LEGAL = "legal", "Legal name"
        NICKNAME = "nickname", "Nickname"
        FORMER = "former", "Former name"
        DESCRIBED = "described", "Described as"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="names")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.KNOWN_AS)
    text = models.CharField(max_length=200)
    key = models.CharField(max_length=200, help_text="Without case, accents and punctuation")
    sound = models.CharField(max_length=40, blank=True, help_text="Phonetic codes of its words")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = CircleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="name_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS)
        ]


def _ringing(point: Any) -> str:
    """What is comparable of a way to reach somebody: the digits of a phone, and nothing else."""
    return phone_key(point.value) if point.kind == ContactPoint.Kind.PHONE else ""


class ContactPointQuerySet(CircleQuerySet):
    """Questions about ways to reach somebody."""

    def may_be_used(self, person_id: UUID) -> Self:
        """Those that hold and are not marked as unsafe, the oldest first."""
        standing = self.filter(person=person_id, ends_at=None)
        return standing.exclude(safety=ContactPoint.Safety.UNSAFE).order_by("starts_at", "pk")

    def stood(self, person_id: UUID, at: datetime) -> Self:
        """Those that held at a moment, and could be used by the mark that they have."""
        held = self.filter(Q(ends_at=None) | Q(ends_at__gte=at), person=person_id, starts_at__lte=at)
        return held.exclude(safety=ContactPoint.Safety.UNSAFE)


class ContactPoint(KeptApart):
    """A way to reach a person, and whether it is safe to use."""

    information = Information.WHO

    class Kind(models.TextChoices):
        """Which way."""

        PHONE = "phone", "Phone"
        EMAIL = "email", "Email"
        ADDRESS = "address", "Address or usual place"
        OTHER = "other", "Other"

    class Safety(models.TextChoices):
        """Whether using it could harm the person."""

        SAFE = "safe", "Safe"
        ASK_FIRST = "ask_first", "Not known: ask first"
        UNSAFE = "unsafe", "Not safe: do not use"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contact_points")
    kind = models.CharField(max_length=8, choices=Kind)
    value = Encrypted()
    key = Token(of=_ringing, help_text="By what a phone is found again")
    safety = models.CharField(max_length=10, choices=Safety, default=Safety.ASK_FIRST)
    how = Encrypted(blank=True, help_text="When, and what may be said or left as a message")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = ContactPointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="contact_point_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS
            )
        ]
        indexes = [models.Index("key", condition=~Q(key=""), name="contact_point_by_key")]

    @property
    def is_place(self) -> bool:
        """Whether whoever uses it goes there."""
        return self.kind == self.Kind.ADDRESS


class Correction(models.Model):
    """What was written about a person before it was corrected. Nothing is deleted."""

    information = Information.WHO

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="corrections")
    field = models.CharField(max_length=40)
    before = Encrypted(blank=True)
    after = Encrypted(blank=True)
    version = models.PositiveIntegerField(help_text="The version that this correction made")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=RecordedNow())
    segments = segmented("Those of what was corrected")

    objects = CircleQuerySet.as_manager()


class Apart(KeptApart):
    """One fact about a person that a law keeps apart: it stands here, and no more with the rest of who they are.

    So whoever is let in only to the rest reads who they are as if nobody knew it.
    """

    information = Information.WHO

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="kept_apart")
    field = models.CharField(max_length=40)
    value = Encrypted(blank=True, help_text="In words; of a birth date how far it can be trusted")
    day = models.DateField(null=True, blank=True, help_text="The birth date: a law counts years from it")
    starts_at = models.DateTimeField()

    objects = CircleQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("person", "field", name="a_fact_is_kept_apart_once")]

    def as_protected(self) -> Iterable[models.QuerySet[Any]]:
        """What was written there before, and how it was corrected."""
        return (Correction.objects.filter(person=self.person_id, field=self.field),)
