"""What lies on the disk of a record that was erased: the bytes of what was plain, until its table is written anew."""

from pathlib import Path

import psycopg
from django.db import transaction

from breakwater.kernel.ids import new_id
from breakwater.privacy.tests.test_keeping import Desk
from conftest import superuser_of, wait_until
from tests.test_at_rest import written_in


def test_vacuum_full_takes_the_bytes_of_an_erased_record_off_the_disk_of_its_tables(own_database):
    """As the handbook says: erasing marks rows as gone, and only writing a table anew leaves nothing of them in it."""
    canary = f"zq{new_id().hex}"
    with transaction.atomic():
        desk = Desk()
    with psycopg.connect(superuser_of(own_database), autocommit=True) as root:
        root.execute("UPDATE cases_case SET what_is_happening = %s WHERE id = %s", (canary, desk.case.pk))
        assert canary.encode() in tables(root)
        with transaction.atomic():
            proposed = desk.proposed()
        with transaction.atomic():
            desk.decided(proposed)
        assert canary.encode() in tables(root), "what the handbook warns of"
        # What PostgreSQL itself looks at just now, as it does when it counts rows, keeps a row that went meanwhile.
        wait_until(lambda: canary.encode() not in written_anew(root))


def written_anew(root):
    """The same bytes, when the table of cases was written anew."""
    root.execute("VACUUM FULL cases_case")
    return tables(root)


def tables(root):
    """Every byte of the tables and indexes of the database, as they lie on the disk now."""
    root.execute("CHECKPOINT")
    folder, database = root.execute(
        "SELECT current_setting('data_directory'), oid::text FROM pg_database WHERE datname = current_database()"
    ).fetchone()
    return written_in(Path(folder), database)["base"]
