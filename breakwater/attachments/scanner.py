"""ClamAV, when there is one: the file goes to its ``clamd`` over a socket, and it says what it found.

It is spoken to as its manual says under ``INSTREAM``: pieces with their length before them, an empty one at the end.
"""

import socket
import struct
from contextlib import closing

from django.conf import settings

from breakwater.formats.files import NotKept

_PATIENCE = 20
_PIECE = 64 * 1024
_LONGEST_ANSWER = 4096


def is_clean(content: bytes) -> bool:
    """Whether a scanner looked at it and found nothing; ``False`` when there is none, or it does not answer.

    Raises:
        NotKept: it found something.
    """
    if not settings.CLAMAV:
        return False
    try:
        answer = _asked(settings.CLAMAV, content)
    except OSError:
        return False
    if answer.endswith(b"FOUND"):
        raise NotKept("infected")
    return answer == b"stream: OK"


def _asked(where: str, content: bytes) -> bytes:
    with closing(_connected(where)) as line:
        line.settimeout(_PATIENCE)
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), _PIECE):
            piece = content[start : start + _PIECE]
            line.sendall(struct.pack(">I", len(piece)) + piece)
        line.sendall(struct.pack(">I", 0))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
            more = line.recv(_LONGEST_ANSWER)
            if not more:
                break
            answer += more
        return answer.rstrip(b"\0\n")


def _connected(where: str) -> socket.socket:
    """A line to ``host:port``, or to a socket in a folder."""
    if where.startswith("/"):
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(_PATIENCE)
        line.connect(where)
        return line
    host, _, port = where.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE)
