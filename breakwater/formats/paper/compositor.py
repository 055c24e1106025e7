"""The program that sets one sheet: JSON on its standard input, a PDF on its standard output. Run alone, by ``press``.

What stands outside ``main`` is read once, and each sheet is set by a process that is born of the one that read it: it
keeps no file open and starts no thread. It is bounded by ``formats.alone``. It imports nothing of ours and says nothing
but the PDF: what goes wrong is told by the number it ends with, since every sentence about it would quote somebody's
words.
"""

import json
import sys
from pathlib import Path

import typst

LETTERS, OTHERWISE = 3, 4
"""How it ends when a letter cannot be shown, and when anything else is wrong."""
_TYPE = Path(__file__).parent / "type"
_FONTS = typst.Fonts(
    include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_TYPE / "fonts")]
)


def main() -> int:
    """Set the sheet."""
    asked = sys.stdin.buffer.read()
    try:
        pdf = typst.compile(
            str(_TYPE / "sheet.typ"), root=str(_TYPE), font_paths=_FONTS, format="pdf",
            sys_inputs={"sheet": asked.decode()}, pdf_standards=["ua-1"], timestamp=json.loads(asked)["made_at"],
        )  # fmt: skip
    except typst.TypstError as wrong:
        return (
            LETTERS
            if "could not be displayed" in wrong.message or "codepoint" in wrong.message
            else OTHERWISE
        )
    sys.stdout.buffer.write(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main())
