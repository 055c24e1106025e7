"""The real web server, read once for a worker of the suite, and born anew for each test that asks for it.

To read all code and compile every template takes two seconds of processor, and no test may meet what a server remembers
of another. So one process reads everything, opens nothing and serves nobody; for each test it splits in two, and the
half that is born serves as ``uvicorn`` does.
"""

import gc
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import psutil
import uvicorn
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.urls import URLResolver, get_resolver
from jinja2 import Environment, FileSystemBytecodeCache

from breakwater.server.env import django_database
from breakwater.server.home import SETTINGS
from breakwater.server.processes import is_living
from breakwater.server.supervisor import wait_for_port
from tests.founding import FOLDER
from tests.hashers import QUICK_HASHERS

_READY, _END, _ENDED = "ready", "end", "ended"
_PATIENCE = 8.0
AXE = "axe.min.js"
"""How a server of the suite names what looks at pages, among its static files."""
_AS_SET_UP = {"DJANGO_SETTINGS_MODULE": SETTINGS, "BREAKWATER_PUSH_CONTACT": "mailto:ops@harbor.example"}
"""With a way to reach devices, so that the page that offers it is looked at; no browser here says how it is reached."""


def persons_keys() -> Path:
    """What the keys of persons grow from in every database of this run, but for those of homes."""
    return Path(os.environ[FOLDER]) / "person-keys"


class Nursery:
    """The process that every server of one worker is born of."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.serving"],
            env=os.environ | _AS_SET_UP | {"BREAKWATER_PERSON_KEYS": str(persons_keys())},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        assert self._hear() == _READY, "the web server cannot be read"

    @contextmanager
    def serving(self, database: str, port: int) -> Iterator[str]:
        """A server that works in a database. Its address."""
        born = int(self._ask(f"{port} {database}"))
        try:
            assert wait_for_port(port, until=lambda: not _lives(born)), "the web server does not come up"
            yield f"http://localhost:{port}"
        finally:
            assert self._ask(f"{_END} {born}") == _ENDED

    def close(self) -> None:
        """End it, and with it whatever was born of it and still lives."""
        self._process.communicate()
        assert self._process.returncode == 0

    def _ask(self, line: str) -> str:
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self._hear()

    def _hear(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()


def _lives(process: int) -> bool:
    with suppress(psutil.NoSuchProcess):
        return is_living(psutil.Process(process))
    return False


def main() -> int:
    """Read everything; then bear a server, or end it, for each line that is heard. Returns the exit code."""
    application, living = _read(), set[int]()
    print(_READY, flush=True)
    for line in sys.stdin:
        what, which = line.split()
        if what == _END:
            _end(int(which))
            living.discard(int(which))
            print(_ENDED, flush=True)
        else:
            born = os.fork() or _serve(application, int(what), which)
            living.add(born)
            print(born, flush=True)
    for born in living:
        _end(born)
    return 0


def _read() -> Any:
    """The door for the web server, with all that it would read while it answers; and what looks at pages, beside it."""
    settings.STATICFILES_DIRS = [str(_looks_at_pages())]
    from breakwater.server.asgi import application

    settings.PASSWORD_HASHERS = QUICK_HASHERS
    _be_patient()
    uvicorn.Config(application).load()
    _read_addresses(get_resolver())
    jinja = templates_compiled_once()
    names = jinja.list_templates(filter_func=lambda name: not name.startswith("procrastinate/"))
    random.shuffle(names)  # of two that read at once, each compiles one half
    for name in names:
        jinja.get_template(name)
    gc.freeze()
    return application


def _be_patient() -> None:
    """A machine that is busy is no database that says nothing, no round of streams and no sheet that does not end."""
    from breakwater.formats.paper import press
    from breakwater.server import pulse, streams

    pulse.SILENCE = replace(pulse.SILENCE, heard_within=60)
    streams._PATIENCE, press.MOST_SECONDS = 60.0, 120.0


def _looks_at_pages() -> Path:
    """A folder with axe alone: what a page takes from its own server, a browser reads once and compiles once."""
    folder = Path(os.environ[FOLDER]) / "looks-at-pages"
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / AXE).write_text(AXE_SCRIPT)
    return folder


def _read_addresses(below: URLResolver) -> None:
    """Whatever the map of the site works out when it is first asked: a tenth of a second for each server."""
    _ = below.reverse_dict
    for one in below.url_patterns:
        _ = one.pattern.regex
        if isinstance(one, URLResolver):
            _read_addresses(one)


def templates_compiled_once() -> Environment:
    """Have all processes of a run share the templates that any of them compiled: three seconds for all of them."""
    from django.template import engines

    kept = Path(os.environ[FOLDER]) / "templates"
    kept.mkdir(mode=0o700, exist_ok=True)
    (jinja,) = engines.all()
    jinja.env.bytecode_cache = FileSystemBytecodeCache(str(kept))
    return jinja.env


def _serve(application: Any, port: int, database: str) -> NoReturn:
    """Serve until told to end, as the half that was just born."""
    from django.db import connection

    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    found = django_database(database)
    connection.settings_dict.update({key: found[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")})
    uvicorn.run(application, port=port, log_level="warning", lifespan="off", timeout_graceful_shutdown=2)
    sys.exit()


def _end(born: int) -> None:
    """End what was born, and bury it: gently at first."""
    os.kill(born, signal.SIGTERM)
    stop_at = time.monotonic() + _PATIENCE
    while os.waitpid(born, os.WNOHANG) == (0, 0):
        if time.monotonic() > stop_at:
            os.kill(born, signal.SIGKILL)
        time.sleep(0.02)


if __name__ == "__main__":
    sys.exit(main())
