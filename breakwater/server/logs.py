"""What a log line may say: when, how bad, who says it, and for an error its type and place. Never what it was about."""

import logging
import time
import traceback
from types import TracebackType

_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Discreet(logging.Formatter):
    """One line a record, in UTC; of an error the type and the lines it passed, not its words, which may name a person.

    A line about a request names the route and not the address, which may hold what somebody searched for. Whatever
    would move a cursor, color a terminal, begin a line of its own or turn the reading round stands there in letters.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - logging's name
        """The moment in UTC, to the millisecond."""
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{record.msecs:03.0f}Z"

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told = logging.makeLogRecord(record.__dict__)
        told.exc_text = told.stack_info = None
        if request := getattr(record, "request", None):
            match = getattr(request, "resolver_match", None)
            told.msg, told.args = (
                "%s %s",
                (getattr(request, "method", ""), match.route if match else "no route"),
            )
        return _in_letters(super().format(told).replace("\n", " "))

    def formatException(self, ei: _Raised) -> str:  # noqa: N802 - logging's name
        """The type, and where it came from, innermost last."""
        kind, error, trace = ei
        if kind is None or error is None:
            return ""
        passed = [
            f"{frame.filename.rpartition('/breakwater/')[2]}:{frame.lineno}"
            for frame in traceback.extract_tb(trace)
        ]
        cause = error.__cause__
        because = f" because of {type(cause).__name__}" if cause else ""
        return f"| {kind.__name__}{because} at {' > '.join(passed[-6:])}"


def _in_letters(line: str) -> str:
    """The line with every character that does not show itself written out."""
    if line.isprintable():
        return line
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in line)
