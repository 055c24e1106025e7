"""Paper: a sheet as plain dataclasses to a tagged, accessible PDF (PDF/UA-1). Knows the shape of a page, no field.

``printed(sheet)`` gives bytes, or raises ``NotPrinted``. What people wrote goes in as values and never as markup; it is
set by a program of its own that may read nothing but our letters, write nothing, and is stopped when it takes too long.
"""

from breakwater.formats.paper.press import NotPrinted, printed
from breakwater.formats.paper.sheet import (
    Block,
    Boxed,
    Drawn,
    Entries,
    Facts,
    Heading,
    Line,
    Sheet,
    Table,
    Words,
)

__all__ = [
    "Block", "Boxed", "Drawn", "Entries", "Facts", "Heading", "Line", "NotPrinted", "Sheet", "Table", "Words",
    "printed",
]  # fmt: skip
