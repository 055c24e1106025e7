"""Where a command works: which database, as whom."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from breakwater.server import env, schema
from breakwater.server.embedded import APP, OWNER, Cluster, DatabaseTrouble

SETTINGS = "breakwater.server.settings"
PACKAGE = Path(__file__).resolve().parent.parent


class Home:
    """The database of this run, with the two roles that work in it."""

    def __init__(self, environment: env.Environment) -> None:
        self.environment = environment
        self.cluster: Cluster | None = None
        self.app_url = environment.database_url
        self.owner_url = environment.owner_url

    def open(self) -> None:
        """Have the database answer, with both roles known.

        Raises:
            DatabaseTrouble: it cannot be had; the message says what to do.
        """
        if not self.app_url:
            self.cluster = Cluster(self.environment.data / "postgres", programs=self.environment.postgres)
            self.cluster.start()
            self.owner_url, self.app_url = self.cluster.url(OWNER), self.cluster.url(APP)
        elif not self.owner_url and not self.environment.production:
            self.owner_url = self.app_url
            schema.make_runtime_role(self.owner_url)
            self.app_url = schema.runtime_url(self.owner_url)

    def close(self) -> bool:
        """Be done with the database. Whether ours runs on, because somebody started it to stay."""
        return self.cluster is not None and self.cluster.leave()

    def migrate(self) -> None:
        """Bring the tables up to date, and let the runtime role work on them.

        Raises:
            DatabaseTrouble: they are behind, and we do not know the role that owns them.
        """
        role = schema.role_in(self.app_url)
        if schema.is_current(self.app_url, role):
            return
        if not self.owner_url:
            raise DatabaseTrouble(
                "The tables are not up to date. DATABASE_OWNER_URL must say who may change them."
            )
        with schema.held(self.owner_url):
            self.manage("migrate", "--skip-checks", "--verbosity", "0", url=self.owner_url)
            schema.grant_runtime(self.owner_url, role)

    def variables(self, **more: str) -> dict[str, str]:
        """The environment of a program that serves: it never holds the credential of the owner."""
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
        return kept | {"DATABASE_URL": self.app_url, "DJANGO_SETTINGS_MODULE": SETTINGS} | more

    def manage(self, *arguments: str, url: str = "", check: bool = True) -> int:
        """Run a management command in a process of its own. Returns its exit code."""
        command = [sys.executable, "-m", "django", *arguments]
        variables = self.variables(**({"DATABASE_URL": url} if url else {}))
        return subprocess.run(command, env=variables, check=check).returncode

    def ask(self, *arguments: str) -> "subprocess.Popen[str]":
        """Begin a management command in a process of its own; what it says is read later."""
        command = [sys.executable, "-m", "django", *arguments]
        return subprocess.Popen(command, env=self.variables(), stdout=subprocess.PIPE, text=True)


@contextmanager
def at_home(environment: env.Environment) -> Iterator[Home]:
    """A home whose database answers and whose tables are up to date."""
    home = Home(environment)
    try:
        home.open()
        home.migrate()
        yield home
    finally:
        home.close()


APPLICATION = "breakwater.server.asgi:application"


def web_command(
    port: int, *, host: str = "127.0.0.1", reload: bool = False, application: str = APPLICATION
) -> list[str]:
    """The web server: two processes, or one that starts again when the code changes."""
    many = ["--reload", "--reload-dir", str(PACKAGE)] if reload else ["--workers", "2"]
    return [
        sys.executable, "-m", "breakwater.server.web", "uvicorn", application, "--host", host, "--port", str(port),
        *many, "--timeout-graceful-shutdown", "3", "--lifespan", "off", "--no-access-log", "--no-server-header",
        "--log-level", "warning",
    ]  # fmt: skip


def worker_command(*, reload: bool = False) -> list[str]:
    """The worker: reactions and scheduled work."""
    program = [sys.executable, "-m", "django", "work"]
    if not reload:
        return program
    return [sys.executable, "-m", "watchfiles", "--filter", "python", " ".join(program), str(PACKAGE)]
