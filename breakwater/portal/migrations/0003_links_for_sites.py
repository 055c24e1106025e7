"""Links for sites without accounts, and the wall of whoever holds an open letter: that one referral, to read.

Whoever holds it is known by the key in the setting ``breakwater.copy``, as with a person's own copy, and by nothing else.
The link must be neither answered nor taken back, the letter must be open at both of its ends, and the agency that sent it
must still care for the person and not be stopped; all by the clock of the database.
"""

import django.db.models.deletion
from django.db import migrations, models

import breakwater.kernel.db
import breakwater.kernel.ids
from breakwater.portal.models import SiteLink, SiteQuestion
from breakwater.trust.walls import never_deleted, walled_by_circle

_ONE_CIRCLE = [
    "ALTER TABLE portal_sitelink ADD CONSTRAINT a_link_lies_in_one_circle UNIQUE (id, circle_id)",
    (
        "ALTER TABLE portal_sitelink ADD CONSTRAINT a_link_lies_in_the_circle_of_its_case"
        " FOREIGN KEY (case_id, circle_id) REFERENCES cases_case (id, circle_id)"
    ),
    (
        "ALTER TABLE portal_sitequestion ADD CONSTRAINT a_site_question_lies_in_the_circle_of_its_case"
        " FOREIGN KEY (case_id, circle_id) REFERENCES cases_case (id, circle_id)"
    ),
    (
        "ALTER TABLE portal_sitequestion ADD CONSTRAINT a_site_question_lies_in_the_circle_of_its_link"
        " FOREIGN KEY (link_id, circle_id) REFERENCES portal_sitelink (id, circle_id)"
    ),
]
_MANY_CIRCLES = [
    "ALTER TABLE portal_sitequestion DROP CONSTRAINT a_site_question_lies_in_the_circle_of_its_link",
    "ALTER TABLE portal_sitequestion DROP CONSTRAINT a_site_question_lies_in_the_circle_of_its_case",
    "ALTER TABLE portal_sitelink DROP CONSTRAINT a_link_lies_in_the_circle_of_its_case",
    "ALTER TABLE portal_sitelink DROP CONSTRAINT a_link_lies_in_one_circle",
]

_OUR_LETTER = (
    "EXISTS (SELECT 1 FROM referrals_referral r WHERE r.id = {table}.referral_id AND r.case_id = {table}.case_id"
    " AND r.from_agency_id = {table}.agency_id AND r.to_agency_id IS NULL)"
    " AND {table}.agency_id = (SELECT trust_agency())"
)

# Whoever tries a link is nobody yet. One statement holds the letters and the code against it together, and tells nothing
# but whether they opened it. An earlier browser in which it was open holds nothing from then on.
_SITE = """
CREATE FUNCTION portal_open_letter(the_token text, the_code text, the_key text, lasts interval) RETURNS boolean
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        WITH opened AS (
            UPDATE portal_sitelink l SET opened_at = now(), closes_at = least(now() + lasts, l.expires_at), key = the_key
            WHERE l.token = the_token AND l.code = the_code AND l.answered_at IS NULL AND l.ended_at IS NULL
                AND l.expires_at > now() AND portal_cares(l.circle_id, l.agency_id)
                AND EXISTS (SELECT 1 FROM referrals_referral r WHERE r.id = l.referral_id AND r.closed_at IS NULL)
            RETURNING 1
        )
        SELECT EXISTS (SELECT 1 FROM opened)
    $$;

CREATE FUNCTION portal_site() RETURNS TABLE (
        link_id uuid, agency_id uuid, referral_id uuid, closes_at timestamptz, is_answered boolean
    )
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT l.id, l.agency_id, l.referral_id, l.closes_at, l.answered_at IS NOT NULL
        FROM portal_sitelink l JOIN referrals_referral r ON r.id = l.referral_id
        WHERE l.key <> '' AND l.key = portal_key() AND l.ended_at IS NULL AND l.closes_at > now()
            AND (r.closed_at IS NULL OR l.answered_at IS NOT NULL) AND portal_cares(l.circle_id, l.agency_id)
    $$;

CREATE FUNCTION portal_letter() RETURNS uuid LANGUAGE plpgsql STABLE
    AS $$
    BEGIN
        IF portal_key() IS NULL THEN
            RETURN NULL;
        END IF;
        RETURN (SELECT s.referral_id FROM portal_site() s WHERE NOT s.is_answered);
    END $$;
"""
_NO_SITE = """
DROP FUNCTION portal_letter();
DROP FUNCTION portal_site();
DROP FUNCTION portal_open_letter(text, text, text, interval);
"""
READS = {
    "referrals_referral": "id = (SELECT portal_letter())",
    "portal_sitequestion": "link_id = (SELECT s.link_id FROM portal_site() s WHERE NOT s.is_answered)",
}
"""What an open letter reads: itself, and what was asked and replied by the same link."""


_LATER = ("one_usable_link_to_a_place_that_was_asked", "a_link_leads_to_one_thing")
"""Constraints that came when links led to more than letters."""


def _id() -> models.UUIDField:
    return models.UUIDField(
        default=breakwater.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
    )


def _key(to: str, related_name: str = "+", **facts: object) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=to, **facts
    )


def _recorded() -> models.DateTimeField:
    return models.DateTimeField(db_default=breakwater.kernel.db.RecordedNow())


class Migration(migrations.Migration):
    dependencies = [("portal", "0002_walls"), ("referrals", "0009_meetings")]

    operations = [
        migrations.CreateModel(
            name="SiteLink",
            fields=[
                ("id", _id()),
                (
                    "token",
                    models.CharField(
                        max_length=64, unique=True, help_text="A keyed hash of the letters of the link"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=64, help_text="A keyed hash of both: the letters and the code"
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        blank=True, max_length=64, help_text="A keyed hash of what a browser holds"
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("recorded_at", _recorded()),
                ("expires_at", models.DateTimeField(help_text="Until when it may be used")),
                (
                    "opened_at",
                    models.DateTimeField(blank=True, null=True, help_text="When it was opened last"),
                ),
                (
                    "closes_at",
                    models.DateTimeField(
                        blank=True, null=True, help_text="When an open letter closes by itself"
                    ),
                ),
                (
                    "answered_at",
                    models.DateTimeField(blank=True, null=True, help_text="When an answer used it up"),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True, help_text="When it was taken back")),
                ("agency", _key("trust.agency", db_index=False)),
                ("by", _key("trust.user", null=True, db_index=False)),
                ("case", _key("cases.case", "site_links", db_constraint=False)),
                ("circle", _key("trust.circle", db_constraint=False, db_index=False)),
                ("referral", _key("referrals.referral", "site_links", db_index=False)),
            ],
            options={"constraints": [one for one in SiteLink._meta.constraints if one.name not in _LATER]},
        ),
        migrations.CreateModel(
            name="SiteQuestion",
            fields=[
                ("id", _id()),
                ("who", models.TextField(help_text="Who there asks")),
                ("words", models.TextField()),
                ("at", models.DateTimeField()),
                ("recorded_at", _recorded()),
                ("reply", models.TextField(blank=True)),
                ("replied_at", models.DateTimeField(blank=True, null=True)),
                ("case", _key("cases.case", "site_questions", db_constraint=False)),
                ("circle", _key("trust.circle", db_constraint=False, db_index=False)),
                ("link", _key("portal.sitelink", "questions", db_constraint=False)),
                ("replied_by", _key("trust.user", null=True, db_index=False)),
            ],
            options={"constraints": list(SiteQuestion._meta.constraints)},
        ),
        walled_by_circle("portal_sitelink", "needs", also=_OUR_LETTER),
        walled_by_circle("portal_sitequestion", "needs"),
        never_deleted("portal_sitelink"),
        never_deleted("portal_sitequestion"),
        migrations.RunSQL(_ONE_CIRCLE, _MANY_CIRCLES),
        migrations.RunSQL(_SITE, _NO_SITE),
        *(
            migrations.RunSQL(
                f"CREATE POLICY site_letter ON {table} FOR SELECT USING ({table}.{seen})",
                f"DROP POLICY site_letter ON {table}",
            )
            for table, seen in READS.items()
        ),
    ]
