"""From a sheet to a PDF, by a program of its own for each: what one sheet said stays in no memory that lasts."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from breakwater.formats.alone import Late
from breakwater.formats.paper.letters import covered, lines_of, runs_from_the_right, shown, sign_for_missing
from breakwater.formats.paper.sheet import (
    Boxed,
    Drawn,
    Entries,
    Facts,
    Heading,
    Lettered,
    Line,
    Sheet,
    Table,
    Words,
)
from breakwater.formats.read_once import ReadOnce

MOST_LETTERS, A_LINE = 220_000, 30
"""How much one sheet holds, where each line weighs as much as so many letters besides its own. About fifty pages
of a chronology or seventy of running text: measured so that the press keeps within 150 MB, which it may not pass."""
MOST_SECONDS = 10.0
_COMPOSITOR = ReadOnce(
    Path(__file__).parent / "compositor.py", memory=130 << 20, processor=8, at_once=2,
    environment={"RAYON_NUM_THREADS": "1"},
)  # fmt: skip
"""The memory is what it takes for itself; the compositor's own code comes to some 20 MB besides."""
_LETTERS_FAILED = 3
_SHORT_ROW, _FEW_LINES = 250, 8
"""How many letters of a row, and lines of a cell, are kept together: less than a page, in large print too."""


class NotPrinted(Exception):
    """No PDF was made. Says nothing of what stood on it.

    Args:
        is_too_long: less of it would do; else it is worth trying again.
    """

    def __init__(self, *, is_too_long: bool) -> None:
        super().__init__("too long" if is_too_long else "not set in time")
        self.is_too_long = is_too_long


def printed(sheet: Sheet) -> bytes:
    """The sheet as a PDF.

    Raises:
        NotPrinted: it is too long, or it took too long.
    """
    if sum(len(text) + A_LINE * len(lines_of(text)) for text in _texts(sheet)) > MOST_LETTERS:
        raise NotPrinted(is_too_long=True)
    try:
        code, pdf = _set(_Laid(sheet, covered()).out())
        if code == _LETTERS_FAILED:
            code, pdf = _set(_Laid(sheet, covered(by_first_alone=True)).out())
    except Late as late:
        raise NotPrinted(is_too_long=False) from late
    if code:
        raise NotPrinted(is_too_long=code < 0)
    return pdf


def let_go() -> None:
    """End what is kept from one sheet to the next; what all of them took is then told by the kernel."""
    _COMPOSITOR.close()


def _set(laid: dict[str, Any]) -> tuple[int, bytes]:
    return _COMPOSITOR.run(json.dumps(laid).encode(), within=MOST_SECONDS)


def _texts(sheet: Sheet) -> Iterator[str]:
    """Every text on the sheet, once."""
    yield from (sheet.title, sheet.footer)
    for block in sheet.blocks:
        match block:
            case Heading(text) | Words(text) | Boxed(text):
                yield text
            case Entries(texts) | Line(texts):
                yield from texts
            case Facts(pairs):
                yield from (text for pair in pairs for text in pair)
            case Drawn(lines, instead=instead):
                yield from (*lines, instead)
            case Table(head, rows):
                yield from (*head, *(text for row in rows for text in row))


def _picture(drawn: Drawn) -> str:
    """The strokes as a picture: numbers in a frame of ours."""
    lines = "".join(f'<polyline points="{one}"/>' for one in drawn.lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawn.width} {drawn.height}" fill="none"'
        f' stroke="black" stroke-width="5" stroke-linecap="round" stroke-linejoin="round">{lines}</svg>'
    )


class _Laid:
    """A sheet laid out for the compositor: every text as lines of letters that can be shown, each with its way."""

    def __init__(self, sheet: Sheet, known: frozenset[str]) -> None:
        self.sheet, self.known = sheet, known
        self.lacks = False

    def out(self) -> dict[str, Any]:
        """The sheet, as the template reads it."""
        sheet = self.sheet
        blocks = [self._drawn(one) if isinstance(one, Drawn) else self._block(one) for one in sheet.blocks]
        title, footer = self._line(sheet.title), self._line(sheet.footer)
        cannot_show = sheet.cannot_show.format(sign=sign_for_missing(self.known)) if self.lacks else ""
        return {
            "title": title["text"],
            "language": sheet.language,
            "size": sheet.size,
            "is_large": sheet.is_large,
            "footer": footer["text"],
            "page": sheet.page,
            "made_at": int(sheet.made_at.timestamp()),
            "cannot_show": self._lines(cannot_show),
            "blocks": blocks,
        }

    def _drawn(self, drawn: Drawn) -> dict[str, Any]:
        instead = self._line(drawn.instead)["text"]
        return {"kind": drawn.kind, "picture": _picture(drawn), "instead": instead}

    def _block(self, block: Lettered) -> dict[str, Any]:
        match block:
            case Heading(text, level):
                line = self._line(" ".join(text.split()))
                return {"kind": block.kind, "line": line, "level": level, "language": block.language}
            case Words(text, quiet):
                lines = self._lines(text)
                return {"kind": block.kind, "lines": lines, "quiet": quiet, "language": block.language}
            case Boxed(text):
                return {"kind": block.kind, "lines": self._lines(text)}
            case Entries(texts) | Line(texts):
                return {"kind": block.kind, "each": [self._lines(text) for text in texts]}
            case Facts(pairs):
                return {
                    "kind": block.kind,
                    "pairs": [[self._line(name), self._lines(text)] for name, text in pairs],
                }
            case Table(head, rows, widths):
                return {
                    "kind": block.kind,
                    "head": [self._line(text) for text in head],
                    "rows": [self._row(row) for row in rows],
                    "widths": list(widths),
                }

    def _row(self, row: tuple[str, ...]) -> dict[str, Any]:
        """A row; a short one stays on one page."""
        cells = [self._lines(text) for text in row]
        is_short = sum(map(len, row)) <= _SHORT_ROW and all(len(lines) <= _FEW_LINES for lines in cells)
        return {"cells": cells, "is-short": is_short}

    def _lines(self, text: str) -> list[dict[str, Any]]:
        """The lines of a text that say something: what stands between them is space on the page."""
        return [self._line(line) for line in lines_of(text) if line.strip()]

    def _line(self, text: str) -> dict[str, Any]:
        said, lacks = shown(" ".join(lines_of(text)), self.known)
        self.lacks |= lacks
        return {"text": said, "rtl": runs_from_the_right(said)}
