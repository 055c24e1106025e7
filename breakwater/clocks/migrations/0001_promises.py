import django.contrib.postgres.constraints
import django.db.models.deletion
from django.db import migrations, models

import breakwater.kernel.db
import breakwater.kernel.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("trust", "0002_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name="Clock",
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
                ("kind", models.CharField(max_length=40)),
                (
                    "profile",
                    models.CharField(
                        help_text="Code and version of the profile it was started from", max_length=40
                    ),
                ),
                (
                    "calendar",
                    models.CharField(
                        db_default="hours",
                        default="hours",
                        help_text="By which calendar it is counted",
                        max_length=16,
                    ),
                ),
                ("about", models.UUIDField(help_text="What the promise is about, opaque here")),
                ("episode", models.UUIDField(help_text="The case it belongs to, opaque here", null=True)),
                ("started_at", models.DateTimeField()),
                ("due_soon_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                (
                    "paused_at",
                    models.DateTimeField(blank=True, help_text="Since when it stands still", null=True),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("met", "Met"),
                            ("replaced", "Replaced"),
                            ("excused", "Excused"),
                            ("closed", "Ended with the case"),
                        ],
                        max_length=10,
                    ),
                ),
                ("excuse", models.TextField(blank=True)),
                (
                    "agency",
                    models.ForeignKey(
                        db_index=False,
                        help_text="Who promised",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trust.agency",
                    ),
                ),
                (
                    "circle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.circle"
                    ),
                ),
                (
                    "ended_by",
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
                        condition=models.Q(("due_at__gt", models.F("started_at"))),
                        name="a_clock_is_due_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("due_soon_at__gte", models.F("started_at")),
                            ("due_soon_at__lte", models.F("due_at")),
                        ),
                        name="a_clock_is_due_soon_before_it_is_due",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at", None), ("ended_at__gte", models.F("started_at")), _connector="OR"
                        ),
                        name="a_clock_stops_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("ended_how", "")),
                            models.Q(
                                models.Q(("ended_how", ""), _negated=True),
                                models.Q(("ended_at", None), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_stopped_clock_says_how",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ended_at", None), ("paused_at", None), _connector="OR"),
                        name="a_stopped_clock_does_not_stand_still",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_how", "excused"), _negated=True),
                            models.Q(("excuse", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="an_excuse_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("calendar__in", ("hours", "local_days", "local_months", "business_days"))
                        ),
                        name="a_clock_is_counted_by_a_known_calendar",
                    ),
                    models.UniqueConstraint(
                        models.F("about"),
                        models.F("kind"),
                        condition=models.Q(("ended_at", None)),
                        name="one_running_clock_of_a_kind",
                    ),
                ],
                "indexes": [
                    models.Index(
                        models.F("agency"),
                        models.F("due_at"),
                        condition=models.Q(("ended_at", None)),
                        name="clock_breaches_next",
                    ),
                    models.Index(
                        models.F("agency"),
                        models.F("due_soon_at"),
                        condition=models.Q(("ended_at", None)),
                        name="clock_due_soon",
                    ),
                    models.Index(
                        models.F("agency"),
                        condition=models.Q(("ended_at", None), ("paused_at__isnull", False)),
                        name="clock_stands_still",
                    ),
                    models.Index(
                        models.F("episode"),
                        condition=models.Q(("ended_at", None)),
                        name="running_clock_by_episode",
                    ),
                    models.Index(models.F("episode"), models.F("started_at"), name="clock_by_episode"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Alarm",
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
                    models.CharField(choices=[("due_soon", "Due soon"), ("missed", "Missed")], max_length=8),
                ),
                ("announced_at", models.DateTimeField()),
                (
                    "circle",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trust.circle",
                    ),
                ),
                (
                    "clock",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alarms",
                        to="clocks.clock",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("clock"), models.F("kind"), name="each_alarm_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Pause",
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
                ("reason", models.CharField(max_length=40)),
                ("starts_at", models.DateTimeField()),
                ("until", models.DateTimeField(help_text="When it runs again at the latest")),
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
                    "clock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pauses", to="clocks.clock"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at", None), ("ends_at__gte", models.F("starts_at")), _connector="OR"
                        ),
                        name="pause_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("starts_at"))),
                        name="a_pause_is_not_for_ever",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("clock", "="), (breakwater.kernel.db.Period(), "&&")],
                        name="a_clock_is_paused_once_at_a_time",
                    ),
                ],
            },
        ),
    ]
