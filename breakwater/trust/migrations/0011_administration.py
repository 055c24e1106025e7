"""Roles of an agency's own, invitations, access reviews; and an agency that is stopped stands before closed walls."""

from typing import Any

import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models.deletion import PROTECT

import breakwater.kernel.ids
from breakwater.trust.walls import append_only, never_deleted, walled

# Every wall asks this function for whom a transaction acts. When an agency is stopped it names nobody, to whoever works
# there; Breakwater itself goes on, so that clocks are still announced and news still arrives. In plpgsql, because its
# plan is kept for the session: it is asked once for each question.
_STOPS = """
CREATE OR REPLACE FUNCTION trust_agency() RETURNS uuid LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
    DECLARE
        said uuid := nullif(current_setting('breakwater.agency', true), '')::uuid;
    BEGIN
        IF said IS NOT NULL AND nullif(current_setting('breakwater.user', true), '') IS NOT NULL
            AND EXISTS (SELECT 1 FROM public.trust_suspension s WHERE s.agency_id = said AND s.ends_at IS NULL)
        THEN
            RETURN NULL;
        END IF;
        RETURN said;
    END $$;
"""
_NEVER_STOPS = """
CREATE OR REPLACE FUNCTION trust_agency() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('breakwater.agency', true), '')::uuid $$;
"""

# A suspension is lifted at the machine, where nobody is signed in. What it said stays.
_LIFTED = """
CREATE FUNCTION trust_suspension_stays() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN
        IF to_jsonb(OLD) - '{ends_at,lifted_because,looked_after_by_id}'::text[]
            IS DISTINCT FROM to_jsonb(NEW) - '{ends_at,lifted_because,looked_after_by_id}'::text[]
            OR OLD.ends_at IS NOT NULL OR nullif(current_setting('breakwater.user', true), '') IS NOT NULL
        THEN
            RAISE EXCEPTION 'a suspension is lifted at the machine'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'a_suspension_is_lifted_at_the_machine';
        END IF;
        RETURN NEW;
    END $$;
CREATE TRIGGER a_suspension_stays BEFORE UPDATE ON trust_suspension
    FOR EACH ROW EXECUTE FUNCTION trust_suspension_stays();
"""
_UNLIFTED = "DROP TRIGGER a_suspension_stays ON trust_suspension; DROP FUNCTION trust_suspension_stays();"

# A role stays what it was made as; it ends once. And nobody holds a role that another agency made.
_ROLES = """
CREATE FUNCTION trust_role_stays() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN
        IF to_jsonb(OLD) - 'ended_at' IS DISTINCT FROM to_jsonb(NEW) - 'ended_at' OR OLD.ended_at IS NOT NULL THEN
            RAISE EXCEPTION 'a role stays what it was made as'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'a_role_stays_what_it_was_made_as';
        END IF;
        RETURN NEW;
    END $$;
CREATE TRIGGER a_role_stays BEFORE UPDATE ON trust_agencyrole FOR EACH ROW EXECUTE FUNCTION trust_role_stays();
ALTER TABLE trust_agencyrole ADD CONSTRAINT a_role_is_one_agencys UNIQUE (id, agency_id);
ALTER TABLE trust_appointment ADD CONSTRAINT a_role_is_held_at_its_own_agency
    FOREIGN KEY (own_role_id, agency_id) REFERENCES trust_agencyrole (id, agency_id);
"""
_NO_ROLES = """
ALTER TABLE trust_appointment DROP CONSTRAINT a_role_is_held_at_its_own_agency;
ALTER TABLE trust_agencyrole DROP CONSTRAINT a_role_is_one_agencys;
DROP TRIGGER a_role_stays ON trust_agencyrole;
DROP FUNCTION trust_role_stays();
"""
_KEPT = ("suspension", "agencyrole", "accessreview")


def _key(to: str, related_name: str = "+", **facts: Any) -> models.ForeignKey:
    return models.ForeignKey(on_delete=PROTECT, related_name=related_name, to=f"trust.{to}", **facts)


def _who(**facts: Any) -> models.ForeignKey:
    return _key("user", null=True, db_index=False, **facts)


def _id() -> models.UUIDField:
    return models.UUIDField(
        default=breakwater.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
    )


def _table(model: str, constraints: list[Any], /, **fields: models.Field) -> migrations.CreateModel:
    return migrations.CreateModel(
        name=model, fields=[("id", _id()), *fields.items()],
        options={"constraints": constraints},
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("trust", "0010_the_desk")]

    operations = [
        _table(
            "AgencyRole",
            [
                models.UniqueConstraint(
                    models.F("agency"),
                    django.db.models.functions.text.Lower("name"),
                    condition=models.Q(("ended_at", None)),
                    name="a_role_has_its_own_name",
                ),
                models.CheckConstraint(
                    condition=models.Q(("capabilities__len__gt", 0)), name="a_role_allows_something"
                ),
            ],
            name=models.CharField(max_length=60),
            capabilities=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60),
                help_text="Codes of trust/capabilities.py",
                size=None,
            ),
            because=models.CharField(
                blank=True, help_text="Why one person holds what should be apart", max_length=300
            ),
            made_at=models.DateTimeField(),
            ended_at=models.DateTimeField(blank=True, null=True),
            agency=_key("agency", "roles"),
            made_by=_who(),
        ),
        _table(
            "Suspension",
            [
                models.CheckConstraint(
                    condition=models.Q(
                        ("ends_at", None), ("ends_at__gte", models.F("starts_at")), _connector="OR"
                    ),
                    name="a_suspension_ends_later",
                ),
                models.CheckConstraint(
                    condition=models.Q(("reason", ""), _negated=True), name="a_suspension_says_why"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("ends_at", None), models.Q(("lifted_because", ""), _negated=True), _connector="OR"
                    ),
                    name="lifting_a_suspension_says_why",
                ),
                models.UniqueConstraint(
                    models.F("agency"),
                    condition=models.Q(("ends_at", None)),
                    name="one_standing_suspension_per_agency",
                ),
            ],
            reason=models.CharField(max_length=300),
            lifted_because=models.CharField(blank=True, max_length=300),
            starts_at=models.DateTimeField(),
            ends_at=models.DateTimeField(blank=True, null=True),
            agency=_key("agency", "suspensions"),
            by=_who(),
            looked_after_by=_key("agency", null=True),
        ),
        migrations.RemoveConstraint("Unit", "a_unit_has_its_own_name"),
        migrations.AddField("Unit", "closed_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddConstraint(
            "Unit",
            models.UniqueConstraint(
                "agency", "name", condition=models.Q(closed_at=None), name="a_unit_has_its_own_name"
            ),
        ),
        migrations.AlterField("Appointment", "unit", _key("unit", "appointments", blank=True, null=True)),
        migrations.AddField("Appointment", "by", _who()),
        migrations.AddField(
            "Appointment", "own_role", _key("agencyrole", "appointments", blank=True, null=True)
        ),
        migrations.AlterField(
            "Appointment",
            "role",
            models.CharField(
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
        ),
        migrations.AddConstraint(
            "Appointment",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("own_role__isnull", False), ("role", "own")),
                    models.Q(models.Q(("role", "own"), _negated=True), ("own_role", None)),
                    _connector="OR",
                ),
                name="a_role_of_the_agencys_own_is_named",
            ),
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", _id()),
                ("mark", models.CharField(max_length=64)),
                ("starts_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("user", _key("user", "invitations")),
                ("agency", _key("agency", db_index=False)),
                ("by", _who()),
            ],
        ),
        _table(
            "AccessReview",
            [
                models.CheckConstraint(
                    condition=models.Q(
                        ("ends_at", None), ("ends_at__gte", models.F("starts_at")), _connector="OR"
                    ),
                    name="access_review_ends_after_it_starts",
                ),
                models.UniqueConstraint(
                    models.F("agency"),
                    condition=models.Q(("ends_at", None)),
                    name="one_running_access_review_per_agency",
                ),
            ],
            starts_at=models.DateTimeField(),
            due_at=models.DateTimeField(),
            ends_at=models.DateTimeField(blank=True, help_text="When the last answer was given", null=True),
            agency=_key("agency"),
            by=_who(),
        ),
        _table(
            "AccessAnswer",
            [
                models.UniqueConstraint(
                    models.F("review"), models.F("appointment"), name="one_answer_per_appointment_and_review"
                )
            ],
            answer=models.CharField(
                choices=[("confirmed", "Confirmed"), ("changed", "Changed"), ("ended", "Ended")],
                max_length=10,
            ),
            at=models.DateTimeField(),
            agency=_key("agency", db_index=False),
            review=_key("accessreview", "answers", db_index=False),
            appointment=_key("appointment", "answers", db_index=False),
            by=_who(),
        ),
        migrations.AddIndex(
            "Entry",
            models.Index("by", "at", condition=models.Q(verb="trust.signed_in"), name="entry_of_signing_in"),
        ),
        walled("trust_accessreview", "agency"),
        walled("trust_accessanswer", "agency"),
        append_only("trust_accessanswer"),
        *(never_deleted(f"trust_{table}") for table in _KEPT),
        migrations.RunSQL(_ROLES, _NO_ROLES),
        migrations.RunSQL(_LIFTED, _UNLIFTED),
        migrations.RunSQL(_STOPS, _NEVER_STOPS),
    ]
