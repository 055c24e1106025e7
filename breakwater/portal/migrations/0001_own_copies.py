"""Copies that were handed out, and what was done on them."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import breakwater.kernel.db
import breakwater.kernel.ids
from breakwater.trust.walls import never_deleted, walled_by_circle

_ONE_CIRCLE = [
    "ALTER TABLE portal_owncopy ADD CONSTRAINT an_own_copy_lies_in_one_circle UNIQUE (id, circle_id)",
    (
        "ALTER TABLE portal_owncopy ADD CONSTRAINT own_copy_lies_in_the_circle_of_its_case"
        " FOREIGN KEY (case_id, circle_id) REFERENCES cases_case (id, circle_id)"
    ),
    (
        "ALTER TABLE portal_ownact ADD CONSTRAINT own_act_lies_in_the_circle_of_its_case"
        " FOREIGN KEY (case_id, circle_id) REFERENCES cases_case (id, circle_id)"
    ),
    (
        "ALTER TABLE portal_ownact ADD CONSTRAINT own_act_lies_in_the_circle_of_its_copy"
        " FOREIGN KEY (copy_id, circle_id) REFERENCES portal_owncopy (id, circle_id)"
    ),
]
_MANY_CIRCLES = [
    "ALTER TABLE portal_ownact DROP CONSTRAINT own_act_lies_in_the_circle_of_its_copy",
    "ALTER TABLE portal_ownact DROP CONSTRAINT own_act_lies_in_the_circle_of_its_case",
    "ALTER TABLE portal_owncopy DROP CONSTRAINT own_copy_lies_in_the_circle_of_its_case",
    "ALTER TABLE portal_owncopy DROP CONSTRAINT an_own_copy_lies_in_one_circle",
]


def _id() -> models.UUIDField:
    return models.UUIDField(
        default=breakwater.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
    )


def _key(to: str, related_name: str = "+", **facts: object) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=to, **facts
    )


def _in_circle() -> models.ForeignKey:
    return _key("trust.circle", db_constraint=False, db_index=False)


def _recorded() -> models.DateTimeField:
    return models.DateTimeField(db_default=breakwater.kernel.db.RecordedNow())


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0007_watched_device"),
        ("people", "0003_search_planned_once"),
        ("plans", "0004_walls_of_goals_and_safety_plans"),
        ("referrals", "0002_walls"),
        ("trust", "0014_glass_for_medical_staff"),
    ]

    operations = [
        migrations.CreateModel(
            name="OwnCopy",
            fields=[
                ("id", _id()),
                (
                    "authority",
                    models.TextField(blank=True, help_text="What gives whoever speaks for them the right to"),
                ),
                (
                    "parts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=6), help_text="What it shows", size=None
                    ),
                ),
                ("language", models.CharField(max_length=2, choices=[("en", "English"), ("es", "Español")])),
                (
                    "way",
                    models.CharField(
                        max_length=8,
                        choices=[
                            ("spoken", "Read to them"),
                            ("printed", "On the printed slip"),
                            ("written", "Written down by them"),
                        ],
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True, help_text="A keyed hash")),
                (
                    "word",
                    models.CharField(
                        max_length=128, blank=True, help_text="A slow hash of a word they chose, if any"
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        max_length=64, blank=True, help_text="A keyed hash of what their browser holds"
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("recorded_at", _recorded()),
                ("expires_at", models.DateTimeField(help_text="Until when the code may be used")),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                (
                    "closes_at",
                    models.DateTimeField(
                        blank=True, help_text="When an open copy closes by itself", null=True
                    ),
                ),
                (
                    "ended_at",
                    models.DateTimeField(blank=True, help_text="When it was left, or taken back", null=True),
                ),
                ("agency", _key("trust.agency", db_index=False)),
                ("by", _key("trust.user", null=True, db_index=False)),
                ("case", _key("cases.case", "own_copies", db_constraint=False)),
                ("circle", _in_circle()),
                (
                    "supporter",
                    _key(
                        "people.supporter",
                        null=True,
                        blank=True,
                        db_index=False,
                        help_text="Who speaks for them; empty: the person themselves",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("starts_at"))),
                        name="a_code_for_a_copy_expires",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closes_at", None), ("key", ""), ("opened_at", None)),
                            models.Q(
                                ("closes_at__gt", models.F("opened_at")),
                                ("opened_at__isnull", False),
                                models.Q(("key", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="an_open_copy_closes_and_is_held_by_a_key",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("authority", ""), ("supporter", None)),
                            models.Q(
                                ("supporter__isnull", False), models.Q(("authority", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="who_speaks_for_them_says_by_what_right",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("parts", []), _negated=True), name="a_copy_shows_something"
                    ),
                    models.UniqueConstraint(
                        models.F("key"),
                        condition=models.Q(("key", ""), _negated=True),
                        name="one_copy_to_a_key",
                    ),
                    models.UniqueConstraint(
                        models.F("case"),
                        condition=models.Q(("ended_at", None), ("opened_at", None)),
                        name="one_waiting_code_to_a_case",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="OwnAct",
            fields=[
                ("id", _id()),
                (
                    "key",
                    models.UUIDField(help_text="The key of the form: the same again has no second effect"),
                ),
                (
                    "kind",
                    models.CharField(
                        max_length=10,
                        choices=[
                            ("need_met", "They confirmed that a need was met"),
                            ("call", "They asked to be called"),
                            ("tighter", "They said that a way to reach them is not safe"),
                            ("looser", "They said that a way to reach them is safe now"),
                            ("withdrawn", "They took a consent back"),
                        ],
                    ),
                ),
                (
                    "about",
                    models.UUIDField(
                        help_text="The referral, the check-in, the contact point or the consent"
                    ),
                ),
                ("words", models.TextField(blank=True, help_text="What they wrote")),
                ("at", models.DateTimeField()),
                ("recorded_at", _recorded()),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        max_length=6,
                        choices=[("agreed", "Asked them, and it is so"), ("left", "Left as it was")],
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("answered_by", _key("trust.user", null=True, db_index=False)),
                ("case", _key("cases.case", "own_acts", db_constraint=False)),
                ("circle", _in_circle()),
                ("copy", _key("portal.owncopy", "acts", db_constraint=False, db_index=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("copy"), models.F("key"), name="an_own_act_is_done_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at", None)),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("kind", "looser"),
                                models.Q(("answer", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="only_what_would_loosen_is_answered",
                    ),
                ]
            },
        ),
        walled_by_circle("portal_owncopy", "care"),
        walled_by_circle("portal_ownact", "care"),
        never_deleted("portal_owncopy"),
        never_deleted("portal_ownact"),
        migrations.RunSQL(_ONE_CIRCLE, _MANY_CIRCLES),
    ]
