import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

import breakwater.kernel.db
import breakwater.kernel.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("trust", "0003_forgetting"),
    ]

    operations = [
        migrations.CreateModel(
            name="Bed",
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
                ("label", models.CharField(max_length=60)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("crisis", "Crisis stabilization"),
                            ("crisis_chair", "Crisis stabilization, chair"),
                            ("inpatient_adult", "Psychiatric inpatient, adults"),
                            ("inpatient_child", "Psychiatric inpatient, children"),
                            ("inpatient_older", "Psychiatric inpatient, older adults"),
                            ("detox", "Detox"),
                            ("respite", "Respite"),
                            ("shelter_adult", "Shelter, adults"),
                            ("shelter_women", "Shelter, women"),
                            ("shelter_men", "Shelter, men"),
                            ("shelter_family", "Shelter, family"),
                            ("shelter_youth", "Shelter, youth"),
                            ("safe_house", "Safe house"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "accepts",
                    models.CharField(blank=True, help_text="Whom it takes, in words", max_length=300),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        help_text="Who keeps it",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trust.agency",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at", None), ("ends_at__gte", models.F("starts_at")), _connector="OR"
                        ),
                        name="bed_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("label", ""), _negated=True), name="a_bed_is_called_something"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Organization",
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
                ("source", models.CharField(max_length=80)),
                ("external_id", models.CharField(max_length=200)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                ("name", models.TextField()),
                ("alternate_name", models.TextField(blank=True)),
                ("description", models.TextField(blank=True)),
                ("email", models.TextField(blank=True)),
                ("url", models.TextField(blank=True)),
                ("mail_address", models.TextField(blank=True)),
                ("postal_code", models.TextField(blank=True, help_text="Of its mail address")),
                ("state", models.TextField(blank=True, help_text="Of its mail address")),
                ("tax_id", models.TextField(blank=True)),
                ("tax_status", models.TextField(blank=True)),
                ("legal_status", models.TextField(blank=True)),
                ("year_incorporated", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "agency",
                    models.OneToOneField(
                        blank=True,
                        help_text="When it works with Breakwater too",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="listed_as",
                        to="trust.agency",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        models.F("source"), models.F("external_id"), name="organization_once_per_source"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="an_organization_has_a_name"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutOfService",
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
                ("reason", models.CharField(max_length=200)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                (
                    "bed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="out_of_service",
                        to="resources.bed",
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
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at", None), ("ends_at__gte", models.F("starts_at")), _connector="OR"
                        ),
                        name="out_of_service_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="out_of_service_has_a_reason"
                    ),
                    models.UniqueConstraint(
                        models.F("bed"),
                        condition=models.Q(("ends_at", None)),
                        name="a_bed_is_out_of_service_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Place",
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
                ("source", models.CharField(max_length=80)),
                ("external_id", models.CharField(max_length=200)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                ("name", models.TextField()),
                ("alternate_name", models.TextField(blank=True)),
                ("description", models.TextField(blank=True)),
                ("address", models.TextField(blank=True, help_text="Street and number; a line each")),
                ("city", models.TextField(blank=True)),
                ("state", models.TextField(blank=True)),
                ("postal_code", models.TextField(blank=True)),
                ("country", models.TextField(blank=True)),
                ("mail_address", models.TextField(blank=True)),
                ("latitude", models.FloatField(blank=True, null=True)),
                ("longitude", models.FloatField(blank=True, null=True)),
                (
                    "located_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("file", "As listed"),
                            ("zip", "Middle of its ZIP code"),
                            ("mail", "Middle of the ZIP code of the mail address"),
                        ],
                        max_length=8,
                    ),
                ),
                ("time_zone", models.CharField(blank=True, max_length=64)),
                ("transportation", models.TextField(blank=True)),
                ("accessibility", models.TextField(blank=True)),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                ("url", models.TextField(blank=True)),
                (
                    "is_virtual",
                    models.BooleanField(default=False, help_text="By phone or online; nowhere to go"),
                ),
                ("is_confidential", models.BooleanField(default=False)),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="places",
                        to="resources.organization",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        models.F("source"), models.F("external_id"), name="place_once_per_source"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="a_place_has_a_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("latitude", None), ("longitude", None)),
                            models.Q(("latitude__isnull", False), ("longitude__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_position_has_two_parts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("latitude", None),
                            models.Q(("latitude__range", (-90, 90)), ("longitude__range", (-180, 180))),
                            _connector="OR",
                        ),
                        name="a_position_is_on_earth",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_confidential", False),
                            models.Q(
                                ("address", ""),
                                ("alternate_name", ""),
                                ("description", ""),
                                ("latitude", None),
                                ("longitude", None),
                                ("mail_address", ""),
                                ("postal_code", ""),
                                ("transportation", ""),
                            ),
                            _connector="OR",
                        ),
                        name="a_confidential_place_keeps_no_address",
                    ),
                ],
                "indexes": [
                    models.Index(
                        models.F("latitude"),
                        models.F("longitude"),
                        condition=models.Q(("is_confidential", False), ("retired_at", None)),
                        name="place_by_position",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="bed",
            name="place",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="beds", to="resources.place"
            ),
        ),
        migrations.CreateModel(
            name="Service",
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
                ("source", models.CharField(max_length=80)),
                ("external_id", models.CharField(max_length=200)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                ("name", models.TextField()),
                ("alternate_name", models.TextField(blank=True)),
                ("program", models.TextField(blank=True)),
                ("description", models.TextField(blank=True)),
                (
                    "alert",
                    models.TextField(blank=True, help_text="What changed lately, in the source's words"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("paused", "Temporarily closed"),
                            ("inactive", "Inactive"),
                            ("defunct", "No longer exists"),
                        ],
                        default="active",
                        max_length=8,
                    ),
                ),
                ("eligibility", models.TextField(blank=True)),
                ("minimum_age", models.FloatField(blank=True, null=True)),
                ("maximum_age", models.FloatField(blank=True, null=True)),
                ("how_to_apply", models.TextField(blank=True)),
                ("documents", models.TextField(blank=True, help_text="What to bring")),
                ("fees", models.TextField(blank=True)),
                ("wait_time", models.TextField(blank=True)),
                ("areas", models.TextField(blank=True, help_text="Whom it serves by where they live")),
                ("interpretation", models.TextField(blank=True)),
                ("accreditations", models.TextField(blank=True)),
                ("licenses", models.TextField(blank=True)),
                ("email", models.TextField(blank=True)),
                ("url", models.TextField(blank=True)),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "terms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(),
                        blank=True,
                        default=list,
                        help_text="How its source files it",
                        size=None,
                    ),
                ),
                (
                    "needs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), blank=True, default=list, size=None
                    ),
                ),
                (
                    "assured_on",
                    models.DateField(blank=True, help_text="When its source last checked it", null=True),
                ),
                (
                    "is_placed",
                    models.BooleanField(
                        db_default=False, help_text="At least one of its places has a position"
                    ),
                ),
                (
                    "states",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(),
                        blank=True,
                        db_default=[],
                        help_text="Where its places are, or else its organization",
                        size=None,
                    ),
                ),
                (
                    "names",
                    models.TextField(
                        blank=True, help_text="Its names and its organization's, to be found by"
                    ),
                ),
                ("search", django.contrib.postgres.search.SearchVectorField(editable=False, null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="services",
                        to="resources.organization",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        models.F("source"), models.F("external_id"), name="service_once_per_source"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="a_service_has_a_name"
                    ),
                ],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["needs"], name="service_by_need"),
                    django.contrib.postgres.indexes.GinIndex(fields=["search"], name="service_by_words"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["names"], name="service_by_names", opclasses=["gin_trgm_ops"]
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Phone",
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
                ("source", models.CharField(max_length=80)),
                ("external_id", models.CharField(max_length=200)),
                ("number", models.TextField()),
                ("extension", models.TextField(blank=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("voice", "Voice"),
                            ("hotline", "Hotline"),
                            ("text", "Text messages"),
                            ("tty", "TTY"),
                            ("fax", "Fax"),
                        ],
                        default="voice",
                        max_length=8,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                (
                    "organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="phones",
                        to="resources.organization",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="phones",
                        to="resources.place",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="phones",
                        to="resources.service",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        models.F("source"), models.F("external_id"), name="phone_once_per_source"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("service__isnull", False),
                            ("place__isnull", False),
                            ("organization__isnull", False),
                            _connector="OR",
                        ),
                        name="a_phone_belongs_to_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number", ""), _negated=True), name="a_phone_has_a_number"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Hours",
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
                ("source", models.CharField(max_length=80)),
                ("external_id", models.CharField(max_length=200)),
                ("weekday", models.PositiveSmallIntegerField(help_text="0 is Monday", null=True)),
                (
                    "nth",
                    models.SmallIntegerField(help_text="Which of the month; none for every week", null=True),
                ),
                ("month_day", models.SmallIntegerField(null=True)),
                ("opens_at", models.TimeField(null=True)),
                ("closes_at", models.TimeField(null=True)),
                ("starts_on", models.DateField(null=True)),
                ("ends_on", models.DateField(null=True)),
                ("words", models.TextField(blank=True)),
                (
                    "time_zone",
                    models.CharField(blank=True, help_text="Empty: where the reader is", max_length=64),
                ),
                (
                    "place",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hours",
                        to="resources.place",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hours",
                        to="resources.service",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        models.F("source"), models.F("external_id"), name="hours_once_per_source"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("service__isnull", False), ("place__isnull", False), _connector="OR"
                        ),
                        name="hours_belong_to_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weekday", None), ("weekday__lte", 6), _connector="OR"),
                        name="a_week_has_seven_days",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closes_at", None), ("opens_at", None)),
                            models.Q(("closes_at__isnull", False), ("opens_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="what_opens_closes",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["time_zone", "weekday"],
                        include=(
                            "opens_at",
                            "closes_at",
                            "nth",
                            "month_day",
                            "starts_on",
                            "ends_on",
                            "place",
                            "service",
                        ),
                        name="hours_by_day",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Holiday",
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
                ("source", models.CharField(max_length=80)),
                ("external_id", models.CharField(max_length=200)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("every_year", models.BooleanField(default=False)),
                ("opens_at", models.TimeField(null=True)),
                ("closes_at", models.TimeField(null=True)),
                (
                    "time_zone",
                    models.CharField(blank=True, help_text="Empty: where the reader is", max_length=64),
                ),
                (
                    "place",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="holidays",
                        to="resources.place",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="holidays",
                        to="resources.service",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        models.F("source"), models.F("external_id"), name="holiday_once_per_source"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("service__isnull", False), ("place__isnull", False), _connector="OR"
                        ),
                        name="a_holiday_belongs_to_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="a_holiday_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closes_at", None), ("opens_at", None)),
                            models.Q(("closes_at__isnull", False), ("opens_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_holiday_that_opens_closes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Capacity",
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
                    "unit",
                    models.CharField(
                        default="places", help_text="Beds, places, appointments …", max_length=60
                    ),
                ),
                ("total", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "free",
                    models.PositiveIntegerField(
                        blank=True, help_text="Empty means unknown, never zero", null=True
                    ),
                ),
                ("told_by", models.CharField(help_text="An agency, a source, a phone call", max_length=200)),
                ("as_of", models.DateTimeField(help_text="When it was so")),
                ("recorded_at", models.DateTimeField(db_default=breakwater.kernel.db.RecordedNow())),
                (
                    "ends_at",
                    models.DateTimeField(
                        blank=True, help_text="When a newer figure took its place", null=True
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
                (
                    "place",
                    models.ForeignKey(
                        blank=True,
                        help_text="If it has several",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="capacities",
                        to="resources.place",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="capacities",
                        to="resources.service",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ends_at", None)),
                        fields=("service", "place"),
                        name="one_standing_figure_per_service_and_place",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("total", None), ("free", None), ("free__lte", models.F("total")), _connector="OR"
                        ),
                        name="no_more_free_than_there_are",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("told_by", ""), _negated=True), name="a_figure_has_a_source"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceAt",
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
                ("source", models.CharField(max_length=80)),
                ("external_id", models.CharField(max_length=200)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                ("description", models.TextField(blank=True)),
                (
                    "hours_from",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("here", "Of this service at this place"),
                            ("service", "Of the service"),
                            ("place", "Of the place"),
                        ],
                        db_default="",
                        max_length=8,
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gives",
                        to="resources.place",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="given_at",
                        to="resources.service",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        models.F("source"), models.F("external_id"), name="serviceat_once_per_source"
                    ),
                    models.UniqueConstraint(
                        models.F("service"),
                        models.F("place"),
                        condition=models.Q(("retired_at", None)),
                        name="a_service_is_at_a_place_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Import",
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
                ("source", models.CharField(max_length=80)),
                ("package", models.TextField(help_text="The name of its file or folder")),
                ("shape", models.CharField(help_text="Which kind of package it was read as", max_length=20)),
                (
                    "digest",
                    models.CharField(
                        help_text="Of all its files, so that the same package is known again", max_length=64
                    ),
                ),
                ("counts", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
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
            options={
                "indexes": [models.Index(models.F("source"), models.F("at"), name="import_by_source")],
            },
        ),
        migrations.AddConstraint(
            model_name="bed",
            constraint=models.UniqueConstraint(
                models.F("place"),
                models.F("label"),
                condition=models.Q(("ends_at", None)),
                name="a_bed_has_its_own_label",
            ),
        ),
    ]
