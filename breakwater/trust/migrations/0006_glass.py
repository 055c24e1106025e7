"""Glass: what may be opened in an emergency is decided by PostgreSQL, and by nobody who is in a hurry."""

import django.db.models.deletion
from django.db import migrations, models

import breakwater.kernel.ids
from breakwater.trust.walls import never_deleted, walled

_LONGEST = 14_400
_CLOSED = [
    "location-confidential",
    "part2",
    "psychotherapy-notes",
    "staff-wellbeing",
    "sud-counseling-notes",
    "vsp",
]
"""What no broken glass opens. Substance use treatment opens by the form of its own law."""

# Runs as the owner of the tables, because whoever breaks the glass stands nowhere yet. It opens one circle, to read, for
# the acting person alone, and leaves the grant and its reason behind together: there is no other way to such a grant.
_BREAK = f"""
CREATE FUNCTION trust_break_glass(
    wanted uuid, new_glass uuid, new_grant uuid, reason text, words text, lasts interval
) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
    DECLARE
        lies record;
    BEGIN
        IF trust_user() IS NULL OR trust_agency() IS NULL OR btrim(words) = ''
            OR lasts <= interval '0' OR lasts > interval '{_LONGEST} seconds'
        THEN
            RETURN NULL;
        END IF;
        SELECT c.opened_by_id, c.segments, a.kind INTO lies
            FROM trust_circle c JOIN trust_agency a ON a.id = c.opened_by_id WHERE c.id = wanted;
        IF NOT FOUND OR lies.opened_by_id = trust_agency() OR lies.kind = 'victim_service'
            OR lies.segments && ARRAY[{", ".join(f"'{one}'" for one in _CLOSED)}]::varchar[]
        THEN
            RETURN NULL;
        END IF;
        INSERT INTO trust_grant
            (id, circle_id, agency_id, basis, information, segments, starts_at, ends_at, given_by_id, only_for_id)
            VALUES (new_grant, wanted, trust_agency(), 'emergency', ARRAY['who', 'care', 'needs']::varchar[], '{{}}',
                now(), now() + lasts, trust_user(), trust_user());
        INSERT INTO trust_glass
            (id, circle_id, owner_id, agency_id, by_id, grant_id, reason, words, opened_at, ends_at, outcome,
                review_words)
            VALUES (new_glass, wanted, lies.opened_by_id, trust_agency(), trust_user(), new_grant, reason, words, now(),
                now() + lasts, '', '');
        RETURN new_glass;
    END $$;

CREATE FUNCTION trust_close_glass(broken uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        WITH closed AS (
            UPDATE trust_glass SET closed_at = now()
                WHERE id = broken AND by_id = trust_user() AND closed_at IS NULL AND ends_at > now() RETURNING grant_id
        )
        UPDATE trust_grant SET ends_at = now() FROM closed WHERE trust_grant.id = closed.grant_id
    $$;

CREATE FUNCTION trust_glass_stays() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN
        IF to_jsonb(OLD) - '{{closed_at,reviewed_at,reviewed_by_id,outcome,review_words}}'::text[]
            IS DISTINCT FROM to_jsonb(NEW) - '{{closed_at,reviewed_at,reviewed_by_id,outcome,review_words}}'::text[]
            OR OLD.closed_at IS NOT NULL AND NEW.closed_at IS DISTINCT FROM OLD.closed_at
            OR OLD.reviewed_at IS NOT NULL AND NEW.outcome IS DISTINCT FROM OLD.outcome
        THEN
            RAISE EXCEPTION 'what was opened in an emergency stays as it was written'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'a_glass_stays_as_written';
        END IF;
        RETURN NEW;
    END $$;
CREATE TRIGGER a_glass_stays BEFORE UPDATE ON trust_glass FOR EACH ROW EXECUTE FUNCTION trust_glass_stays();
"""
_NO_GLASS = """
DROP TRIGGER a_glass_stays ON trust_glass;
DROP FUNCTION trust_glass_stays();
DROP FUNCTION trust_close_glass(uuid);
DROP FUNCTION trust_break_glass(uuid, uuid, uuid, text, text, interval);
"""
# What was seen through a glass is known to whose record it is as well.
_SEEN_THROUGH = """
ALTER POLICY wall ON trust_sighting USING (
    agency_id = (SELECT trust_agency()) OR glass IS NOT NULL AND EXISTS (
        SELECT 1 FROM trust_glass b WHERE b.id = trust_sighting.glass AND b.owner_id = (SELECT trust_agency())))
    WITH CHECK (agency_id = (SELECT trust_agency()))
"""
_OF_BOTH = "(SELECT trust_agency()) IN ({table}.agency_id, {table}.owner_id)"
_PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies = [("trust", "0005_consent_walls")]

    operations = [
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=models.Q(("basis", "emergency"), ("only_for__isnull", False))
                | (models.Q(("basis", "emergency"), _negated=True) & models.Q(("only_for", None))),
                name="an_emergency_lets_in_one_person",
            ),
        ),
        migrations.CreateModel(
            name="Glass",
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
                    "reason",
                    models.CharField(
                        choices=[
                            ("life_threat", "A life is in danger"),
                            ("incapacitated", "They cannot speak for themselves"),
                            ("welfare_check", "Nobody knows whether they are all right"),
                            ("other", "Something else"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "words",
                    models.TextField(help_text="What is happening, as it was written before it opened"),
                ),
                ("opened_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "closed_at",
                    models.DateTimeField(blank=True, help_text="When whoever opened it was done", null=True),
                ),
                ("reviewed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("appropriate", "It was right"),
                            ("training", "It was meant well; training follows"),
                            ("violation", "It was not allowed"),
                        ],
                        max_length=12,
                    ),
                ),
                ("review_words", models.TextField(blank=True)),
                (
                    "agency",
                    models.ForeignKey(
                        help_text="Whose worker opened it",
                        on_delete=_PROTECT,
                        related_name="+",
                        to="trust.agency",
                    ),
                ),
                ("by", models.ForeignKey(on_delete=_PROTECT, related_name="+", to="trust.user")),
                ("circle", models.ForeignKey(on_delete=_PROTECT, related_name="+", to="trust.circle")),
                (
                    "grant",
                    models.OneToOneField(on_delete=_PROTECT, related_name="glass", to="trust.grant"),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        help_text="Whose record it is",
                        on_delete=_PROTECT,
                        related_name="+",
                        to="trust.agency",
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        db_index=False, null=True, on_delete=_PROTECT, related_name="+", to="trust.user"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("owner"),
                        condition=models.Q(("reviewed_at", None)),
                        name="glass_to_review_by_owner",
                    ),
                    models.Index(
                        models.F("agency"),
                        condition=models.Q(("reviewed_at", None)),
                        name="glass_to_review_by_agency",
                    ),
                    models.Index(models.F("by"), models.F("opened_at"), name="glass_by_person"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("opened_at"))),
                        name="a_glass_opens_for_a_while",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("words", ""), _negated=True),
                        name="a_glass_is_broken_for_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", ""), ("reviewed_at", None)),
                            models.Q(
                                ("reviewed_at__isnull", False), models.Q(("outcome", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="a_review_says_what_it_came_to",
                    ),
                ],
            },
        ),
        migrations.RunSQL(_BREAK, _NO_GLASS),
        walled("trust_glass", condition=_OF_BOTH, check=_OF_BOTH),
        never_deleted("trust_glass"),
        migrations.RunSQL(
            _SEEN_THROUGH, "ALTER POLICY wall ON trust_sighting USING (agency_id = (SELECT trust_agency()))"
        ),
    ]
