"""A scanner on this machine that speaks as ``clamd`` does, and knows one harmful file."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from breakwater.attachments.tests.corpus import EICAR


@dataclass
class Scanner:
    """Args: ``mood``: ``well``, ``odd`` answers with an error, ``cut`` hangs up. ``looked`` is what it was given."""

    mood: str = "well"
    looked: list[bytes] = field(default_factory=list)


@contextmanager
def a_scanner(settings: Any) -> Iterator[Scanner]:
    """One that is set up here."""
    scanner = Scanner()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            assert self.rfile.read(10) == b"zINSTREAM\0"
            whole = b""
            while size := struct.unpack(">I", self.rfile.read(4))[0]:
                whole += self.rfile.read(size)
            scanner.looked.append(whole)
            found = b"Eicar-Test-Signature FOUND" if EICAR in whole else b"OK"
            answers = {"well": b"stream: " + found, "odd": b"INSTREAM size limit exceeded. ERROR", "cut": b""}
            self.wfile.write(answers[scanner.mood] + b"\0" if answers[scanner.mood] else b"")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        settings.CLAMAV = f"127.0.0.1:{server.server_address[1]}"
        yield scanner
        server.shutdown()
