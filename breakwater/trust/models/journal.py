"""The journal: what was done, what was shown, and what each request came to."""

from typing import Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from breakwater.kernel.db import RecordedNow
from breakwater.trust.encrypted import Encrypted
from breakwater.trust.models.agencies import Agency, User
from breakwater.trust.models.circles import Circle, CircleQuerySet, Information


class EntryQuerySet(CircleQuerySet):
    """Questions to the journal."""

    def of_episode(self, episode_id: UUID) -> Self:
        """One case's story, oldest first."""
        return self.filter(episode=episode_id).order_by("at", "pk")


class Entry(models.Model):
    """Something that happened: append-only, and written in the transaction that did it.

    At once the audit trail, the case timeline and the outbox for reactions. Holds ids and codes, never prose.
    """

    information = Information.CARE

    id = models.BigAutoField(primary_key=True)
    verb = models.CharField(max_length=80)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    circle = models.ForeignKey(Circle, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_agency = models.ForeignKey(
        Agency,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="Whom it is news for",
    )
    about = models.UUIDField(null=True)
    episode = models.UUIDField(null=True, help_text="The case it belongs to, opaque here")
    at = models.DateTimeField(help_text="When it happened")
    recorded_at = models.DateTimeField(db_default=RecordedNow(), help_text="When it was written down")
    facts = models.JSONField(default=dict)

    objects = EntryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index("episode", "at", name="entry_by_episode"),
            models.Index("circle", "at", name="entry_by_circle"),
            models.Index("agency", "id", name="entry_by_agency"),
            models.Index("by", "at", condition=Q(verb="trust.signed_in"), name="entry_of_signing_in"),
        ]


class Sighting(models.Model):
    """Something confidential was shown to somebody: append-only."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    page = models.CharField(max_length=80, help_text="Where it was shown")
    what = models.CharField(max_length=40, help_text="Which kind of thing")
    ids = ArrayField(models.UUIDField(), help_text="Which ones, in the order shown")
    seen_at = models.DateTimeField(db_default=RecordedNow())
    glass = models.UUIDField(null=True, help_text="Through which glass, when it was seen in an emergency")
    asked = ArrayField(
        models.CharField(max_length=20), null=True, size=None,
        help_text="By which filters a list was asked for; never what was typed",
    )  # fmt: skip

    class Meta:
        indexes = [
            models.Index("by", "seen_at", name="sighting_by_person"),
            models.Index("agency", "id", name="sighting_by_agency"),
            models.Index("agency", "seen_at", name="sighting_by_time"),
        ]


_SEEN_OTHER, _ERASED = 303, 410


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    """Questions about receipts."""

    def saved_by(self, user: User | None, key: UUID) -> bool:
        """Whether a form was saved by its key: whoever sent it was led on. One that was shown again was not saved."""
        led_on = Q(status__in=(_SEEN_OTHER, _ERASED)) | Q(headers__has_key="HX-Redirect")
        return self.filter(led_on, by=user, key=key).exists()


class Receipt(models.Model):
    """What one unsafe request came to, so that the same request again has no second effect.

    Kept in the transaction of the act: either both exist or neither.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(help_text="Chosen when the form was shown")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    fingerprint = models.CharField(max_length=64, help_text="Of the address and the body, keyed")
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = Encrypted(blank=True)
    received_at = models.DateTimeField(db_default=RecordedNow())

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("by", "key", name="one_receipt_per_request")]
