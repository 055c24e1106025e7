"""A contact that was written down and was none is marked beside it; what was written stays as it was."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import breakwater.kernel.db
import breakwater.kernel.ids
from breakwater.trust.models import segmented
from breakwater.trust.walls import changes_only, told_of_in_the_journal, walled_by_circle

# What hangs on a note or a try lies in its circle; rarely written, so the wall asks.
_IN_ITS_CIRCLE = (
    "({table}.note_id IS NULL OR EXISTS (SELECT 1 FROM cases_note n"
    " WHERE n.id = {table}.note_id AND n.circle_id = {table}.circle_id))"
    " AND ({table}.attempt_id IS NULL OR EXISTS (SELECT 1 FROM cases_attempt t"
    " WHERE t.id = {table}.attempt_id AND t.circle_id = {table}.circle_id))"
)


def _marks(what: str) -> models.Field:
    """What is marked, once at most."""
    return models.OneToOneField(
        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="not_reached",
        to=f"cases.{what}",
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0018_over_when_it_closes"),
        ("trust", "0029_grants_of_a_circle_by_one_index"),
    ]

    operations = [
        migrations.CreateModel(
            name="NotReached",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=breakwater.kernel.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("recorded_at", models.DateTimeField(db_default=breakwater.kernel.db.RecordedNow())),
                ("segments", segmented("Those of its note")),
                ("attempt", _marks("attempt")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trust.user",
                    ),
                ),
                (
                    "circle",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trust.circle",
                    ),
                ),
                ("note", _marks("note")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        name="either_a_note_or_a_try_was_no_contact",
                        condition=Q(note=None, attempt__isnull=False) | Q(note__isnull=False, attempt=None),
                    ),
                    models.CheckConstraint(
                        name="a_note_that_was_no_contact_says_why",
                        condition=Q(note=None) | ~Q(reason=""),
                    ),
                ],
            },
        ),
        walled_by_circle("cases_notreached", "care", tagged=True, also=_IN_ITS_CIRCLE),
        changes_only("cases_notreached", "segments"),
        told_of_in_the_journal("cases_notreached"),
    ]
