"""Rotate and destroy the keys of agencies, and encrypt anew what stands under an old one: as the owner of the tables.

A rotation can be killed at any moment and begun again: what was encrypted anew stays, and the old key is destroyed only
when nothing stands under it any more. Nobody who works meanwhile waits, but for a batch of rows at a time.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from breakwater.kernel.cipher import DataKey as Opened
from breakwater.kernel.cipher import MasterKey, Place
from breakwater.kernel.db import one_row
from breakwater.kernel.errors import Refused
from breakwater.kernel.ids import new_id
from breakwater.trust.encrypted import ENCRYPTED, Encrypted
from breakwater.trust.keyring import forget_keys, known_key, master_key
from breakwater.trust.models import Agency, DataKey

AT_ONCE = 200
"""How many rows of one column are encrypted anew in one transaction."""

Progress = Callable[[int], None]


def rotate(agency: Agency, *, at: datetime, progress: Progress = lambda rows: None) -> int:
    """Give an agency a new key, encrypt everything with it, and destroy the old ones. How many cells that were.

    A rotation that was killed is gone on with, and no further key is made.

    Raises:
        Refused: something under an old key cannot be read, so that key is kept.
        Unreadable: the master key does not open the agency's key.
    """
    new = _next_key(agency, at=at)
    done = 0
    for old in (
        DataKey.objects.filter(agency=agency, destroyed_at=None).exclude(pk=new.id).order_by("version")
    ):
        key = known_key(old.pk)
        done += _all_anew(key, new, progress)
        done += _destroyed_when_empty(key, new, at=at)
    return done


@transaction.atomic
def destroy_keys(agency: Agency, *, at: datetime) -> int:
    """Destroy every key of an agency: whatever it encrypted opens nowhere again, here or in a dump from now on."""
    keys = DataKey.objects.select_for_update().filter(agency=agency, destroyed_at=None)
    for key in keys:
        _destroy(key, at=at)
    forget_keys()
    return len(keys)


def wrap_anew(before: MasterKey, *, master: MasterKey) -> int:
    """Wrap every key in the master key of now in place of the one before. How many there were. Twice is harmless.

    Raises:
        Unreadable: the master key before is another one; nothing is changed.
    """
    with transaction.atomic():
        keys = DataKey.objects.select_for_update().filter(destroyed_at=None).exclude(master=master.name)
        for key in keys:
            opened = before.unwrap(bytes(key.wrapped), key.pk, key.agency_id)
            key.wrapped, key.master = master.wrap(opened), master.name
            key.save(update_fields=["wrapped", "master"])
    forget_keys()
    return len(keys)


@transaction.atomic
def _next_key(agency: Agency, *, at: datetime) -> Opened:
    """The key that takes over; the one that an unfinished rotation made, if there is one."""
    keys = list(DataKey.objects.select_for_update(no_key=True).filter(agency=agency).order_by("-version"))
    standing = [key for key in keys if key.destroyed_at is None]
    if len(standing) > 1:
        return known_key(standing[0].pk)
    before = known_key(standing[0].pk) if standing else None
    DataKey.objects.filter(agency=agency, retired_at=None).update(retired_at=at)
    made, master = Opened.new(new_id(), agency.pk, before=before), master_key()
    DataKey.objects.create(
        id=made.id, agency=agency, version=keys[0].version + 1 if keys else 1, wrapped=master.wrap(made),
        master=master.name, made_at=at,
    )  # fmt: skip
    return made


def _all_anew(old: Opened, new: Opened, progress: Progress) -> int:
    """Encrypt anew whatever stands under a key, column by column, a few rows at a time."""
    done = 0
    for field in ENCRYPTED:
        for rows in _batches(field, old):
            done += _anew(field, rows, old, new)
            progress(done)
    return done


def _destroyed_when_empty(old: Opened, new: Opened, *, at: datetime) -> int:
    """Wait for whoever still writes with a key, encrypt what they left, and destroy it.

    Raises:
        Refused: something stands under it that cannot be read.
    """
    with transaction.atomic():
        key = DataKey.objects.select_for_update().get(pk=old.id)
        done = _all_anew(old, new, lambda rows: None)
        left = sum(_count(field, old) for field in ENCRYPTED)
        if left == 0:
            _destroy(key, at=at)
    if left:
        raise Refused(
            f"{left} cells under key {key.version} of {key.agency} cannot be read, so it is kept. They were changed or"
            " moved behind Breakwater's back: restore these rows from a backup, and rotate again."
        )
    return done


def _destroy(key: DataKey, *, at: datetime) -> None:
    key.wrapped, key.destroyed_at, key.retired_at = b"", at, key.retired_at or at
    key.save(update_fields=["wrapped", "destroyed_at", "retired_at"])


def _batches(field: Encrypted, old: Opened) -> Iterator[list[tuple[Any, str]]]:
    """Rows whose cell is under a key, in the order of their ids."""
    after: tuple[Any, ...] = ()
    table, column = field.model._meta.db_table, field.column
    while True:
        asked = f"""SELECT id, "{column}" FROM "{table}" WHERE starts_with("{column}", %s)"""
        asked += f" AND id > %s ORDER BY id LIMIT {AT_ONCE}" if after else f" ORDER BY id LIMIT {AT_ONCE}"
        with connection.cursor() as cursor:
            cursor.execute(asked, (old.mark, *after))
            rows = cursor.fetchall()
        if not rows:
            return
        yield rows
        after = (rows[-1][0],)


def _anew(field: Encrypted, rows: list[tuple[Any, str]], old: Opened, new: Opened) -> int:
    """Write cells anew, each unless somebody changed it meanwhile. What cannot be read is left as it is."""
    table, column = field.model._meta.db_table, field.column
    change = f"""UPDATE "{table}" SET "{column}" = %s WHERE id = %s AND "{column}" = %s"""
    told = []
    for row, cell in rows:
        place = Place(table, column, str(row))
        try:
            told.append((new.encrypt(old.decrypt(cell, place), place), row, cell))
        except Refused:
            continue
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('breakwater.reencrypts', 'on', true)")
        cursor.executemany(change, told)
        changed = cursor.rowcount
        cursor.execute("SELECT set_config('breakwater.reencrypts', 'off', true)")
    return int(changed)


def _count(field: Encrypted, old: Opened) -> int:
    asked = f"""SELECT count(*) FROM "{field.model._meta.db_table}" WHERE starts_with("{field.column}", %s)"""
    row = one_row(asked, (old.mark,))
    return int(row[0]) if row else 0
