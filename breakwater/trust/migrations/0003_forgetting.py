"""Receipts are needed while the page they belong to can still be open; after that they are forgotten.

A receipt is its writer's alone, so the worker cannot see it. One function, run as the keeper of the table, forgets what
is old; it forgets nothing younger than two days, whatever it is asked.
"""

from django.db import migrations

_FORGET = """
CREATE FUNCTION trust_forget_receipts(before timestamptz) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        WITH forgotten AS (
            DELETE FROM trust_receipt WHERE received_at < least(before, now() - interval '2 days') RETURNING 1
        )
        SELECT count(*) FROM forgotten
    $$;
"""


class Migration(migrations.Migration):
    dependencies = [("trust", "0002_walls")]

    operations = [migrations.RunSQL(_FORGET, "DROP FUNCTION trust_forget_receipts(timestamptz);")]
