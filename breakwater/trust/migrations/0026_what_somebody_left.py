"""What somebody began and left is shown to colleagues without a word of it, and one of them goes on with a copy.

The wall of a draft stays: nobody reads one but its writer. Two functions look past it, for the agency that a transaction acts for:
one tells whose it is and since when, the other gives the words away once, and leaves on the row who has them. What its
writer types after that may be about somebody else: it waits anew.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

_LEFT = """
CREATE FUNCTION trust_left_behind(whose_form text, untouched_since timestamptz)
    RETURNS TABLE (id uuid, by_id uuid, since timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT d.id, d.by_id, coalesce(d.begun_at, d.kept_at) FROM trust_draft d
        WHERE d.agency_id = trust_agency() AND d.by_id <> trust_user() AND (d.taken_at IS NULL OR d.kept_at > d.taken_at)
            AND d.kept_at <= untouched_since AND starts_with(d.form, whose_form)
    $$;
CREATE FUNCTION trust_taken_over(which uuid, whose_form text, untouched_since timestamptz, moment timestamptz)
    RETURNS SETOF trust_draft
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        UPDATE trust_draft d SET taken_by_id = trust_user(), taken_at = moment
        WHERE d.id = which AND d.agency_id = trust_agency() AND d.by_id <> trust_user() AND (d.taken_at IS NULL OR d.kept_at > d.taken_at)
            AND d.kept_at <= untouched_since AND starts_with(d.form, whose_form)
        RETURNING d.*
    $$;
CREATE FUNCTION trust_taker_of(which uuid, whose_form text) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT d.taken_by_id FROM trust_draft d
        WHERE d.id = which AND d.agency_id = trust_agency() AND starts_with(d.form, whose_form)
    $$;
"""
_NOT_LEFT = """
DROP FUNCTION trust_taker_of(uuid, text);
DROP FUNCTION trust_taken_over(uuid, text, timestamptz, timestamptz);
DROP FUNCTION trust_left_behind(text, timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [("trust", "0025_parts_of_a_record")]

    operations = [
        migrations.AddField(
            "Draft",
            "begun_at",
            models.DateTimeField(
                help_text="When somebody else had typed it, where it was taken over", null=True
            ),
        ),
        migrations.AddField(
            "Draft",
            "taken_by",
            models.ForeignKey(
                db_index=False,
                help_text="Who went on with a copy of it",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField("Draft", "taken_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "Draft",
            models.CheckConstraint(
                condition=Q(taken_by=None) | Q(taken_at__isnull=False),
                name="a_draft_is_taken_over_at_a_moment",
            ),
        ),
        migrations.AddIndex("Draft", models.Index(fields=["agency"], name="draft_by_agency")),
        migrations.RunSQL(_LEFT, _NOT_LEFT),
    ]
