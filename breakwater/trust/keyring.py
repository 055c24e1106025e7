"""The keys of agencies, opened and held in memory: which one encrypts now, and which one opens a cell.

A key is unwrapped once in a process. Which one is in use is asked once in a transaction that encrypts, and held until
that transaction ends: rotation waits for it before an old key is destroyed, so nothing is ever written under a key that
is gone.
"""

import logging
from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.db import connection

from breakwater.kernel.cipher import DataKey, MasterKey, Place, Unreadable, key_of, person_of
from breakwater.kernel.db import all_rows, one_row, run_sql
from breakwater.kernel.ids import new_id
from breakwater.kernel.tree import PersonKey
from breakwater.trust import persons

log = logging.getLogger(__name__)

WITHOUT_TOKENS = "victim_service"
"""Agencies of this kind keep nothing by which a phone could be looked for, not even among themselves."""

_IN_USE = "SELECT id, agency_id, wrapped, kind, tree FROM trust_key_in_use()"
_TREES = "SELECT DISTINCT tree FROM trust_datakey WHERE tree <> '' AND destroyed_at IS NULL"
_ONE = "SELECT id, agency_id, wrapped FROM trust_datakey WHERE id = %s AND destroyed_at IS NULL"
_SEARCHED = """
    SELECT DISTINCT ON (k.agency_id) k.id, k.agency_id, k.wrapped FROM trust_datakey k
    JOIN trust_agency a ON a.id = k.agency_id AND a.kind <> %s
    WHERE k.destroyed_at IS NULL AND (%s::uuid IS NULL OR k.agency_id = %s) ORDER BY k.agency_id, k.version DESC
"""

_opened: dict[tuple[str, UUID], DataKey] = {}
_searches: dict[tuple[str, UUID], DataKey] = {}


class InUse:
    """The key with which the running transaction encrypts."""

    def __init__(self, key: DataKey, kind: str, tree: str) -> None:
        self.key = key
        self.kind = kind
        self.tree = tree
        self.savepoints = tuple(connection.savepoint_ids)

    def is_held(self) -> bool:
        """Whether PostgreSQL still holds it for us: undoing a savepoint gives back what was locked in it."""
        return tuple(connection.savepoint_ids)[: len(self.savepoints)] == self.savepoints


def master_key() -> MasterKey:
    """What wraps the keys."""
    return MasterKey(settings.MASTER_KEY)


def key_in_use() -> InUse:
    """The key of the agency for which the running transaction acts; its first one is made here.

    Raises:
        Unreadable: the master key does not open it.
        LookupError: nobody acts.
    """
    held: InUse | None = getattr(connection, "_encrypts_with", None)
    if held is None or not held.is_held():
        row = one_row(_IN_USE) or _first_key()
        held = InUse(_unwrapped(*row[:3]), *row[3:])
        connection._encrypts_with = held  # type: ignore[attr-defined]  # as long as the transaction
        if held.kind != WITHOUT_TOKENS:
            _searches[settings.MASTER_KEY, held.key.agency] = held.key
    return held


def forget_key_in_use() -> None:
    """Another transaction, or another agency: the key in use is asked for anew."""
    connection._encrypts_with = None  # type: ignore[attr-defined]  # ours, on their connection


def encrypt(words: bytes, place: Place, leaf: int | None = None) -> str:
    """A cell under the key of the agency that acts, and under the person's own where it is about somebody.

    Raises:
        Unreadable: a key cannot be had, so nothing is written.
    """
    held = key_in_use()
    if leaf and not held.tree:
        tree_in_use()
    return held.key.encrypt(words, place, _person(held, leaf) if leaf else None)


def _person(held: InUse, leaf: int) -> PersonKey:
    """Somebody's key. On which tree it grew stands beside the agency's key before the first cell does."""
    key = persons.key_for(leaf)
    if held.tree != key.tree:
        run_sql("SELECT trust_grows_on(%s, %s)", (held.key.id, tree_in_use()))
        forget_key_in_use()
    return key


def tree_in_use() -> str:
    """On which tree keys of persons grow now; the first one is planted here, where no key of an agency names one.

    Raises:
        Unreadable: the folder is not the one that this database was written with.
    """
    named = {tree for (tree,) in all_rows(_TREES)}
    if not named:
        persons.begin()
    there = persons.trees()
    if not there or not named <= set(there):
        log.error(
            "The folder of persons' keys is not the one of this database: see the handbook's page on keys"
        )
        raise Unreadable
    return there[0]


def decrypt(cell: str, place: Place) -> bytes:
    """The words of a cell, whoever's key it is: who may read the row is for the walls to say.

    Raises:
        Unreadable: its key is unknown, or destroyed, or the cell is not as it was written.
    """
    try:
        person = person_of(cell)
        return known_key(key_of(cell)).decrypt(cell, place, persons.key_named(person) if person else None)
    except Unreadable:
        log.exception("A cell of %s.%s cannot be decrypted: see the handbook's page on keys", *place[:2])
        raise


def known_key(key_id: UUID) -> DataKey:
    """A key by its number: from memory, or by one look-up.

    Raises:
        Unreadable: there is none, it was destroyed, or the master key does not open it.
    """
    known = _opened.get((settings.MASTER_KEY, key_id))
    if known is None:
        row = one_row(_ONE, (key_id,))
        if row is None:
            raise Unreadable
        known = _unwrapped(*row)
    return known


def forget_keys() -> None:
    """Forget every key that was opened in this process."""
    _opened.clear()
    _searches.clear()
    persons.forget()
    forget_key_in_use()


def token(text: str) -> str:
    """By what the acting agency finds a text again; nothing for an agency that keeps no tokens."""
    held = key_in_use()
    return "" if held.kind == WITHOUT_TOKENS else held.key.token(text)


def tokens_of(agency: UUID, text: str) -> list[str]:
    """What a text would stand as with one agency; nothing when it keeps no tokens, or no key yet."""
    known = _searches.get((settings.MASTER_KEY, agency))
    return [known.token(text)] if known else _tokens((WITHOUT_TOKENS, agency, agency), text)


def tokens_everywhere(text: str) -> list[str]:
    """What a text would stand as with each agency that keeps tokens: for an emergency, and for nothing else."""
    return _tokens((WITHOUT_TOKENS, None, None), text)


def _tokens(asked: tuple[str | UUID | None, ...], text: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_SEARCHED, asked)
        rows: Iterable[tuple[UUID, UUID, bytes]] = cursor.fetchall()
    keys = [_unwrapped(*row) for row in rows]
    _searches.update({(settings.MASTER_KEY, key.agency): key for key in keys})
    return [key.token(text) for key in keys]


def _first_key() -> tuple[UUID, UUID, bytes, str, str]:
    """Make the agency's first key, unless somebody does so at the same moment."""
    acting = one_row("SELECT trust_agency()")
    if acting is None or acting[0] is None:
        raise LookupError("nobody acts, so there is no key to encrypt with")
    master, made = master_key(), DataKey.new(new_id(), acting[0])
    told = (made.id, master.wrap(made), master.name, tree_in_use())
    run_sql("SELECT trust_first_key(%s, %s, %s, %s)", told)
    row = one_row(_IN_USE)
    if row is None:
        raise Unreadable
    return row


def _unwrapped(key_id: UUID, agency: UUID, wrapped: bytes) -> DataKey:
    known = _opened.get((settings.MASTER_KEY, key_id))
    if known is None:
        known = master_key().unwrap(bytes(wrapped), key_id, agency)
        _opened[settings.MASTER_KEY, key_id] = known
    return known
