"""Both walls stand from the first day: row security, and a journal that cannot be rewritten."""

from django.contrib.postgres.operations import (
    BtreeGinExtension,
    BtreeGistExtension,
    CreateExtension,
    TrigramExtension,
)
from django.db import migrations

from breakwater.trust.walls import append_only, never_deleted, stands, walled

_CONTEXT = """
CREATE FUNCTION trust_agency() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('breakwater.agency', true), '')::uuid $$;
CREATE FUNCTION trust_user() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('breakwater.user', true), '')::uuid $$;
"""

# Whoever opened a circle lets itself in; whoever cares for the person may let others in. Who only reads may not. Run as the owner of the tables,
# because a policy on grants that asks the grants would ask itself for ever. A function that runs as the owner names
# ``pg_temp`` last in its path; unnamed, it would come first, and a temporary table could stand in for a real one.
_MAY_GRANT = """
CREATE FUNCTION trust_may_grant(circle uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT EXISTS (SELECT 1 FROM trust_circle c WHERE c.id = circle AND c.opened_by_id = trust_agency())
            OR EXISTS (
                SELECT 1 FROM trust_grant g
                WHERE g.circle_id = circle AND g.agency_id = trust_agency()
                  AND g.basis = 'care' AND g.starts_at <= now() AND (g.ends_at IS NULL OR g.ends_at > now())
            )
    $$;
"""

_APPEND_ONLY = """
CREATE FUNCTION trust_is_append_only() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'what is written in % stays written', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege'; END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("trust", "0001_who_may_know")]

    operations = [
        TrigramExtension(),
        BtreeGistExtension(),
        BtreeGinExtension(),
        CreateExtension("fuzzystrmatch"),
        migrations.RunSQL(_CONTEXT, "DROP FUNCTION trust_agency(); DROP FUNCTION trust_user();"),
        migrations.RunSQL(_MAY_GRANT, "DROP FUNCTION trust_may_grant(uuid);"),
        migrations.RunSQL(_APPEND_ONLY, "DROP FUNCTION trust_is_append_only();"),
        walled(
            "trust_grant",
            condition="{table}.agency_id = (SELECT trust_agency()) OR trust_may_grant({table}.circle_id)",
            check="trust_may_grant({table}.circle_id)",
        ),
        walled(
            "trust_circle",
            condition=stands(circle="{table}.id"),
            check="{table}.opened_by_id = (SELECT trust_agency())",
        ),
        walled(
            "trust_entry",
            condition=(
                "{table}.agency_id = (SELECT trust_agency()) OR {table}.to_agency_id = (SELECT trust_agency()) OR "
                + stands("care")
            ),
            check=(
                "{table}.agency_id = (SELECT trust_agency()) AND ({table}.circle_id IS NULL OR "
                + stands()
                + ")"
            ),
        ),
        walled("trust_sighting", "agency"),
        walled("trust_receipt", "person"),
        walled("trust_draft", "person"),
        append_only("trust_entry"),
        append_only("trust_sighting"),
        never_deleted("trust_circle"),
        never_deleted("trust_grant"),
    ]
