"""Files of a case that go along with a letter by its link, and the wall of whoever holds it open: these, to read.

Who sends a letter says which go along: files that lie in its circle, came by no letter of somebody else, and were
looked at by a scanner or let be opened by somebody of the agency that sends them.
"""

import django.db.models.deletion
from django.db import migrations, models

import breakwater.kernel.db
import breakwater.kernel.ids
from breakwater.trust.walls import changes_only, walled_by_circle

_OURS = (
    "EXISTS (SELECT 1 FROM portal_sitelink l JOIN attachments_attachment a ON a.circle_id = l.circle_id"
    " WHERE l.id = {table}.link_id AND a.id = {table}.attachment_id AND l.case_id = {table}.case_id"
    " AND l.referral_id IS NOT NULL AND l.answered_at IS NULL AND l.ended_at IS NULL AND a.to_agency_id IS NULL"
    " AND l.agency_id = (SELECT trust_agency()) AND (a.is_scanned OR EXISTS (SELECT 1 FROM attachments_release r"
    " WHERE r.attachment_id = a.id AND r.agency_id = l.agency_id)))"
)
_ONE_CIRCLE = [
    "ALTER TABLE attachments_attachment ADD CONSTRAINT a_file_lies_in_one_circle UNIQUE (id, circle_id)",
    (
        "ALTER TABLE portal_sitefile ADD CONSTRAINT a_file_goes_with_a_link_of_its_circle"
        " FOREIGN KEY (link_id, circle_id) REFERENCES portal_sitelink (id, circle_id)"
    ),
    (
        "ALTER TABLE portal_sitefile ADD CONSTRAINT a_file_that_goes_along_lies_in_the_circle"
        " FOREIGN KEY (attachment_id, circle_id) REFERENCES attachments_attachment (id, circle_id)"
    ),
    (
        "ALTER TABLE portal_sitefile ADD CONSTRAINT a_file_goes_along_in_the_circle_of_its_case"
        " FOREIGN KEY (case_id, circle_id) REFERENCES cases_case (id, circle_id)"
    ),
]
_MANY_CIRCLES = [
    "ALTER TABLE portal_sitefile DROP CONSTRAINT a_file_goes_along_in_the_circle_of_its_case",
    "ALTER TABLE portal_sitefile DROP CONSTRAINT a_file_that_goes_along_lies_in_the_circle",
    "ALTER TABLE portal_sitefile DROP CONSTRAINT a_file_goes_with_a_link_of_its_circle",
    "ALTER TABLE attachments_attachment DROP CONSTRAINT a_file_lies_in_one_circle",
]

# Asked once in a statement, and answered at once where nobody holds a letter open: everybody who reads files comes by here.
_FILES = """
CREATE FUNCTION portal_files() RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
    BEGIN
        IF portal_key() IS NULL THEN
            RETURN NULL;
        END IF;
        RETURN (
            SELECT array_agg(f.attachment_id) FROM portal_site() s JOIN portal_sitefile f ON f.link_id = s.link_id
            WHERE s.stands = 'open'
        );
    END $$;
"""
READS = {
    "portal_sitefile": "link_id = (SELECT s.link_id FROM portal_site() s WHERE s.stands = 'open')",
    "attachments_attachment": "id = ANY ((SELECT portal_files())::uuid[])",
    "attachments_piece": "attachment_id = ANY ((SELECT portal_files())::uuid[])",
}
"""What an open letter reads besides itself: which files go with it, and what they are made of."""


def _key(to: str, related_name: str = "+", **facts: object) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=to, db_constraint=False, **facts
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("portal", "0006_standing_links"), ("attachments", "0002_walls")]

    operations = [
        migrations.CreateModel(
            name="SiteFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=breakwater.kernel.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField(db_default=breakwater.kernel.db.RecordedNow())),
                ("times", models.PositiveSmallIntegerField(default=0, help_text="How often it was opened")),
                (
                    "opened_at",
                    models.DateTimeField(blank=True, null=True, help_text="When it was opened last"),
                ),
                ("attachment", _key("attachments.attachment", db_index=False)),
                ("case", _key("cases.case", "site_files")),
                ("circle", _key("trust.circle", db_index=False)),
                ("link", _key("portal.sitelink", "files")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("link"), models.F("attachment"), name="a_file_goes_with_a_link_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("opened_at", None), ("times", 0))
                        | models.Q(("opened_at__isnull", False), ("times__gt", 0)),
                        name="a_file_that_was_opened_says_when",
                    ),
                ]
            },
        ),
        walled_by_circle("portal_sitefile", "needs", also=_OURS),
        changes_only("portal_sitefile", "times", "opened_at"),
        migrations.RunSQL(_ONE_CIRCLE, _MANY_CIRCLES),
        migrations.RunSQL(_FILES, "DROP FUNCTION portal_files()"),
        *(
            migrations.RunSQL(
                f"CREATE POLICY site_letter ON {table} FOR SELECT USING ({table}.{seen})",
                f"DROP POLICY site_letter ON {table}",
            )
            for table, seen in READS.items()
        ),
    ]
