"""The duty table in versions; prompts, what was answered, and threats that were weighed."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import breakwater.kernel.db
import breakwater.kernel.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0005_circumstances"),
        ("trust", "0012_what_was_told"),
    ]

    operations = [
        migrations.CreateModel(
            name="Duty",
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
                    "line",
                    models.UUIDField(
                        default=breakwater.kernel.ids.new_id, help_text="The row, through all its versions"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("jurisdiction", models.CharField(max_length=120)),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("child", "Child abuse or neglect"),
                            ("elder", "Abuse of an older person"),
                            ("dependent-adult", "Abuse of an adult who depends on others"),
                            ("dv-injury", "An injury by somebody close to them"),
                            ("gunshot", "A gunshot or stab wound"),
                            ("duty-to-warn", "Duty to warn"),
                            ("duty-to-protect", "Duty to protect"),
                            ("abuse-in-care", "Abuse by somebody paid to care"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "reporter_roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("intake_worker", "Intake worker"),
                                ("responder", "Mobile responder"),
                                ("case_manager", "Crisis case manager"),
                                ("supervisor", "Supervisor"),
                                ("partner", "Partner worker"),
                                ("privacy_officer", "Privacy officer"),
                                ("administrator", "Administrator"),
                                ("own", "A role of the agency's own"),
                                ("system", "Breakwater itself"),
                            ],
                            max_length=20,
                        ),
                        default=list,
                        help_text="Empty means everybody",
                        size=None,
                    ),
                ),
                (
                    "force",
                    models.CharField(
                        choices=[
                            ("mandatory", "Must be done"),
                            ("permissive", "May be done"),
                            ("none", "Nothing is asked here"),
                        ],
                        max_length=10,
                    ),
                ),
                ("trigger", models.TextField(help_text="When it applies, in the words of the agency")),
                ("deadline_oral_min", models.PositiveIntegerField(blank=True, null=True)),
                ("deadline_written_h", models.PositiveIntegerField(blank=True, null=True)),
                ("report_to", models.CharField(blank=True, max_length=200)),
                ("agency_phone", models.CharField(blank=True, max_length=60)),
                ("form", models.CharField(blank=True, max_length=200)),
                ("immunity", models.TextField(blank=True)),
                ("citation", models.CharField(max_length=300)),
                ("reviewed_by", models.CharField(blank=True, max_length=200)),
                ("reviewed_on", models.DateField(blank=True, null=True)),
                ("review_due", models.DateField(blank=True, null=True)),
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
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at", None), ("ends_at__gte", models.F("starts_at")), _connector="OR"
                        ),
                        name="a_duty_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("citation", ""), _negated=True),
                            models.Q(("jurisdiction", ""), _negated=True),
                        ),
                        name="a_duty_cites_its_law",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("deadline_oral_min", None), ("deadline_oral_min__gt", 0), _connector="OR"
                            ),
                            models.Q(
                                ("deadline_written_h", None), ("deadline_written_h__gt", 0), _connector="OR"
                            ),
                        ),
                        name="a_deadline_is_some_time_away",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reviewed_on", None),
                            models.Q(
                                models.Q(("reviewed_by", ""), _negated=True),
                                ("review_due__gt", models.F("reviewed_on")),
                            ),
                            _connector="OR",
                        ),
                        name="a_reviewed_duty_says_who_and_until_when",
                    ),
                    models.UniqueConstraint(models.F("line"), models.F("version"), name="one_row_a_version"),
                    models.UniqueConstraint(
                        models.F("line"), condition=models.Q(("ends_at", None)), name="one_version_in_force"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Prompt",
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
                ("line", models.UUIDField(help_text="The row it asks for, through all its versions")),
                (
                    "signal",
                    models.CharField(
                        choices=[
                            ("danger_others", "A danger to others, likely or now"),
                            ("danger_community", "A danger to the community, likely or now"),
                            ("child_in_home", "A child in the home"),
                            ("older_person", "An older person who may be harmed or neglected"),
                            ("dependent_adult", "An adult who depends on others and may be harmed"),
                            ("harm_in_care", "Harm by somebody who is paid to care"),
                            ("weapon", "A weapon within reach"),
                            ("named_target", "A threat to somebody who can be named"),
                            ("injury_by_partner", "An injury by somebody close to them"),
                            ("wound", "A gunshot or stab wound"),
                            ("by_hand", "A worker asked"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "news",
                    models.BigIntegerField(help_text="The entry of the journal that opened it", null=True),
                ),
                ("became_aware_at", models.DateTimeField(help_text="Its clocks count from here")),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("reported", "Reported"),
                            ("warned", "Somebody was warned"),
                            ("not_required", "Not required"),
                            ("otherwise", "Done in another lawful way"),
                        ],
                        max_length=14,
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
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prompts",
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
                (
                    "duty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="duties.duty"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at", None), ("ends_at__gte", models.F("starts_at")), _connector="OR"
                        ),
                        name="prompt_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_how", ""), ("ends_at", None)),
                            models.Q(("ends_at__isnull", False), models.Q(("ended_how", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="an_answered_prompt_says_how",
                    ),
                    models.UniqueConstraint(
                        models.F("case"),
                        models.F("line"),
                        condition=models.Q(("ends_at", None)),
                        name="one_open_prompt_of_a_row_and_case",
                    ),
                    models.UniqueConstraint(
                        models.F("line"), models.F("news"), name="one_prompt_of_a_row_for_a_piece_of_news"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Answer",
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
                            ("reported", "Reported"),
                            ("consulted", "Talked over with a supervisor"),
                            ("not_required", "Not required"),
                            ("otherwise", "Done in another lawful way"),
                        ],
                        max_length=14,
                    ),
                ),
                ("to_whom", models.CharField(blank=True, max_length=200)),
                (
                    "how",
                    models.CharField(
                        blank=True, choices=[("voice", "By voice"), ("writing", "In writing")], max_length=8
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=120)),
                (
                    "way",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("medical_emergency", "Tell medical staff, in a medical emergency (42 CFR 2.51)"),
                            (
                                "court_order",
                                "Ask a court for an order (42 CFR 2.61 to 2.67; 2.63 for a threat to life)",
                            ),
                            ("not_as_patient", "Report without saying that they are in treatment"),
                            ("consent", "Ask the person, and take their own consent"),
                            ("closer_care", "Stay closer: more contact, means made safe, a bed"),
                        ],
                        max_length=20,
                    ),
                ),
                ("words", models.TextField(blank=True)),
                ("at", models.DateTimeField(help_text="When it was done")),
                ("recorded_at", models.DateTimeField(db_default=breakwater.kernel.db.RecordedNow())),
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
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trust.circle",
                    ),
                ),
                (
                    "prompt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="duties.prompt",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "reported"), _negated=True),
                            models.Q(
                                models.Q(("to_whom", ""), _negated=True),
                                models.Q(("how", ""), _negated=True),
                                models.Q(("words", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_report_says_to_whom_and_how",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "not_required"), _negated=True),
                            models.Q(("words", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="an_answer_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "otherwise"), _negated=True),
                            models.Q(("way", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="another_way_is_named",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Weighing",
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
                    "victim",
                    models.CharField(
                        help_text="Who is threatened, as far as they can be told apart", max_length=300
                    ),
                ),
                ("threat", models.TextField()),
                ("means", models.TextField()),
                ("imminence", models.TextField(help_text="How soon, and how that is known")),
                (
                    "options",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("warn_victim", "Warn whoever is threatened"),
                                ("police", "Tell the police"),
                                ("hospital", "Have them admitted"),
                                ("closer_care", "Stay closer: more contact, means made safe"),
                                ("other", "Something else"),
                                ("nothing", "Nothing more: it is not serious, or not imminent"),
                            ],
                            max_length=14,
                        ),
                        help_text="What was considered",
                        size=None,
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("warn_victim", "Warn whoever is threatened"),
                            ("police", "Tell the police"),
                            ("hospital", "Have them admitted"),
                            ("closer_care", "Stay closer: more contact, means made safe"),
                            ("other", "Something else"),
                            ("nothing", "Nothing more: it is not serious, or not imminent"),
                        ],
                        max_length=14,
                    ),
                ),
                ("action_words", models.TextField(help_text="Why this, and what exactly was done")),
                ("warned", models.CharField(blank=True, help_text="Who was warned or told", max_length=200)),
                ("at", models.DateTimeField(help_text="When it was done")),
                ("recorded_at", models.DateTimeField(db_default=breakwater.kernel.db.RecordedNow())),
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
                        related_name="weighings",
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
                (
                    "prompt",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="weighings",
                        to="duties.prompt",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("victim", ""), _negated=True),
                            models.Q(("threat", ""), _negated=True),
                            models.Q(("means", ""), _negated=True),
                            models.Q(("imminence", ""), _negated=True),
                            models.Q(("action_words", ""), _negated=True),
                        ),
                        name="a_threat_is_weighed_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("action__in", ["warn_victim", "police"]), _negated=True),
                            models.Q(("warned", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_warning_says_whom",
                    ),
                ],
            },
        ),
    ]
