"""From what came in to what is kept. What decodes runs in a program of its own, and what is wrong ends that alone."""

from dataclasses import dataclass
from pathlib import Path

from breakwater.formats.alone import Late, Program
from breakwater.formats.files.kinds import Kept, NotKept, kind_of, plain_text

MOST_SECONDS = 30.0
_HERE = Path(__file__).parent
_PICTURES = Program(_HERE / "pictures.py", memory=450 << 20, processor=25, at_once=1)
"""A picture of 40 megapixels takes 160 MB, and once more while it is turned upright: one at a time."""
_PDFS = Program(_HERE / "pdfs.py", memory=300 << 20, processor=15, at_once=1)
WHY = {
    3: "broken", 4: "too_many_pixels", 5: "does_something", 6: "holds_files", 7: "locked", 8: "too_many_pages",
    9: "too_heavy",
}  # fmt: skip
"""What the numbers mean with which these programs end."""
_UNCAUGHT = 1
_MOST_KEPT = 48 << 20
"""What a file comes to that was written anew is bounded too."""


@dataclass(frozen=True)
class Bounds:
    """How much one file may hold."""

    pixels: int
    pages: int
    objects: int


def examined(content: bytes, bounds: Bounds) -> Kept:
    """The file as it is kept.

    Raises:
        NotKept: it is not of a kind that is kept, is broken or locked, does something, or is too much.
    """
    kind = kind_of(content)
    if kind == "text":
        return Kept(kind, plain_text(content))
    if kind == "pdf":
        return Kept(kind, _anew(_PDFS, content, str(bounds.pages), str(bounds.objects)))
    made = _anew(_PICTURES, content, kind, str(bounds.pixels))
    return Kept(kind_of(made), made)


def _anew(program: Program, content: bytes, *args: str) -> bytes:
    try:
        code, made = program.run(content, *args, within=MOST_SECONDS)
    except Late:
        raise NotKept("not_now") from None
    if code:
        raise NotKept("broken" if code == _UNCAUGHT else WHY.get(code, "too_heavy"))
    if len(made) > _MOST_KEPT:
        raise NotKept("too_heavy")
    return made
