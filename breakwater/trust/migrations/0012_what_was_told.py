"""What was told in emergencies and to those close to somebody, and the walls round it."""

import django.db.models.deletion
from django.db import migrations, models

import breakwater.kernel.db
import breakwater.kernel.ids
from breakwater.trust.walls import changes_only, never_deleted, stands, walled, walled_by_circle

# A security team reads what it was told, for as long as it may, on a grant that opens the wall of threats and no other.
# What another agency told another team, and what stands behind, stays where it is.
_TOLD = (
    stands("threat")
    + " AND ({table}.from_agency_id = (SELECT trust_agency()) OR {table}.to_agency_id = (SELECT trust_agency())"
    " AND {table}.starts_at <= now() AND {table}.ends_at > now())"
)
_TELLS = stands("threat", works=True) + " AND {table}.from_agency_id = (SELECT trust_agency())"

# The circle itself tells who cares for the person and which laws protect them: not for whoever was told of a threat.
_CIRCLE = stands(circle="trust_circle.id").replace(" OFFSET 0)", "{} OFFSET 0)")

_LAWFUL = """
CREATE OR REPLACE FUNCTION trust_grant_is_lawful() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
    DECLARE
        lies record;
        agreed record;
    BEGIN
        SELECT opened_by_id, segments INTO lies FROM trust_circle WHERE id = NEW.circle_id;
        IF NEW.agency_id = lies.opened_by_id THEN
            RETURN NEW;
        END IF;
        IF NEW.basis = 'consent' THEN
            SELECT * INTO agreed FROM trust_consent c WHERE c.id = NEW.consent_id;
            IF agreed.circle_id IS DISTINCT FROM NEW.circle_id
                OR agreed.recipient_id IS DISTINCT FROM NEW.agency_id
                OR NOT NEW.information <@ agreed.shares OR NOT NEW.segments <@ agreed.segments
                OR coalesce(NEW.ends_at, 'infinity') > coalesce(agreed.ends_at, 'infinity')
                OR coalesce(NEW.ends_at, 'infinity') > coalesce(agreed.withdrawn_at, 'infinity')
                OR (NEW.ends_at IS NULL OR NEW.ends_at > NEW.starts_at) AND NOT lies.segments <@ NEW.segments
            THEN
                RAISE EXCEPTION 'a grant opens no more than its consent'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'a_grant_opens_no_more_than_its_consent';
            END IF;
        ELSIF NEW.basis = 'emergency' THEN
            IF lies.segments && ARRAY['vsp', 'part2']::varchar[] OR NEW.segments <> '{{}}' THEN
                RAISE EXCEPTION 'what the law protects opens in no emergency'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'what_the_law_protects_opens_in_no_emergency';
            END IF;{threat}
        ELSIF lies.segments <> '{{}}' OR NEW.segments <> '{{}}' THEN
            RAISE EXCEPTION 'a protected circle opens by consent'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'a_protected_circle_opens_by_consent';
        END IF;
        RETURN NEW;
    END $$;
"""
_THREAT = """
        ELSIF NEW.basis = 'threat' THEN
            IF NOT lies.segments <@ ARRAY['education', 'minor-confidential']::varchar[] OR NOT EXISTS (
                SELECT 1 FROM trust_agency a WHERE a.id = NEW.agency_id AND a.kind = 'threat_management')
            THEN
                RAISE EXCEPTION 'a concern goes to a threat-management team, and from no record that a law keeps closed'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'a_concern_goes_where_the_law_lets_it';
            END IF;"""
_REVIEWED = ("reviewed_at", "reviewed_by_id", "review_words")


class Migration(migrations.Migration):
    dependencies = [
        ("trust", "0011_administration"),
    ]

    operations = [
        migrations.CreateModel(
            name="Concern",
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
                ("told", models.TextField(help_text="Word for word what left")),
                ("basis", models.CharField(help_text="The law it rests on", max_length=300)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(help_text="Until when the team reads it")),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.circle"
                    ),
                ),
                (
                    "from_agency",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trust.agency",
                    ),
                ),
                (
                    "grant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="concern", to="trust.grant"
                    ),
                ),
                (
                    "to_agency",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trust.agency",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("told", ""), _negated=True), name="a_concern_says_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gte", models.F("starts_at"))),
                        name="a_concern_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("from_agency", models.F("to_agency")), _negated=True),
                        name="a_concern_goes_to_another_agency",
                    ),
                ],
                "indexes": [
                    models.Index(models.F("to_agency"), models.F("ends_at"), name="concern_by_team"),
                    models.Index(models.F("circle"), name="concern_by_circle"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Involvement",
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
                    "name",
                    models.CharField(
                        blank=True,
                        help_text="Whom it is about; empty means all close to them",
                        max_length=200,
                    ),
                ),
                ("relation", models.CharField(blank=True, max_length=120)),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("agreed", "They agreed"),
                            ("inferred", "They had the chance to say no, and did not"),
                            ("objected", "They said no"),
                        ],
                        max_length=10,
                    ),
                ),
                ("words", models.TextField(blank=True, help_text="How they said it, and what may be told")),
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
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at", None), ("ends_at__gte", models.F("starts_at")), _connector="OR"
                        ),
                        name="involvement_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("answer", "inferred"), ("name", ""), _negated=True),
                        name="who_did_not_say_no_is_one_somebody",
                    ),
                ],
                "indexes": [
                    models.Index(
                        models.F("circle"), condition=models.Q(("ends_at", None)), name="standing_involvement"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MedicalEmergency",
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
                    "recipient_name",
                    models.CharField(help_text="Who of the medical staff was told", max_length=200),
                ),
                ("recipient_affiliation", models.CharField(help_text="Where they work", max_length=200)),
                ("discloser", models.CharField(help_text="Who told them", max_length=200)),
                ("nature", models.TextField(help_text="What the emergency was")),
                ("no_consent", models.TextField(help_text="Why the person could not be asked first")),
                ("told", models.TextField(help_text="What was told")),
                ("notice", models.TextField(blank=True, help_text="What went with it, word for word")),
                ("at", models.DateTimeField(help_text="When they were told")),
                ("recorded_at", models.DateTimeField(db_default=breakwater.kernel.db.RecordedNow())),
                ("reviewed_at", models.DateTimeField(blank=True, null=True)),
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
                    "reviewed_by",
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
                            models.Q(("recipient_name", ""), _negated=True),
                            models.Q(("recipient_affiliation", ""), _negated=True),
                            models.Q(("discloser", ""), _negated=True),
                            models.Q(("nature", ""), _negated=True),
                            models.Q(("told", ""), _negated=True),
                        ),
                        name="a_medical_emergency_has_its_facts",
                    )
                ],
                "indexes": [
                    models.Index(models.F("circle"), models.F("at"), name="medical_emergency_by_circle")
                ],
            },
        ),
        migrations.AlterField(
            model_name="grant",
            name="basis",
            field=models.CharField(
                choices=[
                    ("care", "It cares for the person"),
                    ("consent", "The person agreed"),
                    ("emergency", "The glass was broken in an emergency"),
                    ("threat", "It was told of a threat"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("basis", "threat"), _negated=True),
                    models.Q(
                        ("ends_at__isnull", False),
                        ("information", ["threat"]),
                        ("only_for", None),
                        ("segments", []),
                    ),
                    _connector="OR",
                ),
                name="a_grant_for_a_threat_ends_and_opens_no_more",
            ),
        ),
        walled("trust_concern", condition=_TOLD, check=_TELLS),
        changes_only("trust_concern", "ends_at"),
        walled_by_circle("trust_involvement", "who"),
        never_deleted("trust_involvement"),
        walled_by_circle("trust_medicalemergency", "care"),
        changes_only("trust_medicalemergency", *_REVIEWED),
        migrations.RunSQL(_LAWFUL.format(threat=_THREAT), _LAWFUL.format(threat="")),
        migrations.RunSQL(
            "ALTER POLICY wall ON trust_circle USING (" + _CIRCLE.format(" AND g.basis <> 'threat'") + ")",
            "ALTER POLICY wall ON trust_circle USING (" + _CIRCLE.format("") + ")",
        ),
    ]
