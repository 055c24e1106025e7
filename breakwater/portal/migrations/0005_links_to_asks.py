"""Links for places without accounts that were asked in a round: the same letters, code and key, and a wall of the same kind.

Whoever holds one open reads what this place was asked, what it asked back, and the hold of its own yes; and of the
round nothing else, neither who else was asked nor who was faster.
"""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from breakwater.trust.walls import stands

_links = import_module("breakwater.portal.migrations.0003_links_for_sites")

_ME = "(SELECT trust_agency())"
_OUR_ASK = (
    "EXISTS (SELECT 1 FROM referrals_ask a JOIN referrals_round r ON r.id = a.round_id"
    " WHERE a.id = portal_sitelink.ask_id AND r.case_id = portal_sitelink.case_id"
    f" AND a.from_agency_id = portal_sitelink.agency_id AND a.to_agency_id IS NULL) AND portal_sitelink.agency_id = {_ME}"
)
_OURS = _links._OUR_LETTER.format(table="portal_sitelink")
_WORKS = stands("needs", works=True).format(table="portal_sitelink")


def _written(condition: str) -> str:
    check = f"{_WORKS} AND {condition}"
    return (
        "DROP POLICY writer ON portal_sitelink; DROP POLICY changer ON portal_sitelink;"
        f" CREATE POLICY writer ON portal_sitelink FOR INSERT WITH CHECK ({check});"
        f" CREATE POLICY changer ON portal_sitelink FOR UPDATE USING ({_WORKS}) WITH CHECK ({check});"
    )


_SITE = """
CREATE FUNCTION portal_open_letter(the_token text, the_code text, the_key text, lasts interval) RETURNS boolean
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        WITH opened AS (
            UPDATE portal_sitelink l SET opened_at = now(), closes_at = least(now() + lasts, l.expires_at), key = the_key
            WHERE l.token = the_token AND l.code = the_code AND l.ended_at IS NULL
                AND l.expires_at > now() AND portal_cares(l.circle_id, l.agency_id)
                AND (l.ask_id IS NOT NULL OR l.answered_at IS NULL AND EXISTS (
                    SELECT 1 FROM referrals_referral r WHERE r.id = l.referral_id AND r.closed_at IS NULL))
            RETURNING 1
        )
        SELECT EXISTS (SELECT 1 FROM opened)
    $$;

CREATE FUNCTION portal_ask_stands(the_ask uuid) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT CASE
            WHEN a.stage = 'declined' THEN 'answered'
            WHEN a.stage = 'accepted' AND h.ended_at IS NOT NULL THEN h.ended_how
            WHEN a.stage = 'accepted' AND h.expires_at > clock_timestamp() THEN 'held'
            WHEN a.stage = 'accepted' THEN 'ran_out'
            WHEN a.stage = 'waiting' AND NOT EXISTS (SELECT 1 FROM referrals_hold w WHERE w.round_id = a.round_id)
                THEN 'open'
            ELSE 'over' END
        FROM referrals_ask a LEFT JOIN referrals_hold h ON h.ask_id = a.id WHERE a.id = the_ask
    $$;
REVOKE ALL ON FUNCTION portal_ask_stands(uuid) FROM PUBLIC;

CREATE FUNCTION portal_site() RETURNS TABLE (
        link_id uuid, agency_id uuid, referral_id uuid, ask_id uuid, closes_at timestamptz, stands text
    )
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT l.id, l.agency_id, l.referral_id, l.ask_id, l.closes_at,
            CASE WHEN l.ask_id IS NOT NULL THEN portal_ask_stands(l.ask_id)
                WHEN l.answered_at IS NULL THEN 'open' ELSE 'answered' END
        FROM portal_sitelink l LEFT JOIN referrals_referral r ON r.id = l.referral_id
        WHERE l.key <> '' AND l.key = portal_key() AND l.ended_at IS NULL AND l.closes_at > now()
            AND (l.ask_id IS NOT NULL OR r.closed_at IS NULL OR l.answered_at IS NOT NULL)
            AND portal_cares(l.circle_id, l.agency_id)
    $$;

CREATE FUNCTION portal_letter() RETURNS uuid LANGUAGE plpgsql STABLE
    AS $$
    BEGIN
        IF portal_key() IS NULL THEN
            RETURN NULL;
        END IF;
        RETURN (SELECT s.referral_id FROM portal_site() s WHERE s.stands = 'open');
    END $$;

CREATE FUNCTION portal_ask() RETURNS uuid LANGUAGE plpgsql STABLE
    AS $$
    BEGIN
        IF portal_key() IS NULL THEN
            RETURN NULL;
        END IF;
        RETURN (SELECT s.ask_id FROM portal_site() s WHERE s.stands IN ('open', 'held'));
    END $$;
"""

_NO_SITE = "DROP FUNCTION portal_ask(); DROP FUNCTION portal_letter(); DROP FUNCTION portal_site();"
_NO_ASK = (
    "DROP FUNCTION portal_ask_stands(uuid); DROP FUNCTION portal_open_letter(text, text, text, interval);"
)

READS = {
    "referrals_referral": "id = (SELECT portal_letter())",
    "portal_sitequestion": "link_id = (SELECT s.link_id FROM portal_site() s WHERE s.stands = 'open')",
    "referrals_ask": "id = (SELECT portal_ask())",
    "referrals_question": "ask_id = (SELECT portal_ask())",
    "referrals_hold": "ask_id = (SELECT portal_ask())",
}
"""What an open letter or ask reads: itself, what was asked and replied by it, and what its own yes holds."""


def _policies(reads: dict[str, str]) -> str:
    return "".join(
        f"CREATE POLICY site_letter ON {table} FOR SELECT USING ({table}.{seen});"
        for table, seen in reads.items()
    )


def _none(reads: dict[str, str]) -> str:
    return "".join(f"DROP POLICY site_letter ON {table};" for table in reads)


class Migration(migrations.Migration):
    dependencies = [("portal", "0004_family"), ("referrals", "0011_places_without_accounts")]

    operations = [
        migrations.AlterField(
            "sitelink",
            "referral",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="site_links",
                to="referrals.referral", db_index=False,
            ),
        ),
        migrations.AddField(
            "sitelink",
            "ask",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="site_links", to="referrals.ask",
                db_index=False,
            ),
        ),
        migrations.AddConstraint(
            "sitelink",
            models.UniqueConstraint(
                models.F("ask"), condition=Q(answered_at=None, ended_at=None),
                name="one_usable_link_to_a_place_that_was_asked",
            ),
        ),
        migrations.AddConstraint(
            "sitelink",
            models.CheckConstraint(
                name="a_link_leads_to_one_thing",
                condition=Q(referral__isnull=False, ask=None) | Q(referral=None, ask__isnull=False),
            ),
        ),
        migrations.RunSQL(_written(f"({_OURS} OR ({_OUR_ASK}))"), _written(_OURS)),
        migrations.RunSQL(
            f"{_none(_links.READS)} {_links._NO_SITE} {_SITE} {_policies(READS)}",
            f"{_none(READS)} {_NO_SITE} {_NO_ASK} {_links._SITE} {_policies(_links.READS)}",
        ),
    ]  # fmt: skip
