"""A packet is read by a link only as long as nothing of the record came to be protected since it was offered.

A packet is words and not rows: it stays as it was offered, with the laws of that day. Whoever made the link cannot know
which row a line came from, and may not even see any more what was protected; so the journal is asked, whoever wrote there.
What protects the whole record is asked of the law each time, and needs nothing here.
"""

from importlib import import_module

from django.db import migrations

_before = import_module("breakwater.portal.migrations.0009_links_to_hand_offs")

# By the clock of the database at the moment of writing, while the record was held: whoever offers and whoever protects
# something wait for each other, and a request that began earlier may write later.
_SINCE = """
CREATE FUNCTION portal_protected_since(the_handoff uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT EXISTS (
            SELECT 1 FROM referrals_handoff h
            JOIN referrals_handoffstage s ON s.handoff_id = h.id AND s.code = 'offered'
            JOIN trust_entry e ON e.circle_id = h.circle_id AND e.verb = 'trust.segment_raised'
                AND e.about <> h.circle_id AND e.recorded_at > s.recorded_at
            WHERE h.id = the_handoff)
    $$;
REVOKE ALL ON FUNCTION portal_protected_since(uuid) FROM PUBLIC;

CREATE FUNCTION portal_stands_as_offered(the_handoff uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT EXISTS (SELECT 1 FROM referrals_handoff h WHERE h.id = the_handoff AND h.from_agency_id = trust_agency())
            AND NOT portal_protected_since(the_handoff)
    $$;
"""
_SITE_OF_BEFORE = _before._SITE[_before._SITE.index("CREATE FUNCTION portal_site(") :].replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
_CARED_FOR = "AND portal_cares(l.circle_id, l.agency_id)"
_SITE = _SITE_OF_BEFORE.replace(
    _CARED_FOR,
    f"{_CARED_FOR}\n            AND (l.handoff_id IS NULL OR l.answered_at IS NOT NULL"
    " OR NOT portal_protected_since(l.handoff_id))",
)


class Migration(migrations.Migration):
    dependencies = [("portal", "0013_no_more_than_who_handed_it"), ("trust", "0025_parts_of_a_record")]

    operations = [
        migrations.RunSQL(
            _SINCE,
            "DROP FUNCTION portal_stands_as_offered(uuid); DROP FUNCTION portal_protected_since(uuid);",
        ),
        migrations.RunSQL(_SITE, _SITE_OF_BEFORE),
    ]
