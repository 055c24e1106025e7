"""SP-05: nothing that must be there only once tells one agency that another has it.

PostgreSQL checks what must be unique behind row security, over everybody's rows: a key that holds only what somebody
can type would answer *it exists already* about a record that is hidden. So each holds something of the agency's own.
"""

import pytest
from django.apps import apps
from django.db import connection

TYPED_BY_ALL = {
    "portal_owncopy.code": "made here, by chance, and kept as a keyed hash: nobody can type it",
    "portal_owncopy.key": "made here, by chance, and kept as a keyed hash: nobody can type it",
    "portal_sitelink.token": "made here, by chance, and kept as a keyed hash: nobody can type it",
    "portal_roomlink.token": "made here, by chance, and kept as a keyed hash: nobody can type it",
    "portal_roomdevice.key": "made here, by chance, and kept as a keyed hash: nobody can type it",
    "portal_sitelink.key": "made here, by chance, and kept as a keyed hash: nobody can type it",
    "trust_user.username": "by it somebody signs in before it is known where they work; administrators choose it",
    "trust_passkey.credential_id": "made by a device, by chance: nobody has another's to try",
}
"""Keys without anything of an agency's, each with the reason."""
_UNIQUE = """
    SELECT c.relname, i.relname, array_agg(coalesce(a.attname, 'an expression') ORDER BY k.place),
        array_agg(coalesce(t.typname, 'text') ORDER BY k.place)
    FROM pg_index x
    JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
    CROSS JOIN unnest(x.indkey) WITH ORDINALITY AS k (attnum, place)
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum AND k.attnum > 0
    LEFT JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relrowsecurity
        AND (x.indisunique OR x.indisexclusion)
    GROUP BY c.relname, i.relname
"""


def ours() -> set[str]:
    """The tables of the product."""
    return {one._meta.db_table for one in apps.get_models() if one.__module__.startswith("breakwater.")}


@pytest.mark.django_db
def test_whatever_must_be_unique_holds_something_of_the_agencys_own():
    with connection.cursor() as cursor:
        cursor.execute(_UNIQUE)
        keys = [row for row in cursor.fetchall() if row[0] in ours()]
    assert len(keys) > 60
    typed = {
        f"{table}.{'.'.join(columns)}"
        for table, _, columns, types in keys
        if "uuid" not in types and not {"int8", "int4"} >= set(types)
    }
    assert typed - TYPED_BY_ALL.keys() == set()
