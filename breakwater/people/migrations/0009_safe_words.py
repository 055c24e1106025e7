"""By what a person is known on the phone. One word at a time, ended and never thrown away."""

import django.db.models.deletion
from django.db import migrations, models

import breakwater.kernel.ids
from breakwater.trust.walls import never_deleted, walled_by_circle

_ENDS_NOT_BEFORE = models.Q(("ends_at", None), ("ends_at__gte", models.F("starts_at")), _connector="OR")
_IN_THEIR_CIRCLE = "EXISTS (SELECT 1 FROM people_person p WHERE p.id = {table}.person_id AND p.circle_id = {table}.circle_id)"


class Migration(migrations.Migration):
    dependencies = [("people", "0008_kept_apart"), ("trust", "0027_a_key_of_each_person")]

    operations = [
        migrations.CreateModel(
            name="SafeWord",
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
                (
                    "kind",
                    models.CharField(
                        choices=[("chosen", "A word that they chose"), ("handed", "A code handed to them")],
                        max_length=6,
                    ),
                ),
                (
                    "word",
                    models.TextField(
                        help_text="A slow hash of it, under the person's key: it goes with their record"
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.circle"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="safe_words",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=_ENDS_NOT_BEFORE, name="safe_word_ends_after_it_starts"),
                    models.UniqueConstraint(
                        models.F("person"),
                        condition=models.Q(("ends_at", None)),
                        name="one_safe_word_at_a_time",
                    ),
                ],
            },
        ),
        walled_by_circle("people_safeword", "who", also=_IN_THEIR_CIRCLE),
        never_deleted("people_safeword"),
    ]
