"""Cells of a table that a spreadsheet would take for a formula, and how they are told from text.

Somebody opens a table that was meant for programs, and what an entry says of itself is suddenly run. So such a cell
gets an apostrophe before it, as a spreadsheet writes text; who reads a table here takes it away again. What is nothing
but a number is left as it is: a longitude in the West begins with a minus, a telephone number abroad with a plus.

Where a spreadsheet is told, or takes it, that something else than a comma parts the cells, one cell becomes several:
what stands after a semicolon or a tab within it is a cell of its own, and so is a line of it. The same holds for these,
but that a line may begin with a dash or a plus: it is then one of a list, as people write them.
"""

import re
from collections.abc import Callable

_BEGINS = "=+-@＝＋－＠−"
_TEXT = "'"
_BEGINS_A_LIST = "+-"
_PARTS = re.compile(r"([;\t\r\n])")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?|\+[0-9][0-9 ().-]{4,30}", re.ASCII)


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet could take a cell for something to work out, whatever unseen stands before it."""
    return _sign(cell) in _BEGINS and not _NUMBER.fullmatch(cell)


def as_text(cell: str) -> str:
    """A cell as it is written: what would be a formula is text."""
    whole = _TEXT + cell if is_formula(cell.lstrip(_TEXT)) else cell
    return _each_part(whole, lambda part, parted_by: _TEXT + part if _is_risky(part, parted_by) else part)


def as_meant(cell: str) -> str:
    """A cell that ``as_text`` wrote, as it was."""
    whole = _each_part(cell, lambda part, parted_by: part[1:] if _is_guarded(part, parted_by) else part)
    return whole[1:] if whole.startswith(_TEXT) and is_formula(whole.lstrip(_TEXT)) else whole


def _sign(cell: str) -> str:
    """The sign with which a cell begins to be seen, if a formula could begin with it; else a blank."""
    seen = next((one for one in cell if one in _BEGINS or (one.isprintable() and one != " ")), " ")
    return seen if seen in _BEGINS else " "


def _each_part(cell: str, changed: Callable[[str, str], str]) -> str:
    """A cell, with each part of it changed that would be a cell of its own. The first part is the cell itself."""
    first, *rest = _PARTS.split(cell)
    after = (mark + changed(part, mark) for mark, part in zip(rest[::2], rest[1::2], strict=True))
    return first + "".join(after)


def _is_risky(part: str, parted_by: str) -> bool:
    plain = part.lstrip(_TEXT)
    return is_formula(plain) and (parted_by in ";\t" or _sign(plain) not in _BEGINS_A_LIST)


def _is_guarded(part: str, parted_by: str) -> bool:
    return part.startswith(_TEXT) and _is_risky(part, parted_by)
