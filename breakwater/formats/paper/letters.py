"""What of a text our letters can show, and how it is laid on a line. Pure, and quick on anything.

Covered are Latin with its accents (Vietnamese too), Greek, Cyrillic, Arabic, Hebrew, Armenian, Georgian, and many
signs. Not covered are Chinese, Japanese, Korean, the scripts of India and South-East Asia, and most pictures.
"""

import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "type" / "fonts"
_FIRST, _BEHIND = "NotoSans-Regular.ttf", "DejaVuSans.ttf"

_LONGEST, _STEP = 24, 8
"""A run of letters longer than this may be broken after every so many of them: it would run off the page."""
_BREAK = "\u200b"
_LINE_ENDS = dict.fromkeys(map(ord, "\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"), "\n")
_UNSEEN = ("Cf", "Mn")
"""Signs that join, turn or vary others: where we have no such sign, nothing is missing without it."""
_NEVER = ("Cc", "Cs", "Co", "Cn")
_TURNING = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
"""What turns the letters after it round: a text could say one thing and be read as another, and many take for ever."""


@cache
def covered(*, by_first_alone: bool = False) -> frozenset[str]:
    """Every letter that we can show; by the first of our fonts alone, where two in one word do not go together."""
    known = _letters_in(FONTS / _FIRST)
    if not by_first_alone:
        known |= _letters_in(FONTS / _BEHIND)
    return frozenset(filter(_may_be_set, known))


def sign_for_missing(known: frozenset[str]) -> str:
    """What stands where a letter is missing."""
    return "□" if "□" in known else "?"


def lines_of(text: str) -> list[str]:
    """The lines of a text, whichever way they end; a tab is four blanks, as wide as it looks."""
    plain = text.replace("\r\n", "\n").translate(_LINE_ENDS)
    return plain.replace("\t", "    ").split("\n")


def shown(line: str, known: frozenset[str]) -> tuple[str, bool]:
    """A line as it is printed, and whether any letter of it cannot be shown."""
    strange = set(line) - known
    unseen = {ord(one): "" for one in strange if unicodedata.category(one) in _UNSEEN}
    missing = {ord(one): sign_for_missing(known) for one in strange if ord(one) not in unseen}
    return _breakable(line.translate(unseen | missing)), bool(missing)


def runs_from_the_right(line: str) -> bool:
    """Whether the first letter that has a direction is written from right to left, as browsers decide it."""
    for one in line:
        way = unicodedata.bidirectional(one)
        if way in ("L", "R", "AL"):
            return way != "L"
    return False


def _may_be_set(letter: str) -> bool:
    is_kind = unicodedata.category(letter) not in _NEVER and unicodedata.bidirectional(letter) not in _TURNING
    return is_kind and letter != "\ufeff"


def _breakable(line: str) -> str:
    if len(line) <= _LONGEST or max(map(len, line.split()), default=0) <= _LONGEST:
        return line
    return "".join(_with_breaks(line))


def _with_breaks(line: str) -> Iterator[str]:
    for word in _words_and_blanks(line):
        if len(word) <= _LONGEST:
            yield word
            continue
        since = 0
        for letter in word:
            if since >= _STEP and not unicodedata.combining(letter):
                yield _BREAK
                since = 0
            yield letter
            since += 1


def _words_and_blanks(line: str) -> Iterator[str]:
    start = 0
    for place in range(1, len(line) + 1):
        if place == len(line) or line[place].isspace() != line[start].isspace():
            yield line[start:place]
            start = place


def _letters_in(font: Path) -> set[str]:
    """Which letters a TrueType font has: its table of characters (``cmap``), in either of its two usual forms."""
    raw = font.read_bytes()
    (many,) = struct.unpack_from(">H", raw, 4)
    tables = {
        raw[at : at + 4]: struct.unpack_from(">I", raw, at + 8)[0] for at in range(12, 12 + 16 * many, 16)
    }
    start = tables[b"cmap"]
    (parts,) = struct.unpack_from(">H", raw, start + 2)
    found: set[str] = set()
    for part in range(parts):
        _, _, beyond = struct.unpack_from(">HHI", raw, start + 4 + 8 * part)
        form = struct.unpack_from(">H", raw, start + beyond)[0]
        if form in _FORMS:
            found.update(map(chr, _FORMS[form](raw, start + beyond)))
    return found


def _in_segments(raw: bytes, at: int) -> Iterator[int]:
    (twice,) = struct.unpack_from(">H", raw, at + 6)
    many = twice // 2
    ends = struct.unpack_from(f">{many}H", raw, at + 14)
    starts = struct.unpack_from(f">{many}H", raw, at + 16 + twice)
    deltas = struct.unpack_from(f">{many}H", raw, at + 16 + 2 * twice)
    beyond = at + 16 + 3 * twice
    offsets = struct.unpack_from(f">{many}H", raw, beyond)
    for place, (first, last, delta, offset) in enumerate(zip(starts, ends, deltas, offsets, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if offset:
                (glyph,) = struct.unpack_from(">H", raw, beyond + 2 * place + offset + 2 * (code - first))
            if (glyph + delta if glyph or not offset else 0) & 0xFFFF:
                yield code


def _in_groups(raw: bytes, at: int) -> Iterator[int]:
    (many,) = struct.unpack_from(">I", raw, at + 12)
    for group in range(many):
        first, last, _ = struct.unpack_from(">III", raw, at + 16 + 12 * group)
        yield from range(first, last + 1)


_FORMS = {4: _in_segments, 12: _in_groups}
