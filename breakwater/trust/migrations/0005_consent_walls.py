"""The walls round consents and decisions; and no grant that the law would not give, whoever writes it."""

from django.db import migrations

from breakwater.trust.walls import append_only, never_deleted, walled, walled_by_circle

# An agency other than the one that opened a circle stands there only so far as what protects the circle allows: a
# protected circle opens by a standing consent that names the agency, opens what protects it, and ends no sooner.
# Kept here, so that neither a mistake in an action nor a statement by hand opens what the law keeps closed.
_LAWFUL = """
CREATE FUNCTION trust_grant_is_lawful() RETURNS trigger
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
            IF lies.segments && ARRAY['vsp', 'part2']::varchar[] OR NEW.segments <> '{}' THEN
                RAISE EXCEPTION 'what the law protects opens in no emergency'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'what_the_law_protects_opens_in_no_emergency';
            END IF;
        ELSIF lies.segments <> '{}' OR NEW.segments <> '{}' THEN
            RAISE EXCEPTION 'a protected circle opens by consent'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'a_protected_circle_opens_by_consent';
        END IF;
        RETURN NEW;
    END $$;
CREATE TRIGGER a_grant_is_lawful BEFORE INSERT OR UPDATE OF circle_id, agency_id, basis, information, segments,
    consent_id, starts_at, ends_at ON trust_grant FOR EACH ROW EXECUTE FUNCTION trust_grant_is_lawful();

CREATE FUNCTION trust_circle_closes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$ BEGIN
        IF EXISTS (
            SELECT 1 FROM trust_grant g WHERE g.circle_id = NEW.id AND g.agency_id <> NEW.opened_by_id
                AND (g.ends_at IS NULL OR g.ends_at > greatest(now(), g.starts_at)) AND NOT NEW.segments <@ g.segments
        ) THEN
            RAISE EXCEPTION 'somebody stands here whom these laws do not let in'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'a_protected_circle_opens_by_consent';
        END IF;
        RETURN NEW;
    END $$;
CREATE TRIGGER a_circle_closes BEFORE UPDATE OF segments ON trust_circle
    FOR EACH ROW EXECUTE FUNCTION trust_circle_closes();
"""
_LAWLESS = """
DROP TRIGGER a_circle_closes ON trust_circle;
DROP FUNCTION trust_circle_closes();
DROP TRIGGER a_grant_is_lawful ON trust_grant;
DROP FUNCTION trust_grant_is_lawful();
"""

# What was agreed stays as it was signed; that it ended, and what took its place, is added once.
_SIGNED = """
CREATE FUNCTION trust_stays_as_signed() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN
        IF to_jsonb(OLD) - '{withdrawn_at,ended_how,withdrawn_words,instead_id}'::text[]
            IS DISTINCT FROM to_jsonb(NEW) - '{withdrawn_at,ended_how,withdrawn_words,instead_id}'::text[]
            OR OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at
        THEN
            RAISE EXCEPTION 'what was agreed stays as it was signed'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'what_was_agreed_stays_as_signed';
        END IF;
        RETURN NEW;
    END $$;
CREATE TRIGGER a_consent_stays_as_signed BEFORE UPDATE ON trust_consent
    FOR EACH ROW EXECUTE FUNCTION trust_stays_as_signed();
"""


class Migration(migrations.Migration):
    dependencies = [("trust", "0004_consents")]

    operations = [
        walled_by_circle("trust_consent", "who"),
        walled("trust_decision", "agency"),
        never_deleted("trust_consent"),
        append_only("trust_decision"),
        migrations.RunSQL(_LAWFUL, _LAWLESS),
        migrations.RunSQL(
            _SIGNED,
            "DROP TRIGGER a_consent_stays_as_signed ON trust_consent; DROP FUNCTION trust_stays_as_signed();",
        ),
    ]
