"""That something changed: what open pages are told by."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func

from breakwater.kernel.db import RecordedNow


class ThisTransaction(Func):
    """The number of the running transaction, as PostgreSQL counts them over its whole life."""

    template = "(pg_current_xact_id()::text)::bigint"
    output_field = models.BigIntegerField()


class Change(models.Model):
    """Something changed that open pages may show. Forgotten after an hour or two.

    Holds names that only this installation can make, of things that it does not tell; nothing of what changed.
    """

    id = models.BigAutoField(primary_key=True)
    transaction = models.BigIntegerField(db_default=ThisTransaction(), help_text="In which it was written")
    topics = ArrayField(models.UUIDField(), help_text="What changed, by opaque names")
    at = models.DateTimeField(db_default=RecordedNow())

    class Meta:
        indexes = [models.Index("transaction", name="change_by_transaction")]
