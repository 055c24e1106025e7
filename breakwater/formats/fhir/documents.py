"""A JSON document within limits: how large, how deep, no key twice, no number that is none."""

import json
import re
from typing import Any

LARGEST = 2_000_000
DEEPEST = 40

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")


class Unreadable(ValueError):
    """A document cannot be taken. The message says where, and why."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(f"{place}: {why}")
        self.place = place
        self.why = why


def document(content: bytes) -> dict[str, Any]:
    """The document that some bytes hold.

    Raises:
        Unreadable: it is too large, too deep, or no JSON object; XML is not read at all.
    """
    if len(content) > LARGEST:
        raise Unreadable("the file", f"has more than {LARGEST:,} bytes")
    bare = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if bare.startswith(b"<"):
        raise Unreadable("the file", "is XML. Only JSON is read: no entity of it is ever opened")
    _refuse_depth(bare)
    try:
        found = json.loads(bare.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except UnicodeDecodeError as wrong:
        raise Unreadable(f"byte {wrong.start}", "is not UTF-8") from None
    except json.JSONDecodeError as wrong:
        raise Unreadable(f"line {wrong.lineno}, column {wrong.colno}", f"is not JSON: {wrong.msg}") from None
    except Unreadable:
        raise
    except ValueError:
        raise Unreadable("the file", "has a number that is too long") from None
    if not isinstance(found, dict):
        raise Unreadable("the file", "is not a JSON object")
    return found


def _refuse_depth(content: bytes) -> None:
    depth = 0
    for one in _BRACKET.finditer(_STRING.sub(b"", content)):
        depth += 1 if one[0] in b"[{" else -1
        if depth > DEEPEST:
            raise Unreadable("the file", f"is nested more than {DEEPEST} deep")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(one for one in keys if keys.count(one) > 1)
        raise Unreadable(f"key {twice[:40]!r}", "is there twice in one object")
    return found


def _no_number(name: str) -> Any:
    raise Unreadable(f"number {name}", "is no number")
