"""On which tree the keys of persons grow that are mixed into an agency's, told with the key in use."""

from django.db import migrations, models

_TELLS = """
DROP FUNCTION trust_first_key(uuid, bytea, text);
CREATE FUNCTION trust_first_key(the_id uuid, shut bytea, under text, the_tree text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        INSERT INTO trust_datakey (id, agency_id, version, wrapped, master, tree, made_at)
        SELECT the_id, trust_agency(), 1 + coalesce(max(k.version), 0), shut, under, the_tree, clock_timestamp()
        FROM trust_datakey k WHERE k.agency_id = trust_agency()
        ON CONFLICT DO NOTHING
    $$;

DROP FUNCTION trust_key_in_use();
CREATE FUNCTION trust_key_in_use() RETURNS TABLE (id uuid, agency_id uuid, wrapped bytea, kind text, tree text)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT k.id, k.agency_id, k.wrapped, a.kind::text, k.tree::text
        FROM trust_datakey k JOIN trust_agency a ON a.id = k.agency_id
        WHERE k.agency_id = trust_agency() AND k.retired_at IS NULL FOR KEY SHARE OF k
    $$;

CREATE FUNCTION trust_grows_on(key uuid, the_tree text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        UPDATE trust_datakey SET tree = the_tree
        WHERE id = key AND agency_id = trust_agency() AND retired_at IS NULL AND tree <> the_tree
    $$;
"""
_TOLD = """
DROP FUNCTION trust_grows_on(uuid, text);
DROP FUNCTION trust_first_key(uuid, bytea, text, text);
CREATE FUNCTION trust_first_key(the_id uuid, shut bytea, under text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        INSERT INTO trust_datakey (id, agency_id, version, wrapped, master, made_at)
        SELECT the_id, trust_agency(), 1 + coalesce(max(k.version), 0), shut, under, clock_timestamp()
        FROM trust_datakey k WHERE k.agency_id = trust_agency()
        ON CONFLICT DO NOTHING
    $$;
DROP FUNCTION trust_key_in_use();
CREATE FUNCTION trust_key_in_use() RETURNS TABLE (id uuid, agency_id uuid, wrapped bytea, kind text)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT k.id, k.agency_id, k.wrapped, a.kind::text FROM trust_datakey k JOIN trust_agency a ON a.id = k.agency_id
        WHERE k.agency_id = trust_agency() AND k.retired_at IS NULL FOR KEY SHARE OF k
    $$;
"""


class Migration(migrations.Migration):
    dependencies = [("trust", "0026_what_somebody_left")]

    operations = [
        migrations.AddField(
            model_name="datakey",
            name="tree",
            field=models.CharField(
                blank=True,
                default="",
                help_text="On which tree the persons' keys grow, beside it",
                max_length=8,
            ),
            preserve_default=False,
        ),
        migrations.RunSQL(_TELLS, _TOLD),
    ]
