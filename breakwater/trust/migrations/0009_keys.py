"""Keys of agencies, which one encrypts now, and the two ways in which a cell that stands may be written anew."""

import django.db.models.deletion
from django.db import migrations, models

import breakwater.kernel.ids

# All three run as the owner of the tables: the role that serves reads wrapped keys, and makes, changes or destroys none
# past them. ``FOR KEY SHARE`` holds the key in use until the transaction ends; destroying one waits for that.
_KEYS = """
CREATE FUNCTION trust_key_in_use() RETURNS TABLE (id uuid, agency_id uuid, wrapped bytea, kind text)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT k.id, k.agency_id, k.wrapped, a.kind::text FROM trust_datakey k JOIN trust_agency a ON a.id = k.agency_id
        WHERE k.agency_id = trust_agency() AND k.retired_at IS NULL FOR KEY SHARE OF k
    $$;

CREATE FUNCTION trust_first_key(the_id uuid, shut bytea, under text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        INSERT INTO trust_datakey (id, agency_id, version, wrapped, master, made_at)
        SELECT the_id, trust_agency(), 1 + coalesce(max(k.version), 0), shut, under, clock_timestamp()
        FROM trust_datakey k WHERE k.agency_id = trust_agency()
        ON CONFLICT DO NOTHING
    $$;

CREATE FUNCTION trust_encrypt(the_table regclass, the_column name, the_row uuid, cell text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
    BEGIN
        IF the_table::text LIKE 'trust%' OR NOT starts_with(cell, 'enc1:') THEN
            RAISE EXCEPTION 'this is not encrypted here' USING ERRCODE = 'insufficient_privilege';
        END IF;
        PERFORM set_config('breakwater.reencrypts', 'on', true);
        EXECUTE format(
            'UPDATE %1$s r SET %2$I = $1 WHERE r.id = $2 AND r.%2$I <> '''' AND NOT starts_with(r.%2$I, ''enc1:'')'
            ' AND EXISTS (SELECT 1 FROM trust_grant g WHERE g.circle_id = r.circle_id AND g.basis = ''care'''
            ' AND g.agency_id = trust_agency() AND g.starts_at <= now() AND (g.ends_at IS NULL OR g.ends_at > now()))',
            the_table, the_column) USING cell, the_row;
        PERFORM set_config('breakwater.reencrypts', 'off', true);
    END $$;
"""
_NO_KEYS = """
DROP FUNCTION trust_encrypt(regclass, name, uuid, text);
DROP FUNCTION trust_first_key(uuid, bytea, text);
DROP FUNCTION trust_key_in_use();
"""

# What was written stays written, though the same words may be encrypted anew: by the owner of the table who says so.
_STAYS = """
CREATE FUNCTION trust_reencrypts(the_table oid) RETURNS boolean LANGUAGE sql STABLE
    AS $$
        SELECT coalesce(current_setting('breakwater.reencrypts', true), '') = 'on'
            AND current_user = pg_get_userbyid(c.relowner)
        FROM pg_catalog.pg_class c WHERE c.oid = the_table
    $$;

CREATE OR REPLACE FUNCTION trust_is_append_only() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN
        IF TG_OP = 'UPDATE' AND trust_reencrypts(TG_RELID) THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'what is written in % stays written', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END $$;
"""
_STAYED = """
CREATE OR REPLACE FUNCTION trust_is_append_only() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'what is written in % stays written', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege'; END $$;
DROP FUNCTION trust_reencrypts(oid);
"""


class Migration(migrations.Migration):
    dependencies = [("trust", "0008_sign_in")]

    operations = [
        migrations.CreateModel(
            name="DataKey",
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
                ("version", models.PositiveIntegerField(help_text="The first key of an agency is 1")),
                (
                    "wrapped",
                    models.BinaryField(
                        help_text="The key, under the master key; empty when it was destroyed"
                    ),
                ),
                ("master", models.CharField(help_text="The name of the master key", max_length=12)),
                ("made_at", models.DateTimeField()),
                (
                    "retired_at",
                    models.DateTimeField(blank=True, help_text="Nothing new is encrypted with it", null=True),
                ),
                ("destroyed_at", models.DateTimeField(blank=True, null=True)),
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
                        models.F("agency"), models.F("version"), name="one_key_of_a_version"
                    ),
                    models.UniqueConstraint(
                        models.F("agency"),
                        condition=models.Q(("retired_at", None)),
                        name="one_key_in_use_per_agency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("destroyed_at", None),
                            models.Q(("retired_at__isnull", False), ("wrapped", b"")),
                            _connector="OR",
                        ),
                        name="a_destroyed_key_is_gone",
                    ),
                ]
            },
        ),
        migrations.RunSQL(_KEYS, _NO_KEYS),
        migrations.RunSQL(_STAYS, _STAYED),
    ]
