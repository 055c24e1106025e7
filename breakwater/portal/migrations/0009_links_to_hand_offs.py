"""Links for receivers without accounts to whom a case is handed over: the same letters, code and key, and the same wall.

Whoever holds one open reads that one packet, what they asked and the files that go along: while an answer is awaited,
and after a yes until their first contact is confirmed.
"""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from breakwater.trust.walls import stands

_asks = import_module("breakwater.portal.migrations.0005_links_to_asks")
_files = import_module("breakwater.portal.migrations.0007_files_with_links")

_ME = "(SELECT trust_agency())"
_OUR_HAND_OFF = (
    "EXISTS (SELECT 1 FROM referrals_handoff h WHERE h.id = portal_sitelink.handoff_id"
    " AND h.case_id = portal_sitelink.case_id AND h.from_agency_id = portal_sitelink.agency_id"
    f" AND h.to_agency_id IS NULL) AND portal_sitelink.agency_id = {_ME}"
)
_OURS_OF_BEFORE = f"({_asks._OURS} OR ({_asks._OUR_ASK}))"
_WORKS = stands("needs", works=True).format(table="portal_sitefile")
_FILE_OF_BEFORE = _files._OURS.format(table="portal_sitefile")
_FILE = _FILE_OF_BEFORE.replace(
    "l.referral_id IS NOT NULL", "(l.referral_id IS NOT NULL OR l.handoff_id IS NOT NULL)"
)


def _file_written(condition: str) -> str:
    check = f"{_WORKS} AND {condition}"
    return (
        "DROP POLICY writer ON portal_sitefile; DROP POLICY changer ON portal_sitefile;"
        f" CREATE POLICY writer ON portal_sitefile FOR INSERT WITH CHECK ({check});"
        f" CREATE POLICY changer ON portal_sitefile FOR UPDATE USING ({_WORKS}) WITH CHECK ({check});"
    )


_SITE = """
CREATE FUNCTION portal_open_letter(the_token text, the_code text, the_key text, lasts interval) RETURNS boolean
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        WITH opened AS (
            UPDATE portal_sitelink l SET opened_at = now(), closes_at = least(now() + lasts, l.expires_at), key = the_key
            WHERE l.token = the_token AND l.code = the_code AND l.ended_at IS NULL
                AND l.expires_at > now() AND portal_cares(l.circle_id, l.agency_id)
                AND (l.ask_id IS NOT NULL OR l.answered_at IS NULL AND (EXISTS (
                    SELECT 1 FROM referrals_referral r WHERE r.id = l.referral_id AND r.closed_at IS NULL
                ) OR EXISTS (
                    SELECT 1 FROM referrals_handoff h WHERE h.id = l.handoff_id AND h.closed_at IS NULL)))
            RETURNING 1
        )
        SELECT EXISTS (SELECT 1 FROM opened)
    $$;

CREATE FUNCTION portal_site() RETURNS TABLE (
        link_id uuid, agency_id uuid, referral_id uuid, ask_id uuid, handoff_id uuid, closes_at timestamptz, stands text
    )
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT l.id, l.agency_id, l.referral_id, l.ask_id, l.handoff_id, l.closes_at,
            CASE WHEN l.ask_id IS NOT NULL THEN portal_ask_stands(l.ask_id)
                WHEN l.answered_at IS NOT NULL THEN 'answered'
                WHEN h.stage = 'accepted' THEN 'awaited' ELSE 'open' END
        FROM portal_sitelink l LEFT JOIN referrals_referral r ON r.id = l.referral_id
            LEFT JOIN referrals_handoff h ON h.id = l.handoff_id
        WHERE l.key <> '' AND l.key = portal_key() AND l.ended_at IS NULL AND l.closes_at > now()
            AND (l.ask_id IS NOT NULL OR l.answered_at IS NOT NULL OR coalesce(r.closed_at, h.closed_at) IS NULL)
            AND portal_cares(l.circle_id, l.agency_id)
    $$;
"""
_PACKET = """
CREATE FUNCTION portal_packet() RETURNS uuid LANGUAGE plpgsql STABLE
    AS $$
    BEGIN
        IF portal_key() IS NULL THEN
            RETURN NULL;
        END IF;
        RETURN (SELECT s.handoff_id FROM portal_site() s WHERE s.stands IN ('open', 'awaited'));
    END $$;
"""
_BODY_OF_FILES = _files._FILES.replace("s.stands = 'open'", "s.stands IN ('open', 'awaited')")
_FILES = _BODY_OF_FILES.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
_FILES_OF_BEFORE = _files._FILES.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
_NO_SITE = "DROP FUNCTION portal_site(); DROP FUNCTION portal_open_letter(text, text, text, interval);"
_SITE_OF_BEFORE = "".join(
    f"CREATE FUNCTION {one}"
    for one in _asks._SITE.split("CREATE FUNCTION ")
    if one.startswith(("portal_open_letter", "portal_site("))
)
_BY_THIS_LINK = "link_id = (SELECT s.link_id FROM portal_site() s WHERE s.stands IN ('open', 'awaited'))"
READS = {
    "referrals_handoff": "id = (SELECT portal_packet())",
    "portal_sitequestion": _BY_THIS_LINK,
    "portal_sitefile": _BY_THIS_LINK,
}
"""What an open packet reads: itself, and what was asked and what goes along by the same link."""
_OF_BEFORE = {
    "portal_sitequestion": _asks.READS["portal_sitequestion"], "portal_sitefile": _files.READS["portal_sitefile"],
}  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0008_while_they_speak_for_them"),
        ("referrals", "0019_hand_offs_to_whom_the_directory_lists"),
    ]

    operations = [
        migrations.AddField(
            "sitelink",
            "handoff",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="site_links",
                to="referrals.handoff", db_index=False,
            ),
        ),
        migrations.AddConstraint(
            "sitelink",
            models.UniqueConstraint(
                models.F("handoff"), condition=Q(answered_at=None, ended_at=None),
                name="one_usable_link_to_a_hand_off",
            ),
        ),
        migrations.RemoveConstraint("sitelink", "a_link_leads_to_one_thing"),
        migrations.AddConstraint(
            "sitelink",
            models.CheckConstraint(
                name="a_link_leads_to_one_thing",
                condition=Q(referral__isnull=False, ask__isnull=True, handoff__isnull=True)
                | Q(referral__isnull=True, ask__isnull=False, handoff__isnull=True)
                | Q(referral__isnull=True, ask__isnull=True, handoff__isnull=False),
            ),
        ),
        migrations.RunSQL(
            _asks._written(f"({_OURS_OF_BEFORE} OR ({_OUR_HAND_OFF}))"), _asks._written(_OURS_OF_BEFORE)
        ),
        migrations.RunSQL(_file_written(_FILE), _file_written(_FILE_OF_BEFORE)),
        migrations.RunSQL(
            f"{_asks._none(_OF_BEFORE)} {_NO_SITE} {_SITE} {_PACKET} {_FILES} {_asks._policies(READS)}",
            f"{_asks._none(READS)} DROP FUNCTION portal_packet(); {_NO_SITE} {_SITE_OF_BEFORE} {_FILES_OF_BEFORE}"
            f" {_asks._policies(_OF_BEFORE)}",
        ),
    ]  # fmt: skip
