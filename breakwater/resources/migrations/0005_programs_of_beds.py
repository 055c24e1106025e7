"""Beds that were there before programs were: one program for each agency, place and kind. Whom it takes is unknown."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("resources", "0004_programs")]

    operations = [
        migrations.RunSQL(
            """
            INSERT INTO resources_program (id, place_id, agency_id, kind, cost)
            SELECT resources_new_id(), b.place_id, b.agency_id, b.kind, ''
            FROM resources_bed b WHERE b.ends_at IS NULL GROUP BY b.place_id, b.agency_id, b.kind
            """,
            migrations.RunSQL.noop,
        ),
    ]
