"""The second wall round letters and placements; and which beds are taken, without saying by whom."""

from django.db import migrations

from breakwater.trust.walls import walled

_TAKEN = """
CREATE FUNCTION referrals_taken_beds(at_moment timestamptz)
    RETURNS TABLE (bed_id uuid, until timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    AS $$
        SELECT p.bed_id, p.ends_at FROM referrals_placement p
        WHERE p.starts_at <= at_moment AND (p.ends_at IS NULL OR p.ends_at > at_moment)
    $$;
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_the_loop"), ("trust", "0002_walls")]

    operations = [
        *(walled(f"referrals_{table}", "letter") for table in ("referral", "stage", "handoff", "handoffstage")),
        walled("referrals_placement"),
        migrations.RunSQL(_TAKEN, "DROP FUNCTION referrals_taken_beds(timestamptz);"),
    ]
