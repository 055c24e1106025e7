"""A code that is handed over, with which somebody chooses a password: when they join, and when they lost theirs."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from breakwater.kernel.ids import new_id
from breakwater.trust.models.agencies import Agency, User


class HandedCodeQuerySet(models.QuerySet["HandedCode"]):
    """Questions about codes that were handed over."""

    def unused(self) -> Self:
        """Those that nobody has used, whether or not their day is over."""
        return self.filter(ended_at=None)

    def open(self, at: datetime) -> Self:
        """Those that still wait, for a second person or to be used."""
        return self.unused().filter(expires_at__gt=at)


class HandedCode(models.Model):
    """Somebody may choose a password once, with a code that an administrator hands them. Kept is a hash of it."""

    class Why(models.TextChoices):
        """What they have to choose one for."""

        JOINS = "joins", "They join"
        LOST_PASSWORD = "password", "They lost the password"
        LOST_ALL = "all", "They lost the password and their second factors, which end with it"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="+", help_text="Whose sign-in it is"
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=10, choices=Why)
    started_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(
        max_length=64, blank=True, help_text="A keyed hash; empty while a second person is missing"
    )
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it was used")

    objects = HandedCodeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index("agency", name="handed_codes_by_agency")]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=models.F("started_by")),
                name="a_handed_code_is_approved_by_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("started_at")), name="a_handed_code_expires"
            ),
            models.UniqueConstraint(
                "user", condition=Q(ended_at=None), name="one_unused_handed_code_per_person"
            ),
        ]

    def __str__(self) -> str:
        return "used" if self.ended_at else "open"
