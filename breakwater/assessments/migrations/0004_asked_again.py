"""When one asks again, what an agency says of it and of bands, and until when a certificate holds."""

import django.db.models.deletion
from django.db import migrations, models

import breakwater.kernel.ids
from breakwater.trust.walls import changes_only, walled

_DATED = models.Q(models.Q(("again", "date"), ("again_from__isnull", False)), models.Q(models.Q(("again", "date"), _negated=True), ("again_from", None)), _connector="OR")  # fmt: skip
_COUNTED = models.Q(models.Q(("again", "date"), ("days__gt", 0), ("days__isnull", False)), models.Q(models.Q(("again", "date"), _negated=True), ("days", None)), _connector="OR")  # fmt: skip
_AGAIN = [
    ("date", "From a day on"),
    ("contact", "At each contact"),
    ("incident", "After each incident"),
    ("change", "When something changes"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0003_in_another_language"),
        ("trust", "0024_a_device_that_goes_along"),
    ]

    operations = [
        migrations.AddField(
            model_name="assessment",
            name="again",
            field=models.CharField(
                blank=True, choices=_AGAIN, help_text="As it was usual then", max_length=8
            ),
        ),
        migrations.AddField(
            model_name="assessment", name="again_from", field=models.DateField(blank=True, null=True)
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=_DATED, name="asked_again_from_a_day_where_it_hangs_on_one"
            ),
        ),
        migrations.CreateModel(
            name="AgencyDefault",
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
                ("instrument", models.CharField(max_length=60)),
                (
                    "again",
                    models.CharField(
                        blank=True,
                        choices=[*_AGAIN, ("never", "Not by itself")],
                        help_text="Empty: as practice does",
                        max_length=8,
                    ),
                ),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="With a day: after how many days", null=True
                    ),
                ),
                (
                    "profile",
                    models.CharField(blank=True, help_text="Empty: nobody has chosen for all", max_length=20),
                ),
                (
                    "bands",
                    models.TextField(blank=True, help_text="Of its own manual, where none are shipped"),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.agency"
                    ),
                ),
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
            ],
        ),
        migrations.AddConstraint(
            model_name="agencydefault",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at", None), ("ends_at__gte", models.F("starts_at")), _connector="OR"
                ),
                name="an_agency_default_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="agencydefault",
            constraint=models.CheckConstraint(
                condition=_COUNTED, name="an_agency_default_counts_days_to_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="agencydefault",
            constraint=models.UniqueConstraint(
                models.F("agency"),
                models.F("instrument"),
                condition=models.Q(("ends_at", None)),
                name="one_default_of_an_agency_in_force",
            ),
        ),
        migrations.AddField(
            model_name="attestation",
            name="holds_until",
            field=models.DateField(
                blank=True, help_text="The last day on which it holds; empty: open", null=True
            ),
        ),
        walled("assessments_agencydefault", "agency"),
        changes_only("assessments_agencydefault", "ends_at"),
    ]
