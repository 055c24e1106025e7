"""The program that looks through one PDF and writes its pages anew: bytes in, bytes out. Run alone, by ``examining``.

What does something (a script, a program to start, a form that sends itself), what carries other files, and what is
locked is refused. The pages are written into a new file: who wrote it, with what, when, and what was deleted or covered
by a later version stays behind. It imports nothing of ours, and says what is wrong by the number it ends with.
"""

import io
import sys
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.filters import ASCII85Decode, ASCIIHexDecode, FlateDecode, LZWDecode, RunLengthDecode
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

BROKEN, DOES, HOLDS, LOCKED, TOO_MANY, TOO_HEAVY = 3, 5, 6, 7, 8, 9
_DOES = {"/JS", "/JavaScript", "/XFA", "/RichMedia", "/RichMediaSettings", "/RichMediaContent"}
_ACTS = {
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/Movie", "/Sound",
    "/RichMediaExecute", "/ResetForm", "/GoTo3DView",
}  # fmt: skip
_PLAYS = {"/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"}
_HOLDS = {"/EF", "/EmbeddedFiles", "/EmbeddedFile", "/Collection"}
_LEFT = ("/AA", "/OpenAction", "/Metadata", "/PieceInfo", "/LastModified", "/Thumb", "/PMD", "/RC")
_LEFT_OF_A_NOTE = ("/A", "/T", "/NM", "/M", "/CreationDate")
"""What lies on a page (it has a place there) leads nowhere, and says neither who put it there nor when."""
_WRAPPED: dict[str, Any] = {
    "/ASCII85Decode": ASCII85Decode, "/A85": ASCII85Decode, "/ASCIIHexDecode": ASCIIHexDecode, "/AHx": ASCIIHexDecode,
    "/FlateDecode": FlateDecode, "/Fl": FlateDecode, "/LZWDecode": LZWDecode, "/RunLengthDecode": RunLengthDecode,
}  # fmt: skip
_PHOTO = ("/DCTDecode", "/DCT")
_STANDS_ALONE, _PIXELS_FOLLOW, _COLORS = (0x01, *range(0xD0, 0xD9)), 0xDA, 0xEE


class _No(Exception):
    """It is not taken, by a number."""

    def __init__(self, code: int) -> None:
        self.code = code


def main() -> int:
    """Read it, and say what is made of it."""
    code, made = anew(sys.stdin.buffer.read(), pages=int(sys.argv[1]), objects=int(sys.argv[2]))
    sys.stdout.buffer.write(made)
    return code


def anew(raw: bytes, *, pages: int, objects: int) -> tuple[int, bytes]:
    """A number that is zero, and the PDF; or another number, which says why not, and nothing."""
    try:
        return 0, _written(_looked_through(raw, pages=pages, objects=objects), objects)
    except _No as no:
        return no.code, b""
    except (MemoryError, RecursionError):
        return TOO_HEAVY, b""
    except (PyPdfError, OSError, ValueError, LookupError, TypeError, AttributeError):
        return BROKEN, b""


def _looked_through(raw: bytes, *, pages: int, objects: int) -> PdfReader:
    if b"%%EOF" not in raw:
        raise _No(BROKEN)  # cut short; what could be guessed of it is not what was sent
    reader = PdfReader(io.BytesIO(raw))
    if reader.is_encrypted:
        raise _No(LOCKED)
    for one in _all_within(reader.trailer["/Root"], objects):
        names = {key for key, value in one.items() if value is not None}
        kinds = {one.get(key) for key in ("/Subtype", "/Type", "/S")}
        if names & _DOES or one.get("/S") in _ACTS or one.get("/Subtype") in _PLAYS:
            raise _No(DOES)
        if names & _HOLDS or "/FileAttachment" in kinds or "/EmbeddedFile" in kinds:
            raise _No(HOLDS)
    if not 0 < len(reader.pages) <= pages:
        raise _No(TOO_MANY if reader.pages else BROKEN)
    return reader


def _written(reader: PdfReader, objects: int) -> bytes:
    for one in (*_all_within(reader.trailer["/Root"], objects), *reader.pages):
        for key in (*_LEFT, *(_LEFT_OF_A_NOTE if "/Rect" in one else ())):
            one.pop(key, None)  # before the pages are taken: what only this led to would be taken along
    writer = PdfWriter()
    for page in reader.pages:
        writer.add_page(page)
    for one in _all_within(writer.root_object, objects):
        if isinstance(one, StreamObject):
            _forget_of_photo(one)
    writer.metadata = None
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _all_within(root: Any, most: int) -> Iterator[DictionaryObject]:
    """Every dictionary that is reached from one, each once."""
    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = [root]
    while waiting:
        one = waiting.pop()
        if isinstance(one, IndirectObject):
            mark = (one.idnum, one.generation)
            if mark in seen:
                continue
            seen.add(mark)
            if len(seen) > most:
                raise _No(TOO_MANY)
            one = one.get_object()
        if isinstance(one, DictionaryObject):
            yield one
            waiting.extend(raw for _, raw in dict.items(one))
        elif isinstance(one, ArrayObject):
            waiting.extend(list.__iter__(one))


def _forget_of_photo(stream: StreamObject) -> None:
    """A photo within a page holds where and when it was taken, like any other."""
    told = stream.get("/Filter")
    filters = [str(one) for one in told] if isinstance(told, ArrayObject) else [str(told)]
    if filters[-1] not in _PHOTO:
        return
    photo = stream._data
    for name in filters[:-1]:
        photo = _WRAPPED[name].decode(photo)
    stream._data = _without_remarks(bytes(photo))
    stream[NameObject("/Filter")] = NameObject("/DCTDecode")
    stream.pop("/DecodeParms", None)


def _without_remarks(photo: bytes) -> bytes:
    """A JPEG without the segments that say anything but how its pixels are read."""
    kept, at = bytearray(photo[:2]), 2
    while at + 4 <= len(photo) and photo[at] == 0xFF:  # noqa: PLR2004 - how every segment begins
        mark = photo[at + 1]
        if mark in _STANDS_ALONE:
            kept += photo[at : at + 2]
            at += 2
            continue
        ends = at + 2 + int.from_bytes(photo[at + 2 : at + 4])
        if mark == _PIXELS_FOLLOW:
            return bytes(kept) + photo[at : photo.rfind(b"\xff\xd9") + 2]
        if mark == _COLORS or not (0xE0 <= mark <= 0xEF or mark == 0xFE):  # noqa: PLR2004 - APPn and COM
            kept += photo[at:ends]
        at = ends
    raise _No(BROKEN)


if __name__ == "__main__":
    sys.exit(main())
