"""The ``breakwater`` command."""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from rich.console import Console

from breakwater.server import checks, demo, env, materials, starting
from breakwater.server.embedded import Cluster, DatabaseTrouble
from breakwater.server.healing import healer
from breakwater.server.home import SETTINGS, Home, at_home, web_command, worker_command
from breakwater.server.processes import run_to_its_end
from breakwater.server.supervisor import (
    Child,
    Farewell,
    RunTrouble,
    Supervisor,
    free_port,
    only_run,
    write_down,
)

console = Console(stderr=True, highlight=False, soft_wrap=True)

_PATIENCE = 3
"""Seconds for the list of sign-ins, which is begun with the web server: a database that was just killed has none."""

_Act = Callable[[argparse.Namespace, list[str]], int]
_BY_DJANGO = {
    "agency": ("agency", "found, suspend, lift, list: the agencies, at the machine"),
    "capacity": ("capacity", "import PATH: read a report of room: EDXL-HAVE, FHIR, CSV"),
    "instruments": ("instruments", "list, import, attest, usual: what can be asked, and how an agency may"),
    "manage": ("", "any management command, as the role that serves"),
}
_BY_ITSELF = {
    "compare": "compare ways to find a bed in a simulated county",
    "reactions": "print who hears what",
    "sources": "print what every number rests on",
    "words": "extract, update, count: what can be translated, and how far each language has come",
}
"""Commands that read our own text and nothing else: they start no database and leave the one there is alone."""


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says. Returns the exit code."""
    chosen, rest = _parser().parse_known_args(arguments)
    if rest and not chosen.takes_rest:
        _parser().error(f"unknown: {' '.join(rest)}")
    try:
        return int(chosen.do(chosen, rest) or 0)
    except (env.WrongEnvironment, DatabaseTrouble, RunTrouble) as trouble:
        console.print(str(trouble), style="bold red", markup=False)
        return 2
    except subprocess.CalledProcessError as trouble:
        return trouble.returncode or 1
    except KeyboardInterrupt:
        return 130


def run(chosen: argparse.Namespace, rest: list[str]) -> int:
    """Everything on this machine: database, tables, demo county, web and worker."""
    started, is_dev = time.monotonic(), chosen.command == "dev"
    if is_dev:
        os.environ["BREAKWATER_DEBUG"] = "1"
    environment = checks.refuse_what_is_unsafe(say=_say)
    home = Home(environment)
    farewell = Farewell()
    with only_run(environment.data) as mark:
        try:
            _make_ready(home)
            port = free_port(environment.port, usual=env.DEFAULT_PORT)
            write_down(environment.data, mark | {"url": _address(chosen.host, port)})
            variables = home.variables(**mark)
            children = [
                Child("web server", web_command(port, host=chosen.host, reload=is_dev), variables),
                Child("worker", worker_command(reload=is_dev), variables),
            ]
            tells = not environment.production and demo.is_here(home)
            sign_ins = home.ask("sign_ins") if tells else None
            supervisor = Supervisor(children, farewell=farewell, say=_say, heal=healer(home, _say))
            supervisor.run(
                port=port, when_ready=lambda: _welcome(_address(chosen.host, port), sign_ins, started)
            )
        finally:
            stays = home.close()
    but = " but the database, which was started to stay: `breakwater db stop` ends it" if stays else ""
    _say(f"Everything is stopped{but}.")
    return 0


def web(chosen: argparse.Namespace, rest: list[str]) -> int:
    """The web server alone."""
    environment = checks.refuse_what_is_unsafe(say=_say)
    return _serve(
        environment, web_command(free_port(environment.port, usual=env.DEFAULT_PORT), host=chosen.host)
    )


def worker(chosen: argparse.Namespace, rest: list[str]) -> int:
    """The worker alone: reactions and scheduled work."""
    return _serve(checks.refuse_what_is_unsafe(say=_say), worker_command())


def migrate(chosen: argparse.Namespace, rest: list[str]) -> int:
    """Bring the tables up to date."""
    with at_home(env.read()):
        return 0


def by_django(chosen: argparse.Namespace, rest: list[str]) -> int:
    """A management command, as the role that serves."""
    with at_home(env.read()) as home:
        return home.manage(*filter(None, [chosen.django]), *rest, check=False)


def verify(chosen: argparse.Namespace, rest: list[str]) -> int:
    """Tell whether the journal is as it was sealed."""
    with at_home(env.read()) as home:
        if not home.owner_url:
            raise DatabaseTrouble("DATABASE_OWNER_URL must say who may read every journal.")
        return home.manage("verify", *rest, url=home.owner_url, check=False)


def keys(chosen: argparse.Namespace, rest: list[str]) -> int:
    """The keys that words are encrypted with."""
    with at_home(env.read()) as home:
        if not home.owner_url:
            raise DatabaseTrouble("DATABASE_OWNER_URL must say who may change keys.")
        return home.manage("keys", *rest, url=home.owner_url, check=False)


def seed(chosen: argparse.Namespace, rest: list[str]) -> int:
    """Fill the demo county."""
    with at_home(env.read()) as home:
        return demo.fill(home, *rest, check=False)


def directory(chosen: argparse.Namespace, rest: list[str]) -> int:
    """Read a directory package, or write one."""
    with at_home(env.read()) as home:
        return home.manage(f"directory_{chosen.what}", *rest, check=False)


def bench(chosen: argparse.Namespace, rest: list[str]) -> int:
    """Measure every page and act, on databases of its own."""
    return run_to_its_end([sys.executable, "-m", "breakwater.server.bench", *rest])


def by_itself(chosen: argparse.Namespace, rest: list[str]) -> int:
    """A management command that needs no database, and is shown none."""
    command = [sys.executable, "-m", "django", chosen.command, *rest]
    return subprocess.run(
        command, env=os.environ | {"DJANGO_SETTINGS_MODULE": SETTINGS}, check=False
    ).returncode


def check_production(chosen: argparse.Namespace, rest: list[str]) -> int:
    """Say everything that must change before real use."""
    wrong, said = checks.everything_to_change()
    for sentence in (*wrong, *said):
        console.print(f"  - {sentence}", markup=False)
    _say(
        "Nothing stands in the way of real use."
        if not wrong
        else f"To be changed before real use: {len(wrong)}."
    )
    return 1 if wrong else 0


def database(chosen: argparse.Namespace, rest: list[str]) -> int:
    """Start or stop the embedded database, or print its address."""
    environment = env.read()
    cluster = Cluster(environment.data / "postgres", programs=environment.postgres)
    if chosen.what == "stop":
        cluster.stop()
        return 0
    if chosen.what == "start" or not cluster.is_alive():
        cluster.start().keep()
    if chosen.what == "url":
        sys.stdout.write(f"{cluster.url()}\n")
    return 0


def _serve(environment: env.Environment, command: list[str]) -> int:
    """Become a program that serves; with the embedded database, stay beside it and leave together."""
    with at_home(environment) as home:
        starting.anchor_first(home)
        if home.cluster is None:
            os.execve(command[0], command, home.variables())  # noqa: S606 - our own program, without a shell
        return subprocess.run(command, env=home.variables(), check=False).returncode


def _make_ready(home: Home) -> None:
    with _step("Starting the database"):
        home.open()
    with _step("Bringing the tables up to date"):
        home.migrate()
    if home.environment.production:
        starting.anchor_first(home)
        with _step("Gathering the static files"):
            home.manage("collectstatic", "--no-input", "--verbosity", "0")
    elif demo.is_wanted(home):
        with _step("Filling the demo county", quietly=True):
            demo.fill(home)


def sbom(chosen: argparse.Namespace, rest: list[str]) -> int:
    """What Breakwater is made of."""
    sys.stdout.write(json.dumps(materials.ours(), indent=2) + "\n")
    return 0


def _welcome(address: str, sign_ins: "subprocess.Popen[str] | None", started: float) -> None:
    console.print(f"\nBreakwater is ready after {time.monotonic() - started:.1f} s: [bold]{address}[/]")
    if sign_ins is not None:
        with suppress(subprocess.TimeoutExpired):
            _say(sign_ins.communicate(timeout=_PATIENCE)[0].rstrip())
        sign_ins.kill()
    _say("Ctrl-C stops everything.\n")


def _address(host: str, port: int) -> str:
    return f"http://{'localhost' if host in ('127.0.0.1', '0.0.0.0') else host}:{port}/"  # noqa: S104 - a comparison


def _say(sentence: str) -> None:
    console.print(sentence, markup=False)


@contextmanager
def _step(says: str, *, quietly: bool = False) -> Iterator[None]:
    """Show that something is under way, then how long it took; quietly: it shows its own progress."""
    started = time.monotonic()
    if quietly or not console.is_terminal:
        yield
    else:
        with console.status(f"{says} …"):
            yield
    console.print(f"[green]✓[/] {says} [dim]{time.monotonic() - started:.1f} s[/]")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="breakwater",
        description="Crisis case management.",
        epilog="Variables: "
        + "; ".join(f"{name}: {says}" for name, says in env.VARIABLES.items() if name != env.MARK),
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")

    def add(name: str, do: _Act, says: str, **facts: object) -> argparse.ArgumentParser:
        takes_rest = bool(facts.pop("takes_rest", False))
        made = commands.add_parser(name, help=says, description=says, add_help=not takes_rest)
        made.set_defaults(do=do, takes_rest=takes_rest, **facts)
        return made

    for name, do, says in (
        ("run", run, "everything on this machine: database, demo county, web and worker"),
        ("dev", run, "run, and start again when the code changes"),
        ("web", web, "the web server alone"),
    ):
        add(name, do, says).add_argument("--host", default="127.0.0.1", help="where to listen (%(default)s)")
    add("worker", worker, "reactions and scheduled work alone")
    add("migrate", migrate, "bring the tables up to date")
    add("check-production", check_production, "say everything that must change before real use")
    made = add("backup", starting.backup, "noted [FILE], later WHY, list: tell that a backup was made")
    made.add_argument("what", choices=["noted", "later", "list"])
    made.add_argument("words", nargs="*", help="the file that was made, or why it is put off")
    add("sbom", sbom, "print what Breakwater is made of, as CycloneDX")
    add("db", database, "the embedded database").add_argument("what", choices=["start", "stop", "url"])
    says = "import PATH [--dry-run]: read a directory package; export PATH: write one"
    add("directory", directory, says, takes_rest=True).add_argument("what", choices=["import", "export"])
    add("verify", verify, "[--anchors FOLDER]: tell whether the journal is as it was sealed", takes_rest=True)
    add("keys", keys, "list, rotate, rewrap, destroy: what words are encrypted with", takes_rest=True)
    add("seed", seed, "fill the demo county", takes_rest=True)
    add("bench", bench, "measure every page and act against the least that could answer", takes_rest=True)
    for name, says in _BY_ITSELF.items():
        add(name, by_itself, says, takes_rest=True)
    for name, (django, says) in _BY_DJANGO.items():
        add(name, by_django, says, takes_rest=True, django=django)
    return parser


if __name__ == "__main__":
    sys.exit(main())
