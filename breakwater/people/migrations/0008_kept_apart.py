"""A name, a way to reach somebody or a fact about them is kept apart by a law; and what is kept apart finds nobody."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

import breakwater.kernel.ids
from breakwater.trust.models import segmented
from breakwater.trust.walls import rewalled_by_segments, walled_by_circle

_walls = import_module("breakwater.people.migrations.0002_walls")
_everybody = import_module("breakwater.people.migrations.0005_everybody_who_may_know")

# The book of names, sounds and the emergency ask past the walls, for agencies that stand nowhere yet: a name that is kept
# apart stands in no book, whoever asks. Where it was lowered it comes back.
_BOOKS = _walls._BOOK[_walls._BOOK.index("CREATE FUNCTION people_names_of_grant") :]
_BOOKS = _BOOKS[: _BOOKS.index("CREATE TRIGGER")].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
_APART = _BOOKS.replace("AND n.ends_at IS NULL", "AND n.ends_at IS NULL AND n.segments = '{}'").replace(
    "AND NEW.ends_at IS NULL;", "AND NEW.ends_at IS NULL AND NEW.segments = '{}';"
)
_EMERGENCY_BEFORE = _everybody._IN_EMERGENCY % {"whose": _everybody._ELSEWHERE, "most": 100}
_EMERGENCY = _EMERGENCY_BEFORE.replace(
    "AND n.ends_at IS NULL", "AND n.ends_at IS NULL AND n.segments = '{}'"
).replace("AND c.ends_at IS NULL", "AND c.ends_at IS NULL AND c.segments = '{}'")
_IN_THEIR_CIRCLE = "EXISTS (SELECT 1 FROM people_person p WHERE p.id = {table}.person_id AND p.circle_id = {table}.circle_id)"


class Migration(migrations.Migration):
    dependencies = [("people", "0007_as_many_as_are_shown"), ("trust", "0025_parts_of_a_record")]

    operations = [
        migrations.AddField("correction", "segments", segmented("Those of what was corrected")),
        migrations.AddField("name", "segments", segmented("Which laws protect this beyond the rest")),
        migrations.AddField(
            "person",
            "has_apart",
            models.BooleanField(
                db_default=False,
                default=False,
                help_text="A law keeps some of this apart, and it stands elsewhere",
            ),
        ),
        migrations.CreateModel(
            name="Apart",
            fields=[
                ("segments", segmented("Which laws protect this beyond the rest")),
                (
                    "id",
                    models.UUIDField(
                        default=breakwater.kernel.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("field", models.CharField(max_length=40)),
                (
                    "value",
                    models.TextField(
                        blank=True, help_text="In words; of a birth date how far it can be trusted"
                    ),
                ),
                (
                    "day",
                    models.DateField(
                        blank=True, help_text="The birth date: a law counts years from it", null=True
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                (
                    "circle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.circle"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kept_apart",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("person"), models.F("field"), name="a_fact_is_kept_apart_once"
                    ),
                ],
            },
        ),
        walled_by_circle("people_apart", "who", tagged=True, also=_IN_THEIR_CIRCLE),
        *(rewalled_by_segments(f"people_{table}", "who") for table in ("name", "correction")),
        migrations.RunSQL(_APART, _BOOKS),
        migrations.RunSQL(_EMERGENCY, _EMERGENCY_BEFORE),
    ]
