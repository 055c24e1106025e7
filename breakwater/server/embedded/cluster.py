"""One PostgreSQL in one folder: made, started, adopted, healed and stopped."""

import fcntl
import json
import os
import secrets
import signal
import subprocess
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import psycopg
from psycopg import pq, sql
from psycopg.conninfo import make_conninfo

from breakwater.server.embedded import binaries, making, places
from breakwater.server.embedded.trouble import DatabaseTrouble
from breakwater.server.processes import end, is_living, living

ADMIN, OWNER, APP = "breakwater_admin", "breakwater_owner", "breakwater_app"
DATABASE = "breakwater"
_PORT = 5432  # names the socket's file; nothing listens on a port
_PATIENCE = 90.0
_TRIES = 12
_LARGEST_LOG = 8 * 1024 * 1024

_SETTINGS = {
    "listen_addresses": "",
    "port": str(_PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "work_mem": "16MB",
    "effective_cache_size": "2GB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # The log says what broke, never whose row it was.
    "log_min_messages": "log",  # what an error says may quote what was typed; the type of it is in our own log
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}
_THROWN_AWAY = dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off") | {
    "max_wal_size": "256MB",
    "shared_buffers": "256MB",
    "max_connections": "200",
}


class Cluster:
    """One PostgreSQL in one folder.

    Args:
        folder: holds data, socket, log and passwords; made with mode 0700.
        lasting: ``False`` for throwaway clusters of tests: no waiting for the disk.
        programs: which PostgreSQL programs; see ``binaries.find``.
    """

    def __init__(self, folder: Path, *, lasting: bool = True, programs: str = "") -> None:
        self.folder = folder.expanduser().resolve()
        self.data = self.folder / "data"
        self.log = self.folder / "postgres.log"
        self.socket = places.socket_folder(self.folder)
        self.name = f"breakwater-{zlib.crc32(os.fsencode(self.folder)):08x}"
        self.lasting = lasting
        self.wanted = programs
        self.process: subprocess.Popen[bytes] | None = None
        self._account: places.Account | None = None
        self._users: int | None = None

    def start(self) -> "Cluster":
        """Make the cluster if there is none, and have it answer. Harmless when it runs.

        Raises:
            DatabaseTrouble: there are no programs for it, or it does not come up; the message says what to do.
        """
        self._account = places.account()
        for folder in (self.folder, self.socket):
            places.make_private(folder, self._account)
        with self._alone():
            self._count_me_in()
            if not self._is_made():
                self._make()
            self._have_it_answer()
            self._have_roles()
        return self

    def is_alive(self) -> bool:
        """Whether it answers, or will in a moment. Asked by connecting; a dead child is buried on the way."""
        if self.process and self.process.poll() is not None:
            self.process = None
        return self._ping() in (pq.Ping.OK, pq.Ping.REJECT)

    def keep(self) -> None:
        """Let it run on when nobody uses it, until it is told to stop."""
        self._write_private("kept", "")

    def leave(self) -> bool:
        """Be done with it: whoever is last stops it, unless it is kept. Whether it runs on, because it is kept."""
        if not self.folder.exists():
            return False
        with self._alone():
            share = self._count_me_in()
            is_last = _try_lock(share)
            os.close(share)
            self._users = None
            is_kept = (self.folder / "kept").exists()
            if is_last and not is_kept:
                self._stop()
            return is_kept

    def stop(self) -> None:
        """Stop it, letting transactions roll back first. Harmless when it does not run."""
        if self.folder.exists():
            with self._alone():
                (self.folder / "kept").unlink(missing_ok=True)
                self._stop()

    def url(self, role: str = APP, database: str = DATABASE) -> str:
        """The connection URL for a role."""
        password = self._passwords()[role]
        return f"postgresql://{role}:{password}@/{database}?host={quote(str(self.socket))}&port={_PORT}"

    def connect(self, role: str = ADMIN, database: str = "postgres") -> psycopg.Connection[Any]:
        """A connection that commits each statement."""
        return psycopg.connect(self.url(role, database), autocommit=True, connect_timeout=10)

    def shorten_log(self) -> None:
        """Have it note where it stands, so that it uses the files of its log anew; in vain where it cannot."""
        with suppress(psycopg.Error), self.connect() as line:
            line.execute("SET statement_timeout = '20s'")
            line.execute("CHECKPOINT")

    def _is_made(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    def _make(self) -> None:
        self._write_private(
            "passwords.json", json.dumps({r: secrets.token_urlsafe(32) for r in (ADMIN, OWNER, APP)})
        )
        making.make(
            self.data,
            programs=self._programs(),
            admin=ADMIN,
            password=self._passwords()[ADMIN],
            account=self._account,
        )

    def _have_it_answer(self) -> None:
        """Start it unless somebody's server for these data is there already, and wait until it answers."""
        tries, stop_at = 0, time.monotonic() + _PATIENCE
        while (answer := self._ping()) != pq.Ping.OK:
            if time.monotonic() > stop_at or tries > _TRIES:
                raise DatabaseTrouble(f"PostgreSQL does not come up. Its own words are in {self.log}.")
            if answer == pq.Ping.NO_RESPONSE and not self._holder() and not self._is_running():
                time.sleep(min(0.05 * tries, 1.0))
                self._clear_the_way()
                self.process = self._launched()
                tries += 1
            time.sleep(0.03)

    def _ping(self) -> pq.Ping:
        where = make_conninfo(
            host=str(self.socket), port=_PORT, dbname="postgres", user=ADMIN, connect_timeout=3
        )
        return pq.Ping(pq.PGconn.ping(where.encode()))

    def _is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def _holder(self) -> psutil.Process | None:
        """The living postmaster of these data, or ``None``: its note may name a zombie, or a stranger by now."""
        try:
            process = psutil.Process(abs(int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])))
            return process if is_living(process) and self._is_ours(process) else None
        except (OSError, ValueError, psutil.Error):
            return None

    def _is_ours(self, process: psutil.Process) -> bool:
        """Whether a process is a server of these data: the first by its arguments, its children by their title."""
        said = process.cmdline()
        return process.name().startswith("postgres") and (
            str(self.data) in said or f"postgres: {self.name}: " in " ".join(said)
        )

    def _clear_the_way(self) -> None:
        """End what a killed postmaster left behind, then remove lock files that name a zombie, a stranger or nobody.

        A dead holder is PostgreSQL's own business: it also looks whether the old one's memory is still in use.
        """
        end(living(self._is_ours))
        for lock in (self.data / "postmaster.pid", self.socket / f".s.PGSQL.{_PORT}.lock"):
            with suppress(OSError):
                if not _names_somebody_dead(lock):
                    lock.unlink()

    def _launched(self) -> subprocess.Popen[bytes]:
        if self.log.exists() and self.log.stat().st_size > _LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        here = {"unix_socket_directories": str(self.socket), "shared_buffers": places.to_keep_in_memory()}
        settings = _SETTINGS | here | {"cluster_name": self.name}
        if not self.lasting:
            settings |= _THROWN_AWAY
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [str(self._programs() / "postgres"), "-D", str(self.data), *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd="/",
                **places.as_account(self._account),
            )  # fmt: skip

    def _stop(self) -> None:
        postmaster = self._holder()
        if postmaster is None and self.process and self._is_running():
            postmaster = psutil.Process(self.process.pid)  # it has not written its note yet
        if postmaster:
            end([postmaster], signs=((signal.SIGINT, 30), (signal.SIGQUIT, 10)))
        if self.process:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
            self.process = None

    def _have_roles(self) -> None:
        with self.connect() as connection:
            have = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            for role in (OWNER, APP):
                if role not in have:
                    connection.execute(
                        sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                            sql.Identifier(role), sql.Literal(self._passwords()[role])
                        )
                    )
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One starter or stopper at a time."""
        with (self.folder / "starting.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _count_me_in(self) -> int:
        """Hold a share of a lock that the kernel takes back however we end."""
        if self._users is None:
            self._users = os.open(self.folder / "users.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._users, fcntl.LOCK_SH)
        return self._users

    def _programs(self) -> Path:
        made_by = int((self.data / "PG_VERSION").read_text()) if self._is_made() else None
        found = binaries.find(wanted=self.wanted, major=made_by)
        if self._account:
            return binaries.reachable(found, copies=places.data_folder() / "programs")
        return found

    def _passwords(self) -> dict[str, str]:
        try:
            return dict(json.loads((self.folder / "passwords.json").read_text()))
        except (OSError, ValueError) as trouble:
            raise DatabaseTrouble(
                f"The database's passwords cannot be read from {self.folder}. Start Breakwater as whoever made them,"
                " or choose another folder with BREAKWATER_DATA."
            ) from trouble

    def _write_private(self, name: str, text: str) -> None:
        """Write it, and go on when it has reached the disk: without its passwords a database is lost."""
        with os.fdopen(
            os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w"
        ) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        making.reach_the_disk(self.folder)


def _names_somebody_dead(lock: Path) -> bool:
    """Whether a lock file is as a killed server leaves it. After a power cut it may be empty, or nonsense."""
    try:
        return not psutil.pid_exists(abs(int(lock.read_text().split("\n", 1)[0])))
    except ValueError:
        return False


def _try_lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
