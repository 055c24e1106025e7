"""Circumstances that a law may ask about, behind the wall of their case."""

import django.db.models.deletion
from django.db import migrations, models

import breakwater.kernel.ids
from breakwater.trust.walls import walled_by_circle

_ONE_CIRCLE = [
    (
        "ALTER TABLE cases_circumstance ADD CONSTRAINT circumstance_lies_in_the_circle_of_its_case"
        " FOREIGN KEY (case_id, circle_id) REFERENCES cases_case (id, circle_id)"
    ),
    (
        "CREATE TRIGGER cases_circumstance_is_never_deleted BEFORE DELETE OR TRUNCATE ON cases_circumstance"
        " FOR EACH STATEMENT EXECUTE FUNCTION trust_is_append_only()"
    ),
]
_MANY_CIRCLES = [
    "DROP TRIGGER cases_circumstance_is_never_deleted ON cases_circumstance",
    "ALTER TABLE cases_circumstance DROP CONSTRAINT circumstance_lies_in_the_circle_of_its_case",
]


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0004_looked_after"),
        ("trust", "0012_what_was_told"),
    ]

    operations = [
        migrations.CreateModel(
            name="Circumstance",
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
                        choices=[
                            ("child_in_home", "A child in the home"),
                            ("older_person", "An older person who may be harmed or neglected"),
                            ("dependent_adult", "An adult who depends on others and may be harmed"),
                            ("harm_in_care", "Harm by somebody who is paid to care"),
                            ("weapon", "A weapon within reach"),
                            ("named_target", "A threat to somebody who can be named"),
                            ("injury_by_partner", "An injury by somebody close to them"),
                            ("wound", "A gunshot or stab wound"),
                        ],
                        max_length=20,
                    ),
                ),
                ("words", models.TextField(blank=True)),
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
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="circumstances",
                        to="cases.case",
                    ),
                ),
                (
                    "circle",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trust.circle",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at", None), ("ends_at__gte", models.F("starts_at")), _connector="OR"
                        ),
                        name="circumstance_ends_after_it_starts",
                    ),
                    models.UniqueConstraint(
                        models.F("case"),
                        models.F("kind"),
                        condition=models.Q(("ends_at", None)),
                        name="one_standing_circumstance_of_a_kind",
                    ),
                ],
            },
        ),
        walled_by_circle("cases_circumstance", "care"),
        migrations.RunSQL(_ONE_CIRCLE, _MANY_CIRCLES),
    ]
