"""Rotate and destroy the keys of agencies, and encrypt anew what stands under an old one: as the owner of the tables.

A rotation can be killed at any moment and begun again: what was encrypted anew stays, and the old key is destroyed only
when nothing stands under it any more. Nobody who works meanwhile waits, but for a batch of rows at a time.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from breakwater.kernel.cipher import MARK, MasterKey, Place, person_of
from breakwater.kernel.cipher import DataKey as Opened
from breakwater.kernel.db import all_rows
from breakwater.kernel.errors import Refused
from breakwater.kernel.ids import new_id
from breakwater.kernel.tree import leaf_of
from breakwater.trust import persons
from breakwater.trust.encrypted import ENCRYPTED, Encrypted
from breakwater.trust.keyring import decrypt, forget_keys, known_key, master_key, tree_in_use
from breakwater.trust.models import Agency, DataKey

AT_ONCE = 200
"""How many rows of one column are encrypted anew in one transaction."""

Progress = Callable[[int], None]
Row = tuple[Any, str, UUID | None]


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


def renew_persons(*, at: datetime, progress: Progress = lambda rows: None) -> int:
    """Have every person's key grow on another tree, and do away with the one before. How many cells that were.

    No dump from before opens then, and the folder of the keys is small again. Killed, it is gone on with.

    Raises:
        Refused: something cannot be read, so the tree before is kept.
    """
    new, done = persons.plant(at=at), 0
    for _ in range(2):  # a rotation that was not ended may have left something under a key that is not so old
        for agency in Agency.objects.filter(pk__in=DataKey.objects.values("agency")).order_by("name"):
            done += rotate(agency, at=at, progress=progress)
        if not any(_stands_elsewhere(field, new) for field in ENCRYPTED):
            persons.fell()
            return done
    raise Refused("Something still stands under keys of before, so they are kept. Begin it again.")


def _stands_elsewhere(field: Encrypted, tree: str) -> bool:
    """Whether a cell names a person's key that grew on another tree; what is of the erased does not count."""
    table, column = field.model._meta.db_table, field.column
    asked = (
        f"""SELECT "{column}" FROM "{table}" WHERE "{column}" LIKE %s AND substr("{column}", 39, 8) <> %s"""
    )
    return any(not _is_of_the_erased(cell) for (cell,) in all_rows(asked, (f"{MARK}%:%:%", tree)))


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
        master=master.name, tree=tree_in_use(), made_at=at,
    )  # fmt: skip
    return made


def _all_anew(old: Opened, new: Opened, progress: Progress) -> int:
    """Encrypt anew whatever stands under a key, column by column, a few rows at a time."""
    done = 0
    for field in ENCRYPTED:
        for rows in _batches(field, old):
            done += _anew(field, rows, new)
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


def _batches(field: Encrypted, old: Opened) -> Iterator[list[Row]]:
    """Rows whose cell is under a key, each with whose words it holds, in the order of their ids."""
    after: tuple[Any, ...] = ()
    table, column = field.model._meta.db_table, field.column
    while True:
        asked = f"""SELECT id, "{column}", {_circle(field.model)} FROM "{table}" it WHERE starts_with("{column}", %s)"""
        asked += f" AND id > %s ORDER BY id LIMIT {AT_ONCE}" if after else f" ORDER BY id LIMIT {AT_ONCE}"
        with connection.cursor() as cursor:
            cursor.execute(asked, (old.mark, *after))
            rows = cursor.fetchall()
        if not rows:
            return
        yield rows
        after = (rows[-1][0],)


def _circle(model: Any, it: str = "it") -> str:
    """SQL: whose words a row holds, as ``leaf_of_row`` finds it for a row that was read."""
    if hasattr(model, "circle"):
        return f"{it}.circle_id"
    ways = []
    for name in getattr(model, "lies_in", ()):
        whole, within = model._meta.get_field(name), f"{it}_in"
        found = _circle(whole.related_model, within)
        table = whole.related_model._meta.db_table
        ways.append(f'(SELECT {found} FROM "{table}" {within} WHERE {within}.id = {it}.{whole.column})')
    return f"coalesce({', '.join(ways)})" if ways else "NULL::uuid"


def _anew(field: Encrypted, rows: list[Row], new: Opened) -> int:
    """Write cells anew, each unless somebody changed it meanwhile. What cannot be read is left as it is."""
    table, column = field.model._meta.db_table, field.column
    change = f"""UPDATE "{table}" SET "{column}" = %s WHERE id = %s AND "{column}" = %s"""
    told = []
    for row, cell, circle in rows:
        place = Place(table, column, str(row))
        try:
            words = decrypt(cell, place)
            told.append(
                (new.encrypt(words, place, persons.key_for(leaf_of(circle)) if circle else None), row, cell)
            )
        except Refused:
            continue
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('breakwater.reencrypts', 'on', true)")
        cursor.executemany(change, told)
        changed = cursor.rowcount
        cursor.execute("SELECT set_config('breakwater.reencrypts', 'off', true)")
    return int(changed)


def _count(field: Encrypted, old: Opened) -> int:
    """How many cells stand under a key; not those of a person whose own key is destroyed, which nobody needs it for."""
    return sum(not _is_of_the_erased(cell) for rows in _batches(field, old) for _, cell, _ in rows)


def _is_of_the_erased(cell: str) -> bool:
    named = person_of(cell)
    return bool(named) and persons.is_destroyed(named)
