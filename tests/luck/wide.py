"""A database in which no text has a greatest length, and forms that ask for none.

That a text may be so long and no longer is one promise; that every text comes back is another. Where no field has a
width, all the strings there are go through it in one act: the same cleaning, the same action, the same column, and what
is asked once is asked of all of them.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.core.validators import MaxLengthValidator

from conftest import copy_database, drop_database, superuser_of, working_in

_NO_WIDTHS = """
DO $$
DECLARE
    one record;
BEGIN
    -- A text that is looked up by its order has to fit in a page of the index.
    FOR one IN
        SELECT DISTINCT ordered.indexrelid::regclass AS index, ordered.indrelid::regclass AS of, conname AS rule
        FROM pg_depend
        JOIN pg_index AS ordered ON ordered.indexrelid = objid AND ordered.indrelid = refobjid
        JOIN pg_attribute AS kept ON kept.attrelid = refobjid AND kept.attnum = refobjsubid
        LEFT JOIN pg_constraint ON conindid = objid AND contype IN ('p', 'u')
        WHERE kept.atttypid = 'varchar'::regtype AND kept.atttypmod >= 60 AND NOT ordered.indisprimary
        UNION
        SELECT DISTINCT ordered.indexrelid::regclass, ordered.indrelid::regclass, conname
        FROM pg_index AS ordered
        JOIN pg_constraint ON conindid = ordered.indexrelid AND conrelid = ordered.indrelid AND contype = 'u'
        JOIN pg_attribute AS kept ON kept.attrelid = ordered.indrelid AND kept.attnum = ANY (conkey)
        WHERE kept.atttypid = 'varchar'::regtype AND kept.atttypmod >= 60
    LOOP
        IF one.rule IS NULL THEN
            EXECUTE format('DROP INDEX %s', one.index);
        ELSE
            EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.of, one.rule);
        END IF;
    END LOOP;
    UPDATE pg_attribute SET atttypmod = -1
    FROM pg_class
    WHERE attrelid = pg_class.oid AND relnamespace = 'public'::regnamespace AND atttypid = 'varchar'::regtype;
    -- Whatever is altered is given a place beside it for what does not fit into a page.
    FOR one IN
        SELECT attrelid::regclass AS of, attname AS name
        FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND reltoastrelid = 0
            AND atttypid = 'varchar'::regtype AND NOT attisdropped
    LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STORAGE EXTENDED', one.of, one.name);
    END LOOP;
END $$
"""


@contextmanager
def wide_database() -> Iterator[None]:
    """Meanwhile Django works in a database in which every text has room for all strings."""
    name = "wide"
    url = copy_database(name)
    with psycopg.connect(superuser_of(url), autocommit=True) as admin:
        admin.execute(_NO_WIDTHS)
    with working_in(url):
        yield
    drop_database(name)


def no_widths(patch: pytest.MonkeyPatch) -> None:
    """No form finds any text too long."""
    patch.setattr(MaxLengthValidator, "compare", lambda *_: False)
    patch.setattr("breakwater.plans.forms.needs._LONGEST", 10**6)
