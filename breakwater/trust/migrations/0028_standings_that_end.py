"""A guest leaves by itself; and standings that ended by their day are found at once, so that what was held is looked after.

Who only reads in a record writes no grant there, and who works there could rewrite its own. So leaving is one function:
it ends what the agency was given, in one circle that is another's, and does nothing else.
"""

from django.db import migrations, models
from django.db.models import Q

_LEAVE = """
CREATE FUNCTION trust_leaves(the_circle uuid) RETURNS integer
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        WITH ended AS (
            UPDATE trust_grant g SET ends_at = greatest(g.starts_at, now())
            WHERE g.circle_id = the_circle AND g.agency_id = trust_agency() AND g.basis IN ('care', 'consent')
                AND (g.ends_at IS NULL OR g.ends_at > now())
                AND NOT EXISTS (SELECT 1 FROM trust_circle c WHERE c.id = the_circle AND c.opened_by_id = trust_agency())
            RETURNING 1)
        SELECT count(*)::integer FROM ended
    $$;
"""


class Migration(migrations.Migration):
    dependencies = [("trust", "0027_a_key_of_each_person")]

    operations = [
        migrations.RunSQL(_LEAVE, "DROP FUNCTION trust_leaves(uuid)"),
        migrations.AddIndex(
            "Grant",
            models.Index("ends_at", condition=Q(basis="care", ends_at__isnull=False), name="grant_that_ends"),
        ),
    ]
