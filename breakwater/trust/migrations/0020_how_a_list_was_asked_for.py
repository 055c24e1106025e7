"""By which filters a list was read, written down and sealed; what was sealed before stays sealed as it was."""

from importlib import import_module

import django.contrib.postgres.fields
from django.db import migrations, models

from breakwater.trust.rules.sealing import SAID, digest_of

_before = import_module("breakwater.trust.migrations.0007_seals")

_DIGESTS = "\n".join(
    f"""
        IF stream = '{stream}' THEN
            RETURN QUERY SELECT r.id, {digest_of(stream)}
                FROM trust_{stream} r WHERE r.agency_id = trust_agency() AND r.id > after AND r.id <= up_to
                ORDER BY r.id LIMIT most;
        END IF;"""
    for stream in SAID
)

_FUNCTION = f"""
CREATE OR REPLACE FUNCTION trust_digests(stream text, after bigint, up_to bigint, most integer)
    RETURNS TABLE (id bigint, digest bytea)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
    #variable_conflict use_column
    BEGIN{_DIGESTS}
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("trust", "0019_languages")]

    operations = [
        migrations.AddField(
            "Sighting",
            "asked",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20), null=True, size=None,
                help_text="By which filters a list was asked for; never what was typed",
            ),
        ),
        migrations.RunSQL(_FUNCTION, _before.DIGESTS.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")),
    ]  # fmt: skip
