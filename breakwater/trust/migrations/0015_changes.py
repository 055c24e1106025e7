"""What open pages are told by, and the question whether those who look still may."""

import django.contrib.postgres.fields
from django.db import migrations, models

import breakwater.kernel.db
import breakwater.trust.models.live
from breakwater.trust.walls import stands

# One statement for all who look into circles: for each of them the walls are put up in turn, so that PostgreSQL answers
# as it would answer their own page. It runs as whoever asks, which is the role that serves: row security holds in it.
_STILL_OPENS = f"""
CREATE FUNCTION trust_still_opens(agencies uuid[], people uuid[], circles uuid[], kinds text[]) RETURNS boolean[]
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
    AS $$
    DECLARE
        said boolean[] := '{{}}';
    BEGIN
        FOR i IN 1 .. coalesce(cardinality(circles), 0) LOOP
            PERFORM set_config('breakwater.agency', agencies[i]::text, true),
                set_config('breakwater.user', people[i]::text, true);
            said := said || {stands("of this kind", circle="circles[i]").replace("'of this kind'", "kinds[i]")};
        END LOOP;
        PERFORM set_config('breakwater.agency', '', true), set_config('breakwater.user', '', true);
        RETURN said;
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("trust", "0014_glass_for_medical_staff")]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "transaction",
                    models.BigIntegerField(
                        db_default=breakwater.trust.models.live.ThisTransaction(),
                        help_text="In which it was written",
                    ),
                ),
                (
                    "topics",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), help_text="What changed, by opaque names", size=None
                    ),
                ),
                ("at", models.DateTimeField(db_default=breakwater.kernel.db.RecordedNow())),
            ],
            options={"indexes": [models.Index("transaction", name="change_by_transaction")]},
        ),
        migrations.RunSQL(_STILL_OPENS, "DROP FUNCTION trust_still_opens(uuid[], uuid[], uuid[], text[]);"),
    ]
