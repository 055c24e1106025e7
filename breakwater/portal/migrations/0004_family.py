"""Who speaks for the person and belongs to their household sees on a copy what the person chose for them, at this moment."""

import django.db.models.deletion
from django.db import migrations, models

# NULL: nothing narrows the copy. Who left the household, or was said to have hurt the person since, sees no part.
_FAMILY = """
CREATE FUNCTION portal_family() RETURNS text[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT CASE WHEN c.member_id IS NULL THEN NULL ELSE coalesce((
            SELECT f.parts::text[] FROM plans_familychoice f JOIN people_membership m ON m.id = f.member_id
            WHERE f.case_id = c.case_id AND f.member_id = c.member_id AND m.ends_at IS NULL
                AND f.version = (
                    SELECT max(l.version) FROM plans_familychoice l
                    WHERE l.case_id = f.case_id AND l.member_id = f.member_id)), '{}'::text[]) END
        FROM portal_owncopy c WHERE c.id = (SELECT h.id FROM portal_holder() h)
    $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0004_search_by_words"),
        ("plans", "0006_walls_of_the_household"),
        ("portal", "0003_links_for_sites"),
    ]

    operations = [
        migrations.AddField(
            model_name="owncopy",
            name="member",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                help_text="Who speaks for them, as they belong to the household: they see what the person chose, no more",
                to="people.membership",
            ),
        ),
        migrations.AddConstraint(
            model_name="owncopy",
            constraint=models.CheckConstraint(
                condition=models.Q(("member", None), ("supporter__isnull", False), _connector="OR"),
                name="only_who_speaks_for_them_is_a_member",
            ),
        ),
        migrations.RunSQL(_FAMILY, "DROP FUNCTION portal_family();"),
    ]
