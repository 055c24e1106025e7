"""Whoever comes into a circle waits for a law that comes to protect it; a glass opens by both clocks; keys stay ours."""

from importlib import import_module

from django.db import migrations

_keys = import_module("breakwater.trust.migrations.0009_keys")
_medical = import_module("breakwater.trust.migrations.0014_glass_for_medical_staff")

# A grant holds the circle it opens until it is committed. Whoever protects the circle waits for that, or it for them,
# and then reads what protects it by now. One that ends here, or is the opener's own, opens nothing and waits for nobody.
_HOLD = """
        IF NEW.ends_at IS NULL OR NEW.ends_at > now() THEN
            SELECT opened_by_id, segments INTO lies FROM trust_circle WHERE id = NEW.circle_id FOR SHARE;
        END IF;"""
_OWN = """
        IF NEW.agency_id = lies.opened_by_id THEN
            RETURN NEW;
        END IF;"""
_LAWFUL = _medical._LAWFUL.replace(_OWN, _OWN + _HOLD)

# The clock of whoever asks may be a little behind this one: what was opened is open by both, from the earlier of them.
_BREAK_BEFORE = _medical._BREAK.split(";\n", 1)[1]
_BREAK = (
    _BREAK_BEFORE.replace(
        "lasts interval, facts jsonb\n)", "lasts interval, facts jsonb, asked timestamptz DEFAULT now()\n)"
    )
    .replace(
        "        lies record;",
        "        lies record;\n        opens timestamptz := greatest(least(asked, now()), now() - interval '5 minutes');",
    )
    .replace("c.opened_by_id WHERE c.id = wanted;", "c.opened_by_id WHERE c.id = wanted FOR SHARE OF c;")
    .replace("reason, words, now(),", "reason, words, opens,")
    .replace(
        "                now(), now() + lasts, trust_user()",
        "                opens, now() + lasts, trust_user()",
    )
)
# It writes as the owner of the tables: into those alone, and not into one that whoever asks made, with a trigger of its own.
_ENCRYPT_BEFORE = "CREATE OR REPLACE" + _keys._KEYS[_keys._KEYS.index(" FUNCTION trust_encrypt") :]
_ENCRYPT = _ENCRYPT_BEFORE.replace(
    "NOT starts_with(cell, 'enc1:') THEN",
    """NOT starts_with(cell, 'enc1:') OR NOT EXISTS (
            SELECT 1 FROM pg_class c WHERE c.oid = the_table AND c.relkind = 'r'
                AND c.relnamespace = 'public'::regnamespace AND pg_get_userbyid(c.relowner) = current_user) THEN""",
)
_DROP = "DROP FUNCTION trust_break_glass(uuid, uuid, uuid, text, text, interval, jsonb{});"


class Migration(migrations.Migration):
    dependencies = [("trust", "0020_how_a_list_was_asked_for")]

    operations = [
        migrations.RunSQL(_ENCRYPT, _ENCRYPT_BEFORE),
        migrations.RunSQL(_LAWFUL, _medical._LAWFUL),
        migrations.RunSQL(_DROP.format("") + _BREAK, _DROP.format(", timestamptz") + _BREAK_BEFORE),
    ]
