"""In a medical emergency a glass opens substance use treatment as well, with the facts that 42 CFR 2.51(c) asks for."""

from importlib import import_module

from django.db import migrations, models

_before = import_module("breakwater.trust.migrations.0006_glass")
_told = import_module("breakwater.trust.migrations.0012_what_was_told")
_FACTS = ("recipient_name", "recipient_affiliation", "discloser", "no_consent")
_NEVER = ", ".join(f"'{one}'" for one in _before._CLOSED if one != "part2")
_MEDICAL = "'life_threat', 'incapacitated'"
_LONGEST = 14_400

# Which facts were written is read here, not taken from whoever asks. The glass is written before its grant, whose
# lawfulness is judged by it: treatment opens to nobody for whom no such glass says to whom it is told, by whom and why.
_BREAK = f"""
DROP FUNCTION trust_break_glass(uuid, uuid, uuid, text, text, interval);
CREATE FUNCTION trust_break_glass(
    wanted uuid, new_glass uuid, new_grant uuid, reason text, words text, lasts interval, facts jsonb
) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
    DECLARE
        lies record;
        medical boolean := reason IN ({_MEDICAL}) AND {" AND ".join(f"btrim(coalesce(facts->>'{one}', '')) <> ''" for one in _FACTS)};
    BEGIN
        IF trust_user() IS NULL OR trust_agency() IS NULL OR btrim(words) = ''
            OR lasts <= interval '0' OR lasts > interval '{_LONGEST} seconds'
        THEN
            RETURN NULL;
        END IF;
        SELECT c.opened_by_id, c.segments, a.kind INTO lies
            FROM trust_circle c JOIN trust_agency a ON a.id = c.opened_by_id WHERE c.id = wanted;
        IF NOT FOUND OR lies.opened_by_id = trust_agency() OR lies.kind = 'victim_service'
            OR lies.segments && ARRAY[{_NEVER}]::varchar[] OR 'part2' = ANY (lies.segments) AND NOT medical
        THEN
            RETURN NULL;
        END IF;
        medical := medical AND 'part2' = ANY (lies.segments);
        INSERT INTO trust_glass
            (id, circle_id, owner_id, agency_id, by_id, grant_id, reason, words, opened_at, ends_at, outcome,
                review_words, {", ".join(_FACTS)})
            VALUES (new_glass, wanted, lies.opened_by_id, trust_agency(), trust_user(), new_grant, reason, words, now(),
                now() + lasts, '', '', {", ".join(f"CASE WHEN medical THEN facts->>'{one}' ELSE '' END" for one in _FACTS)});
        INSERT INTO trust_grant
            (id, circle_id, agency_id, basis, information, segments, starts_at, ends_at, given_by_id, only_for_id)
            VALUES (new_grant, wanted, trust_agency(), 'emergency', ARRAY['who', 'care', 'needs']::varchar[],
                CASE WHEN medical THEN ARRAY['part2'] ELSE ARRAY[]::text[] END::varchar[],
                now(), now() + lasts, trust_user(), trust_user());
        RETURN new_glass;
    END $$;
"""
_UNBREAK = (
    "DROP FUNCTION trust_break_glass(uuid, uuid, uuid, text, text, interval, jsonb);"
    + _before._BREAK.split("CREATE FUNCTION trust_close_glass")[0]
)
_NOTHING_PROTECTED = "IF lies.segments && ARRAY['vsp', 'part2']::varchar[] OR NEW.segments <> '{{}}' THEN"
_TREATMENT_BY_ITS_FACTS = """IF lies.segments && ARRAY['vsp']::varchar[] OR NOT NEW.segments <@ ARRAY['part2']::varchar[]
                OR 'part2' = ANY (lies.segments || NEW.segments) AND NOT ('part2' = ANY (NEW.segments) AND EXISTS (
                    SELECT 1 FROM trust_glass b WHERE b.grant_id = NEW.id AND b.circle_id = NEW.circle_id
                        AND b.agency_id = NEW.agency_id AND b.by_id = NEW.only_for_id AND b.discloser <> ''))
            THEN"""
_LAWFUL_BEFORE = _told._LAWFUL.format(threat=_told._THREAT)
_LAWFUL = _told._LAWFUL.replace(_NOTHING_PROTECTED, _TREATMENT_BY_ITS_FACTS).format(threat=_told._THREAT)


class Migration(migrations.Migration):
    dependencies = [("trust", "0013_handed_codes")]

    operations = [
        *(
            migrations.AddField(
                "Glass", name, models.CharField(max_length=200, blank=True, default="", help_text=says)
            )
            for name, says in (
                ("recipient_name", "Who of the medical staff is told, when it opens substance use treatment"),
                ("recipient_affiliation", "Where they work"),
                ("discloser", "Who tells them"),
            )
        ),
        migrations.AddField(
            "Glass",
            "no_consent",
            models.TextField(blank=True, default="", help_text="Why the person could not be asked first"),
        ),
        migrations.AddConstraint(
            "Glass",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("discloser", ""),
                        ("no_consent", ""),
                        ("recipient_affiliation", ""),
                        ("recipient_name", ""),
                    ),
                    models.Q(
                        models.Q(("recipient_name", ""), _negated=True),
                        models.Q(("recipient_affiliation", ""), _negated=True),
                        models.Q(("discloser", ""), _negated=True),
                        models.Q(("no_consent", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_medical_glass_has_its_facts",
            ),
        ),
        migrations.RunSQL(_BREAK, _UNBREAK),
        migrations.RunSQL(_LAWFUL, _LAWFUL_BEFORE),
    ]
