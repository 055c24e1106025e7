"""Seals on the journal, and the two questions that making and checking them asks of PostgreSQL."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import breakwater.kernel.db
from breakwater.trust.rules.sealing import SAID
from breakwater.trust.walls import append_only, walled

_DIGESTS = "\n".join(
    f"""
        IF stream = '{stream}' THEN
            RETURN QUERY SELECT r.id, sha256(convert_to(jsonb_build_array(r.id, {SAID[stream]})::text, 'UTF8'))
                FROM trust_{stream} r WHERE r.agency_id = trust_agency() AND r.id > after AND r.id <= up_to
                ORDER BY r.id LIMIT most;
        END IF;"""
    for stream in SAID
)

# Both run as the owner of the tables. A digest says nothing of what it was made from, and an agency seals also those of
# its rows that lie in circles which it has left. The lock waits for whoever is writing and keeps the next writer for as
# long as it takes to read one number: no row can turn up below it any more.
DIGESTS = f"""
CREATE FUNCTION trust_digests(stream text, after bigint, up_to bigint, most integer)
    RETURNS TABLE (id bigint, digest bytea)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
    #variable_conflict use_column
    BEGIN{_DIGESTS}
    END $$;
"""
_SETTLED = f"""
CREATE FUNCTION trust_settled(stream text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
    DECLARE
        found bigint;
    BEGIN
        IF stream NOT IN ({", ".join(f"'{one}'" for one in SAID)}) THEN
            RETURN 0;
        END IF;
        EXECUTE format('LOCK TABLE trust_%I IN SHARE MODE', stream);
        EXECUTE format('SELECT coalesce(max(id), 0) FROM trust_%I', stream) INTO found;
        RETURN found;
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("trust", "0006_glass")]

    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "stream",
                    models.CharField(
                        choices=[
                            ("entry", "What was done"),
                            ("sighting", "What was shown"),
                            ("decision", "What was decided"),
                        ],
                        max_length=10,
                    ),
                ),
                ("number", models.PositiveIntegerField(help_text="The first seal of a chain is 1")),
                (
                    "rows",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        help_text="The rows it covers, in order",
                        size=None,
                    ),
                ),
                ("marks", models.BinaryField(help_text="A keyed mark of each")),
                ("seal", models.BinaryField(help_text="Keyed, over all of this and the seal before")),
                ("key", models.CharField(help_text="The name of the key", max_length=12)),
                ("sealed_at", models.DateTimeField(db_default=breakwater.kernel.db.RecordedNow())),
                (
                    "agency",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trust.agency",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("agency"),
                        models.F("stream"),
                        models.F("number"),
                        name="one_seal_of_a_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rows__len__gt", 0)), name="a_seal_covers_something"
                    ),
                ]
            },
        ),
        migrations.AddIndex("Sighting", models.Index("agency", "id", name="sighting_by_agency")),
        migrations.AddIndex("Decision", models.Index("agency", "id", name="decision_in_order")),
        walled("trust_seal", "agency"),
        append_only("trust_seal"),
        migrations.RunSQL(
            DIGESTS + _SETTLED,
            "DROP FUNCTION trust_digests(text, bigint, bigint, integer); DROP FUNCTION trust_settled(text);",
        ),
    ]
