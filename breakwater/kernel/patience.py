"""How long a program of ours waits in PostgreSQL: nothing that serves is held up for ever by what another does.

PostgreSQL itself keeps these bounds, told with each connection and not with each request: so no page can forget them,
none needs a statement for them, and they hold for whoever is not signed in as well.
"""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from django.db import DatabaseError, connection
from psycopg import InterfaceError, OperationalError, errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from breakwater.kernel import tables
from breakwater.kernel.tables import Table

_LOOKS_FOR_RINGS = 1
"""Seconds after which PostgreSQL looks whether those who wait for each other form a ring (``deadlock_timeout``)."""


class Bound(Enum):
    """What came to its end."""

    STATEMENT = "statement"
    LOCK = "lock"
    IDLE = "idle"
    DISK = "disk"


_ENDS_AS = {
    errors.QueryCanceled: Bound.STATEMENT,
    errors.LockNotAvailable: Bound.LOCK,
    errors.IdleInTransactionSessionTimeout: Bound.IDLE,
    errors.DiskFull: Bound.DISK,
}


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How many seconds one program waits for a statement, for what another holds, and for itself in a transaction."""

    statement: float
    lock: float
    idle: float

    @property
    def options(self) -> str:
        """As a connection is told."""
        bounds = {
            "statement_timeout": self.statement,
            "lock_timeout": self.lock,
            "idle_in_transaction_session_timeout": self.idle,
        }
        return " ".join(f"-c {name}={seconds * 1000:.0f}" for name, seconds in bounds.items())


@dataclass(frozen=True, kw_only=True)
class Answering:
    """How many seconds a page may take in all, and one that brings files; and wait for a connection to begin with."""

    whole: float
    with_files: float
    connection: float


@dataclass(frozen=True, kw_only=True)
class Silence:
    """After how many seconds of waiting PostgreSQL's pulse is felt, and within how many it must be heard."""

    felt_after: float
    heard_within: float


LOOKS_IN = "-c search_path=pg_catalog,public,pg_temp"
"""Where PostgreSQL looks for a name: where every function looks that runs as the owner of the tables.

``trust_agency`` is asked from within such functions and from without. Where the two look in different places,
PostgreSQL forgets its plan at each turn and makes it anew, which takes a tenth of a millisecond several times a page.
"""


def keep_to(patience: Patience) -> None:
    """Every connection that this process opens from now on waits so long, and looks where functions look."""
    told = connection.settings_dict["OPTIONS"]
    told["options"] = _joined(told.get("options"), patience)


def wait_for_a_connection(seconds: float) -> None:
    """Whoever finds PostgreSQL full or away is told so after that: each thread has a connection of its own."""
    connection.settings_dict["OPTIONS"]["pool"]["timeout"] = seconds


def within(url: str, patience: Patience) -> str:
    """An address of the database, for one connection that waits so long and no longer."""
    return make_conninfo(url, options=_joined(conninfo_to_dict(url).get("options"), patience))


def _joined(told: object, patience: Patience) -> str:
    return f"{told or ''} {LOOKS_IN} {patience.options}".strip()


def ended_by(error: BaseException | None) -> Bound | None:
    """Which bound ended a statement; ``None`` when none did."""
    cause = error.__cause__ if isinstance(error, DatabaseError) else None
    return next((bound for kind, bound in _ENDS_AS.items() if isinstance(cause, kind)), None)


_SAID_AS_IT_WENT = ("08", "57P01", "57P02", "57P03", "53300")
"""Of which classes an error is by which PostgreSQL cuts a line, lets nobody in yet, or has no room for one more."""


def was_away(error: BaseException | None) -> bool:
    """Whether PostgreSQL went away, or could not be reached: that says nothing of what was asked of it."""
    while error is not None:
        if isinstance(error, OperationalError | InterfaceError):
            said = error.sqlstate
            if said is None or said.startswith(_SAID_AS_IT_WENT):
                return True
        error = error.__cause__
    return False


def was_full(error: BaseException | None) -> bool:
    """Whether there was no room on PostgreSQL's disk: that passes, and says nothing of what was asked either."""
    while error is not None and not isinstance(error, errors.DiskFull):
        error = error.__cause__
    return error is not None


def load(path: Path) -> tuple[Patience, Answering, Silence, Patience]:
    """Read the bounds of the web server, of its pages, of a silent PostgreSQL, and of the worker.

    Raises:
        WrongTable: a bound is missing, or makes no sense beside another.
    """
    raw = tables.read(path)
    raw.text("source")
    raw.day("date")
    raw.flag("verified")
    web, worker = raw.table("web"), raw.table("worker")
    found = (told := _patience(web)), _answering(web, told), _silence(web, told), _patience(worker)
    for table in (raw, web, worker):
        table.close()
    return found


def _patience(table: Table) -> Patience:
    made = Patience(statement=table.whole("statement"), lock=table.whole("lock"), idle=table.whole("idle"))
    if not _LOOKS_FOR_RINGS < made.lock < made.statement:
        table.refuse("lock", f"is not between {_LOOKS_FOR_RINGS} second and what a statement may take")
    return made


def _answering(table: Table, told: Patience) -> Answering:
    made = Answering(
        whole=table.whole("whole"), with_files=table.whole("with_files"), connection=table.whole("connection")
    )
    if not told.statement < made.whole <= made.with_files:
        table.refuse("whole", "is not longer than a statement may take, or longer than with files")
    if made.connection >= told.lock:
        table.refuse("connection", "would tell of a full PostgreSQL no sooner than of a lock")
    return made


def _silence(table: Table, told: Patience) -> Silence:
    made = Silence(felt_after=table.whole("felt_after"), heard_within=table.whole("heard_within"))
    if made.felt_after + made.heard_within >= told.lock:
        table.refuse("heard_within", "would tell of a silence no sooner than of a lock")
    return made


WEB, ANSWERING, SILENCE, WORKER = load(Path(__file__).parent / "patience.toml")
