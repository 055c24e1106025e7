"""Goals and what was said to them, safety plans with their copies, safeguards, what helps, self-sufficiency."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import breakwater.kernel.db
import breakwater.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0005_circumstances"),
        ("people", "0002_walls"),
        ("plans", "0002_walls"),
        ("trust", "0012_what_was_told"),
    ]

    operations = [
        migrations.CreateModel(
            name="Goal",
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
                    "domain",
                    models.CharField(
                        choices=[
                            ("safety", "Safety"),
                            ("mental_health", "Mental health"),
                            ("housing", "Housing"),
                            ("food", "Food"),
                            ("medical", "Medical"),
                            ("substance_use", "Substance use"),
                            ("benefits", "Benefits"),
                            ("income", "Income and work"),
                            ("legal", "Legal"),
                            ("family", "Family"),
                            ("children", "Children"),
                            ("transport", "Transport"),
                            ("identification", "Identification"),
                            ("utilities", "Utilities"),
                        ],
                        max_length=16,
                    ),
                ),
                ("words", models.TextField(help_text="In the person's words")),
                (
                    "builds_on",
                    models.TextField(blank=True, help_text="Which strength of theirs, or what worked before"),
                ),
                ("starts_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField(db_default=breakwater.kernel.db.RecordedNow())),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("reached", "Reached"),
                            ("changed", "They want something else"),
                            ("left", "Left for now"),
                        ],
                        max_length=12,
                    ),
                ),
                ("outcome", models.TextField(blank=True)),
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
                        related_name="goals",
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
                        condition=models.Q(
                            ("ends_at", None), ("ends_at__gte", models.F("starts_at")), _connector="OR"
                        ),
                        name="goal_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_how", ""), ("ends_at", None)),
                            models.Q(("ends_at__isnull", False), models.Q(("ended_how", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="an_ended_goal_says_how",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("words", ""), _negated=True), name="a_goal_says_something"
                    ),
                ]
            },
        ),
        migrations.AddField(
            model_name="step",
            name="goal",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="steps",
                to="plans.goal",
            ),
        ),
        migrations.CreateModel(
            name="Lesson",
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
                        choices=[("trigger", "It makes it worse"), ("coping", "It helps")], max_length=8
                    ),
                ),
                ("words", models.TextField()),
                (
                    "works",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (0, "Not tried yet"),
                            (1, "It did not help"),
                            (2, "It helped a little"),
                            (3, "It helped"),
                            (4, "It helped a lot"),
                        ],
                        null=True,
                    ),
                ),
                ("with_others", models.BooleanField(default=False, help_text="It takes somebody else")),
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
                    "came_after",
                    models.ForeignKey(
                        blank=True,
                        help_text="How it was told before",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="plans.lesson",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lessons",
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
                        name="lesson_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("words", ""), _negated=True), name="a_lesson_says_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "coping"), ("works__isnull", False)),
                            models.Q(("kind", "trigger"), ("works", None)),
                            _connector="OR",
                        ),
                        name="what_helps_says_how_well",
                    ),
                    models.UniqueConstraint(
                        models.F("came_after"),
                        condition=models.Q(("came_after__isnull", False)),
                        name="a_lesson_is_told_anew_once",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="Safeguard",
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
                    "means",
                    models.CharField(
                        choices=[
                            ("firearm", "Firearm"),
                            ("medication", "Medication"),
                            ("sharps", "Blades and other sharp things"),
                            ("ligature", "Ropes, cords and belts"),
                            ("poison", "Household poison"),
                            ("other", "Something else"),
                        ],
                        max_length=10,
                    ),
                ),
                ("words", models.TextField(help_text="What was agreed")),
                ("who", models.TextField(help_text="Who does it")),
                ("due_at", models.DateTimeField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("removed", "Removed"),
                            ("locked", "Locked away"),
                            ("transferred", "With somebody else"),
                            ("disposed", "Disposed of"),
                            ("out_of_reach", "Confirmed out of reach"),
                            ("declined", "They would rather not"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "known_from",
                    models.TextField(blank=True, help_text="How we know; why, when they would rather not"),
                ),
                (
                    "segments",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("part2", "Substance use treatment"),
                                ("sud-counseling-notes", "Substance use counseling notes"),
                                ("psychotherapy-notes", "Psychotherapy notes"),
                                ("vsp", "Victim service"),
                                ("location-confidential", "Where they are is confidential"),
                                ("minor-confidential", "A minor's own, kept from parents"),
                                ("education", "School record"),
                                ("staff-wellbeing", "Wellbeing of staff"),
                            ],
                            max_length=30,
                        ),
                        blank=True,
                        default=list,
                        help_text="Those of the plan it was agreed under",
                        size=None,
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
                        related_name="safeguards",
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
                        condition=models.Q(
                            ("ends_at", None), ("ends_at__gte", models.F("starts_at")), _connector="OR"
                        ),
                        name="safeguard_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_how", ""), ("ends_at", None)),
                            models.Q(("ends_at__isnull", False), models.Q(("ended_how", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="an_ended_safeguard_says_how",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("words", ""), _negated=True), models.Q(("who", ""), _negated=True)
                        ),
                        name="a_safeguard_says_what_and_who",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at", None), models.Q(("known_from", ""), _negated=True), _connector="OR"
                        ),
                        name="an_ended_safeguard_says_how_we_know",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="SafetyPlan",
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
                ("version", models.PositiveSmallIntegerField(help_text="1 for the first")),
                ("warning_signs", models.TextField(blank=True)),
                ("own_coping", models.TextField(blank=True)),
                ("distraction", models.TextField(blank=True)),
                ("people_to_ask", models.TextField(blank=True)),
                ("professionals", models.TextField(blank=True)),
                ("surroundings", models.TextField(blank=True)),
                ("reasons", models.TextField(blank=True)),
                (
                    "form",
                    models.CharField(
                        help_text="Which version of our form, and so which minimum", max_length=20
                    ),
                ),
                (
                    "lacks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, default=list, size=None
                    ),
                ),
                ("review_at", models.DateTimeField(help_text="By when it is read again")),
                ("starts_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField(db_default=breakwater.kernel.db.RecordedNow())),
                (
                    "segments",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("part2", "Substance use treatment"),
                                ("sud-counseling-notes", "Substance use counseling notes"),
                                ("psychotherapy-notes", "Psychotherapy notes"),
                                ("vsp", "Victim service"),
                                ("location-confidential", "Where they are is confidential"),
                                ("minor-confidential", "A minor's own, kept from parents"),
                                ("education", "School record"),
                                ("staff-wellbeing", "Wellbeing of staff"),
                            ],
                            max_length=30,
                        ),
                        blank=True,
                        default=list,
                        help_text="Which laws protect this beyond the rest",
                        size=None,
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
                        related_name="safety_plans",
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
                    models.UniqueConstraint(
                        models.F("case"),
                        models.F("version"),
                        name="versions_of_a_plan_come_one_after_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("distraction", ""),
                            ("own_coping", ""),
                            ("people_to_ask", ""),
                            ("professionals", ""),
                            ("reasons", ""),
                            ("surroundings", ""),
                            ("warning_signs", ""),
                            _negated=True,
                        ),
                        name="a_safety_plan_says_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("review_at__gt", models.F("starts_at"))),
                        name="a_safety_plan_is_read_again",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="CopyGiven",
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
                    "how",
                    models.CharField(
                        choices=[
                            ("paper", "On paper, into their hand"),
                            ("read", "Read aloud together"),
                            ("sent", "Sent to them"),
                        ],
                        max_length=6,
                    ),
                ),
                (
                    "safe_to_keep",
                    models.BooleanField(default=False, help_text="They said that they can keep it safely"),
                ),
                ("at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField(db_default=breakwater.kernel.db.RecordedNow())),
                (
                    "segments",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("part2", "Substance use treatment"),
                                ("sud-counseling-notes", "Substance use counseling notes"),
                                ("psychotherapy-notes", "Psychotherapy notes"),
                                ("vsp", "Victim service"),
                                ("location-confidential", "Where they are is confidential"),
                                ("minor-confidential", "A minor's own, kept from parents"),
                                ("education", "School record"),
                                ("staff-wellbeing", "Wellbeing of staff"),
                            ],
                            max_length=30,
                        ),
                        blank=True,
                        default=list,
                        help_text="Those of its plan",
                        size=None,
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
                    "contact_point",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.contactpoint",
                    ),
                ),
                (
                    "supporter",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: the person themselves",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.supporter",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="copies",
                        to="plans.safetyplan",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("contact_point__isnull", False), ("how", "sent"), ("supporter", None)),
                            models.Q(models.Q(("how", "sent"), _negated=True), ("contact_point", None)),
                            _connector="OR",
                        ),
                        name="what_is_sent_says_where",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("how", "read"), ("safe_to_keep", True), _connector="OR"),
                        name="what_is_kept_can_be_kept_safely",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="Sufficiency",
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
                    "moment",
                    models.CharField(
                        choices=[("entry", "At entry"), ("interval", "In between"), ("exit", "At exit")],
                        max_length=8,
                    ),
                ),
                ("matrix", models.CharField(help_text="Which version of the matrix", max_length=20)),
                ("levels", models.TextField()),
                ("words", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
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
                        related_name="sufficiency",
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
                    models.UniqueConstraint(
                        models.F("case"),
                        condition=models.Q(("moment", "entry")),
                        name="one_entry_reading_per_case",
                    ),
                    models.UniqueConstraint(
                        models.F("case"),
                        condition=models.Q(("moment", "exit")),
                        name="one_exit_reading_per_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("levels", ""), _negated=True), name="a_reading_says_some_level"
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="Agreement",
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
                ("version", models.PositiveSmallIntegerField(help_text="1 for the first")),
                (
                    "as_shown",
                    models.TextField(help_text="The plan as it stood, a line for each goal and step"),
                ),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("signed", "They signed"),
                            ("aloud", "They agreed aloud"),
                            ("not", "They did not agree"),
                        ],
                        max_length=8,
                    ),
                ),
                ("voice", models.TextField(blank=True, help_text="What they said to it, in their words")),
                ("signature", models.TextField(blank=True, help_text="Their name, typed by themselves")),
                (
                    "why_not",
                    models.TextField(
                        blank=True, help_text="Why there is no signature, or what is to be known about it"
                    ),
                ),
                ("at", models.DateTimeField()),
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
                        related_name="agreements",
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
                    models.UniqueConstraint(
                        models.F("case"), models.F("version"), name="agreements_come_one_after_another"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("as_shown", ""), _negated=True),
                        name="an_agreement_shows_the_plan",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("how", "signed"), models.Q(("signature", ""), _negated=True)),
                            models.Q(
                                models.Q(("how", "signed"), _negated=True),
                                ("signature", ""),
                                models.Q(("why_not", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="an_agreement_is_signed_or_says_why_not",
                    ),
                ],
            },
        ),
    ]
