"""The privacy officer's desk: what people ask about their records, what got out, and who looked without a reason."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import breakwater.kernel.ids
from breakwater.trust.walls import append_only, never_deleted, stands, walled

# What a stage said stays as it was said: the first word names the stage, the others what stays from then on.
_STAGES = {
    "trust_recordrequest": (
        ("received_at", "kind", "asker", "asker_name", "words", "circle_id", "agency_id"),
        ("extended_at", "extension_reason", "extended_by_id", "due_at"),
        (
            "answered_at",
            "outcome",
            "ground",
            "answer",
            "answered_by_id",
            "fee_cents",
            "checked",
            "checked_by_id",
        ),
        ("appealed_at", "appeal"),
        ("reviewed_at", "verdict", "review_words", "reviewed_by_id"),
    ),
    "trust_incident": (
        ("opened_at", "agency_id", "discovered_on", "opened_by_id"),
        ("closed_at", "closed_by_id", "closing_words", "is_unlikely", "letter", "exception", "is_secured"),
    ),
    "trust_oddlook": (
        ("found_at", "agency_id", "circle_id", "by_id", "on", "first_at"),
        ("answered_at", "answered_by_id", "outcome", "words", "signs"),
    ),
}
_STAYS = """
CREATE FUNCTION trust_stays_said() RETURNS trigger LANGUAGE plpgsql
    AS $$ DECLARE
        said text;
    BEGIN
        IF to_jsonb(OLD) ->> TG_ARGV[0] IS NULL THEN
            RETURN NEW;
        END IF;
        FOREACH said IN ARRAY TG_ARGV LOOP
            IF to_jsonb(OLD) -> said IS DISTINCT FROM to_jsonb(NEW) -> said THEN
                RAISE EXCEPTION 'what was said at this stage stays as it was said'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'a_stage_stays_as_written';
            END IF;
        END LOOP;
        RETURN NEW;
    END $$;
""" + "".join(
    f"CREATE TRIGGER {stage[0]}_stays_said BEFORE UPDATE ON {table} FOR EACH ROW"
    f" EXECUTE FUNCTION trust_stays_said({', '.join(stage)});"
    for table, stages in _STAGES.items()
    for stage in stages
)
_NO_LONGER = (
    "".join(
        f"DROP TRIGGER {stage[0]}_stays_said ON {table};"
        for table, stages in _STAGES.items()
        for stage in stages
    )
    + "DROP FUNCTION trust_stays_said();"
)
_OURS = "{table}.agency_id = (SELECT trust_agency())"
_OUR_PERSON = f"{_OURS} AND {stands('who')}"
_NOT_MINE = f"{_OURS} AND {{table}}.by_id IS DISTINCT FROM (SELECT trust_user())"
"""Nobody finds what is asked about themselves, whatever their role."""


class Migration(migrations.Migration):
    dependencies = [
        ("trust", "0009_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="Watch",
            fields=[
                (
                    "agency",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="trust.agency",
                    ),
                ),
                ("up_to", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Incident",
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
                    "title",
                    models.CharField(
                        help_text="A few words by which colleagues know it; nobody's name", max_length=120
                    ),
                ),
                ("happened", models.TextField(help_text="What happened")),
                ("happened_on", models.DateField(blank=True, null=True)),
                (
                    "discovered_on",
                    models.DateField(help_text="The first day on which it was known or could have been"),
                ),
                ("opened_at", models.DateTimeField()),
                (
                    "is_secured",
                    models.BooleanField(default=False, help_text="Encrypted, and the key is safe"),
                ),
                (
                    "is_part2",
                    models.BooleanField(default=False, help_text="Substance use treatment is among it"),
                ),
                (
                    "exception",
                    models.CharField(
                        blank=True,
                        choices=[
                            (
                                "good_faith",
                                "One of our own looked in good faith, within their work, and it went no further",
                            ),
                            (
                                "inadvertent",
                                "One who may know told another who may know, by mistake, and it went no further",
                            ),
                            ("not_retained", "Whoever got it cannot have kept it"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "nature",
                    models.TextField(
                        blank=True, help_text="What it was, and how well it tells who somebody is"
                    ),
                ),
                ("recipient", models.TextField(blank=True, help_text="Who used it, or to whom it went")),
                (
                    "viewed",
                    models.TextField(blank=True, help_text="Whether it was really acquired or looked at"),
                ),
                (
                    "mitigation",
                    models.TextField(blank=True, help_text="How far the risk has been made smaller"),
                ),
                (
                    "is_unlikely",
                    models.BooleanField(help_text="That anything was learned, by all four", null=True),
                ),
                ("assessed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "letter",
                    models.JSONField(default=dict, help_text="The parts of the letter to those affected"),
                ),
                (
                    "delayed_until",
                    models.DateField(blank=True, help_text="The police asked to wait", null=True),
                ),
                ("delay_words", models.TextField(blank=True, help_text="Who asked, and what for")),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("closing_words", models.TextField(blank=True, help_text="What was learned from it")),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.agency"
                    ),
                ),
                (
                    "assessed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trust.user",
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trust.user",
                    ),
                ),
                (
                    "opened_by",
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
                        condition=models.Q(("happened", ""), _negated=True),
                        name="an_incident_says_what_happened",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("happened_on", None),
                            ("discovered_on__gte", models.F("happened_on")),
                            _connector="OR",
                        ),
                        name="an_incident_is_found_after_it_happened",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_unlikely", None),
                            ("is_unlikely", False),
                            models.Q(
                                models.Q(("nature", ""), _negated=True),
                                models.Q(("recipient", ""), _negated=True),
                                models.Q(("viewed", ""), _negated=True),
                                models.Q(("mitigation", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="unlikely_by_all_four_factors",
                    ),
                ],
                "indexes": [
                    models.Index(
                        models.F("agency"), condition=models.Q(("closed_at", None)), name="incident_open"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Affected",
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
                ("state", models.CharField(max_length=2)),
                ("people", models.PositiveIntegerField()),
                ("counted_at", models.DateTimeField()),
                (
                    "agency",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trust.agency",
                    ),
                ),
                (
                    "counted_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trust.user",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="affected",
                        to="trust.incident",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("incident"), models.F("state"), name="each_state_is_counted_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OddLook",
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
                ("on", models.DateField(help_text="The day, where the agency is")),
                (
                    "signs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("oneself", "Their own record"),
                                ("household", "Somebody of their own household"),
                                ("address", "The same address or number as theirs"),
                                ("surname", "The same surname"),
                                ("coworker", "A colleague"),
                                ("no_care", "They have nothing to do with the case"),
                                ("well_known", "A well-known person"),
                                ("after_event", "In the news"),
                                ("searched", "Searched for by name, then opened"),
                                ("off_shift", "Outside their usual hours"),
                                ("volume", "Very many records within an hour"),
                            ],
                            max_length=12,
                        ),
                        size=None,
                    ),
                ),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("found_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("explained", "Explained"),
                            ("training", "Meant well; training follows"),
                            ("violation", "A violation"),
                        ],
                        max_length=10,
                    ),
                ),
                ("words", models.TextField(blank=True, help_text="What was found, and what follows")),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.agency"
                    ),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trust.user",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        help_text="Who looked",
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("agency"),
                        models.F("by"),
                        models.F("circle"),
                        models.F("on"),
                        name="asked_once_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("signs__len__gt", 0)), name="an_odd_look_has_its_signs"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at", None), ("outcome", "")),
                            models.Q(
                                ("answered_at__isnull", False), models.Q(("outcome", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="what_was_looked_into_says_what_it_was",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answered_by", None),
                            models.Q(("answered_by", models.F("by")), _negated=True),
                            _connector="OR",
                        ),
                        name="nobody_answers_for_themselves",
                    ),
                ],
                "indexes": [
                    models.Index(
                        models.F("agency"),
                        models.F("first_at"),
                        condition=models.Q(("answered_at", None)),
                        name="odd_look_to_answer",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Opening",
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
                ("words", models.TextField()),
                ("at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                (
                    "agency",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trust.agency",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
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
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("words", ""), _negated=True), name="an_opening_says_why"
                    )
                ],
                "indexes": [
                    models.Index(
                        models.F("circle"), models.F("by"), models.F("until"), name="opening_by_circle"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RecordRequest",
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
                            ("access", "To see their record, or to have a copy"),
                            ("amendment", "To change what is written"),
                            ("accounting", "To whom their record went"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "law",
                    models.CharField(
                        help_text="Which law it is answered under, at which version", max_length=20
                    ),
                ),
                (
                    "asker",
                    models.CharField(
                        choices=[
                            ("self", "The person"),
                            ("parent", "A parent"),
                            ("guardian", "A guardian"),
                            ("representative", "A representative by law"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "asker_name",
                    models.CharField(blank=True, help_text="When it is not the person", max_length=200),
                ),
                (
                    "words",
                    models.TextField(help_text="What they want, in which form, and how they get it safely"),
                ),
                ("received_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(help_text="When the last day for an answer is over")),
                (
                    "checked",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("known", "A worker who knows them, face to face"),
                            ("papers", "Papers with a picture"),
                            ("safe_word", "The word that they chose with us"),
                            ("authority", "Papers that give whoever asks the right to"),
                        ],
                        max_length=12,
                    ),
                ),
                ("checked_words", models.CharField(blank=True, max_length=300)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("extended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "extension_reason",
                    models.TextField(blank=True, help_text="As it was written to the person"),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("granted", "Granted"),
                            ("partly", "Granted in part"),
                            ("refused", "Refused"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "ground",
                    models.CharField(blank=True, help_text="Of the law, when it was refused", max_length=24),
                ),
                ("answer", models.TextField(blank=True, help_text="As the person reads it")),
                ("fee_cents", models.PositiveIntegerField(default=0)),
                ("appealed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "appeal",
                    models.TextField(
                        blank=True, help_text="What the person says to the refusal; it stays with the record"
                    ),
                ),
                ("reviewed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("upheld", "The refusal was right"),
                            ("overturned", "It is granted after all"),
                        ],
                        max_length=10,
                    ),
                ),
                ("review_words", models.TextField(blank=True)),
                (
                    "agency",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trust.agency",
                    ),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trust.user",
                    ),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
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
                    "extended_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trust.user",
                    ),
                ),
                (
                    "received_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trust.user",
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        blank=True,
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
                        condition=models.Q(("words", ""), _negated=True), name="a_request_says_what_is_wanted"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_at__gt", models.F("received_at"))),
                        name="a_request_is_due_after_it_came",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answered_at", None),
                            models.Q(models.Q(("checked", ""), _negated=True), ("checked_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="nothing_is_answered_to_somebody_unchecked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at", None), ("outcome", "")),
                            models.Q(
                                ("answered_at__isnull", False), models.Q(("outcome", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="an_answer_says_what_it_is",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("extended_at", None),
                            models.Q(("extension_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="an_extension_has_its_written_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome__in", ("refused", "partly")), _negated=True),
                            models.Q(
                                models.Q(("ground", ""), _negated=True),
                                models.Q(("answer", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_refusal_has_its_ground",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reviewed_at", None),
                            models.Q(("reviewed_by", models.F("answered_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="somebody_else_looks_again",
                    ),
                ],
                "indexes": [
                    models.Index(
                        models.F("agency"),
                        models.F("due_at"),
                        condition=models.Q(("answered_at", None)),
                        name="request_due_next",
                    ),
                    models.Index(models.F("circle"), models.F("kind"), name="request_by_circle"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Told",
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
                ("key", models.CharField(help_text="Whom, as what is owed says", max_length=16)),
                ("told_on", models.DateField()),
                (
                    "how",
                    models.CharField(
                        help_text="By letter, by which paper, under which number", max_length=300
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "agency",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trust.agency",
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
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="told", to="trust.incident"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("incident"), models.F("key"), name="each_is_told_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Flag",
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
                    "news_on",
                    models.DateField(
                        blank=True, help_text="When they came into the news, if they did", null=True
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trust.agency",
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
                        condition=models.Q(
                            ("ends_at", None), ("ends_at__gte", models.F("starts_at")), _connector="OR"
                        ),
                        name="flag_ends_after_it_starts",
                    ),
                    models.UniqueConstraint(
                        models.F("circle"),
                        models.F("agency"),
                        condition=models.Q(("ends_at", None)),
                        name="one_flag_at_a_time",
                    ),
                ],
            },
        ),
        walled("trust_recordrequest", condition=_OUR_PERSON),
        walled("trust_flag", condition=_OUR_PERSON),
        walled(
            "trust_opening",
            condition=_OUR_PERSON,
            check=f"{_OUR_PERSON} AND {{table}}.by_id = (SELECT trust_user())",
        ),
        walled("trust_oddlook", condition=_NOT_MINE),
        walled("trust_incident", "agency"),
        walled("trust_affected", "agency"),
        walled("trust_told", "agency"),
        walled("trust_watch", "agency"),
        append_only("trust_told"),
        append_only("trust_opening"),
        never_deleted("trust_recordrequest"),
        never_deleted("trust_flag"),
        never_deleted("trust_incident"),
        never_deleted("trust_oddlook"),
        migrations.RunSQL(_STAYS, _NO_LONGER),
    ]
