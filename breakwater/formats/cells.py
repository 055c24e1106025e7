"""Cells of a table that a spreadsheet would take for a formula, and how they are told from text.

Somebody opens a table that was meant for programs, and what an entry says of itself is suddenly run. So such a cell
gets an apostrophe before it, as a spreadsheet writes text; who reads a table here takes it away again. What is nothing
but a number is left as it is: a longitude in the West begins with a minus, a telephone number abroad with a plus.
"""

import re

_BEGINS = "=+-@＝＋－＠−"
_TEXT = "'"
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?|\+[0-9][0-9 ().-]{4,30}", re.ASCII)


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet could take a cell for something to work out, whatever unseen stands before it."""
    for one in cell:
        if one in _BEGINS:
            return not _NUMBER.fullmatch(cell)
        if one.isprintable() and one != " ":
            return False
    return False


def as_text(cell: str) -> str:
    """A cell as it is written: what would be a formula is text."""
    return _TEXT + cell if is_formula(cell.lstrip(_TEXT)) else cell


def as_meant(cell: str) -> str:
    """A cell that ``as_text`` wrote, as it was."""
    return cell[1:] if cell.startswith(_TEXT) and is_formula(cell.lstrip(_TEXT)) else cell
