"""The ``breakwater`` command."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from breakwater.server import env, schema
from breakwater.server.embedded import Cluster, DatabaseTrouble, data_folder
from breakwater.server.supervisor import Child, Supervisor, clear_orphans, is_free

console = Console(stderr=True, highlight=False)
_SETTINGS = "breakwater.server.settings"


class Home:
    """Where this run works: which database, as whom."""

    def __init__(self) -> None:
        self.environment = env.read()
        self.folder = data_folder()
        self.cluster: Cluster | None = None
        self.owner_url = self.environment.owner_url or self.environment.database_url
        self.app_url = self.environment.database_url

    def open(self) -> "Home":
        """Have the database answer, with both roles known."""
        if not self.environment.database_url:
            self.cluster = Cluster(self.folder / "postgres").start()
            self.owner_url = self.cluster.url("breakwater_owner")
            self.app_url = self.cluster.url("breakwater_app")
        elif not self.environment.has_two_roles:
            schema.make_runtime_role(self.owner_url)
            self.app_url = schema.runtime_url(self.owner_url)
        return self

    def variables(self, url: str) -> dict[str, str]:
        """The environment for a child that works with a URL."""
        return os.environ | {
            "DATABASE_URL": url,
            "DATABASE_OWNER_URL": self.owner_url,
            "DJANGO_SETTINGS_MODULE": _SETTINGS,
        }

    def manage(self, *arguments: str, url: str = "", check: bool = True) -> int:
        """Run a management command in a process of its own."""
        command = [sys.executable, "-m", "django", *arguments]
        return subprocess.run(command, env=self.variables(url or self.app_url), check=check).returncode

    def migrate(self) -> None:
        """Bring the tables up to date, and let the runtime role work on them."""
        if not schema.is_current(self.owner_url):
            self.manage("migrate", "--skip-checks", "--verbosity", "0", url=self.owner_url)
            schema.grant_runtime(self.owner_url, schema.role_in(self.app_url))


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says. Returns the exit code."""
    parser = _parser()
    chosen, rest = parser.parse_known_args(arguments)
    try:
        return int(chosen.do(chosen, rest) or 0)
    except (env.WrongEnvironment, DatabaseTrouble) as trouble:
        console.print(f"[bold red]{trouble}[/]")
        return 2
    except subprocess.CalledProcessError as trouble:
        return trouble.returncode
    except KeyboardInterrupt:
        return 130


def run(chosen: argparse.Namespace, rest: list[str]) -> int:
    """Everything on this machine: database, tables, demo county, web and worker."""
    started = time.monotonic()
    home = Home()
    home.folder.mkdir(parents=True, exist_ok=True)
    with _step("Starting the database"):
        clear_orphans(home.folder)
        home.open()
    with _step("Bringing the tables up to date"):
        home.migrate()
    if home.environment.production:
        _refuse_if_unsafe(home)
    elif schema.is_empty(home.app_url):
        with _step("Filling the demo county"):
            home.manage("seed")
    port = _port(home.environment.port, fixed=home.environment.production)
    children = [
        Child("web", _web_command(port, reload=chosen.reload), home.variables(home.app_url)),
        Child("worker", [sys.executable, "-m", "breakwater", "worker"], home.variables(home.app_url)),
    ]
    supervisor = Supervisor(children, folder=home.folder, heal=_healer(home))
    try:
        supervisor.run(lambda: _welcome(home, port, started), port=port)
    finally:
        if home.cluster:
            home.cluster.stop()
    return 0


def worker(chosen: argparse.Namespace, rest: list[str]) -> int:
    """The worker: reactions and scheduled work."""
    return Home().open().manage("procrastinate", "worker", "--concurrency", "2", check=False)


def migrate(chosen: argparse.Namespace, rest: list[str]) -> int:
    """Bring the tables up to date."""
    Home().open().migrate()
    return 0


def manage(chosen: argparse.Namespace, rest: list[str]) -> int:
    """Any management command, as the runtime role."""
    home = Home().open()
    home.migrate()
    return home.manage(chosen.command, *rest, check=False)


def directory(chosen: argparse.Namespace, rest: list[str]) -> int:
    """Read a directory package."""
    home = Home().open()
    home.migrate()
    return home.manage("directory_import", *rest, check=False)


def check_production(chosen: argparse.Namespace, rest: list[str]) -> int:
    """Say everything that must change before real use."""
    home = Home()
    wrong = env.unsafe(home.environment)
    home.open()
    wrong += schema.unsafe_for_production(home.app_url)
    for sentence in wrong:
        console.print(f"  - {sentence}")
    console.print("Nothing stands in the way of real use." if not wrong else f"{len(wrong)} things must change first.")
    return 1 if wrong else 0


def database(chosen: argparse.Namespace, rest: list[str]) -> int:
    """Start or stop the embedded database, or print where it is."""
    cluster = Cluster(data_folder() / "postgres")
    if chosen.what == "stop":
        cluster.stop()
    else:
        cluster.start()
        sys.stdout.write(cluster.url("breakwater_app") + "\n" if chosen.what == "url" else "")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="breakwater", description="Crisis case management.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    running = commands.add_parser("run", help="everything on this machine")
    running.add_argument("--reload", action="store_true", help="start again when the code changes")
    running.set_defaults(do=run)
    for name, do, says in (
        ("worker", worker, "reactions and scheduled work only"),
        ("migrate", migrate, "bring the tables up to date"),
        ("check-production", check_production, "say everything that must change before real use"),
    ):
        commands.add_parser(name, help=says).set_defaults(do=do)
    for name, says in (("seed", "fill the demo county"), ("bench", "measure"), ("reactions", "who hears what")):
        commands.add_parser(name, help=says, add_help=False).set_defaults(do=manage, command=name)
    importing = commands.add_parser("directory", help="import PATH [--dry-run] [--source LABEL]", add_help=False)
    importing.add_argument("what", choices=["import"])
    importing.set_defaults(do=directory)
    embedded = commands.add_parser("db", help="the embedded database: start, stop, url")
    embedded.add_argument("what", choices=["start", "stop", "url"])
    embedded.set_defaults(do=database)
    return parser


def _web_command(port: int, *, reload: bool) -> list[str]:
    workers = ["--reload", "--reload-dir", str(Path(__file__).parent.parent)] if reload else ["--workers", "2"]
    return [
        sys.executable, "-m", "uvicorn", "breakwater.server.asgi:application", "--host", "127.0.0.1",
        "--port", str(port), *workers, "--timeout-graceful-shutdown", "3", "--no-access-log",
        "--log-level", "warning", "--no-server-header", "--lifespan", "off",
    ]  # fmt: skip


def _healer(home: Home):  # type: ignore[no-untyped-def]
    def heal() -> None:
        if home.cluster and not home.cluster.answers():
            console.print("The database ended; starting it again.")
            home.cluster.start()

    return heal


def _refuse_if_unsafe(home: Home) -> None:
    wrong = schema.unsafe_for_production(home.app_url)
    if wrong:
        raise env.WrongEnvironment("Breakwater does not start:\n" + "\n".join(f"  - {one}" for one in wrong))


def _port(wanted: int, *, fixed: bool) -> int:
    for port in (wanted,) if fixed else range(wanted, wanted + 50):
        if is_free(port):
            return port
    raise DatabaseTrouble(f"Port {wanted} is taken by another program. Choose another with BREAKWATER_PORT.")


def _welcome(home: Home, port: int, started: float) -> None:
    console.print(f"\n[bold]Breakwater is ready[/] after {time.monotonic() - started:.1f} s: http://localhost:{port}/")
    if not home.environment.production:
        home.manage("sign_ins", check=False)
    console.print("Ctrl-C stops everything.\n")


@contextmanager
def _step(says: str) -> Iterator[None]:
    started = time.monotonic()
    with console.status(f"{says} …"):
        yield
    console.print(f"[green]✓[/] {says} [dim]{time.monotonic() - started:.1f} s[/]")


if __name__ == "__main__":
    sys.exit(main())
