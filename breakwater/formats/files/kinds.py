"""What a file is, by how its bytes begin. Pure, and quick on anything."""

from dataclasses import dataclass

KINDS = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "pdf": "application/pdf",
    "text": "text/plain; charset=utf-8",
}
"""What is kept, and as what it is given out. A picture that came as WebP is kept as one of the first two."""


@dataclass(frozen=True)
class Kept:
    """A file as it is kept."""

    kind: str
    content: bytes


class NotKept(Exception):
    """This file is not taken. Says why by a code, and nothing of what stands in it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


_TAKEN = ((b"\xff\xd8\xff", "jpeg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"%PDF-", "pdf"))
_REFUSED = (
    (0, b"PK\x03\x04", "archive"), (0, b"PK\x05\x06", "archive"), (0, b"PK\x07\x08", "archive"),
    (0, b"Rar!\x1a\x07", "archive"), (0, b"7z\xbc\xaf\x27\x1c", "archive"), (0, b"\x1f\x8b", "archive"),
    (0, b"\x1f\x9d", "archive"), (0, b"BZh", "archive"), (0, b"\xfd7zXZ\x00", "archive"),
    (0, b"\x28\xb5\x2f\xfd", "archive"), (0, b"\x04\x22\x4d\x18", "archive"), (0, b"MSCF", "archive"),
    (0, b"xar!", "archive"), (257, b"ustar", "archive"), (0x8001, b"CD001", "archive"), (0, b"!<arch>", "archive"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"), (0, b"{\\rtf", "office"), (0, b"\xdb\xa5", "office"),
    (0, b"MZ", "program"), (0, b"\x7fELF", "program"), (0, b"\xfe\xed\xfa", "program"), (0, b"dex\n", "program"),
    (0, b"\xce\xfa\xed\xfe", "program"), (0, b"\xcf\xfa\xed\xfe", "program"), (0, b"\xca\xfe\xba\xbe", "program"),
    (0, b"\x00asm", "program"), (0, b"#!", "program"), (0, b"%!PS", "program"), (0, b"\x4c\x00\x00\x00", "program"),
    (0, b"FWS", "program"), (0, b"CWS", "program"), (0, b"ITSF", "program"), (0, b"SQLite format 3", "program"),
    (0, b"GIF8", "picture"), (0, b"BM", "picture"), (0, b"II*\x00", "picture"), (0, b"MM\x00*", "picture"),
    (0, b"8BPS", "picture"), (0, b"\x00\x00\x01\x00", "picture"), (0, b"\xff\x4f\xff\x51", "picture"),
    (4, b"jP  ", "picture"), (4, b"ftypavif", "heic"), (4, b"ftyphei", "heic"), (4, b"ftypmif1", "heic"),
    (4, b"ftyphev", "heic"), (4, b"ftyp", "film"), (0, b"\x1aE\xdf\xa3", "film"), (0, b"OggS", "film"),
    (0, b"ID3", "film"), (0, b"fLaC", "film"), (8, b"AVI ", "film"), (8, b"WAVE", "film"), (0, b"FLV\x01", "film"),
)  # fmt: skip
_MARKUP = (
    b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<?xml", b"<!--", b"<?php", b"<iframe", b"<img",
    b"<meta", b"<link", b"<style", b"<object", b"<math", b"mime-version:", b"<xsl", b"<%",
)  # fmt: skip
_A_PDF_MAY_BEGIN = 1024
"""A reader of PDFs looks for the beginning so far in: a text with it there would be two things at once."""


def kind_of(content: bytes) -> str:
    """What of that which is taken a file seems to be: ``webp`` besides ``KINDS``.

    Raises:
        NotKept: it is empty, or something else.
    """
    if not content:
        raise NotKept("empty")
    for begins, kind in _TAKEN:
        if content.startswith(begins):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    for offset, begins, code in _REFUSED:
        if content.startswith(begins, offset):
            raise NotKept(code)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n\f").lower().startswith(_MARKUP):
        raise NotKept("markup")
    return "text"


def plain_text(content: bytes) -> bytes:
    """A text as it is kept: in UTF-8, with no sign in it that is no letter.

    Raises:
        NotKept: it is no text, or is more than one.
    """
    if b"%PDF-" in content[:_A_PDF_MAY_BEGIN]:
        raise NotKept("two_kinds")
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        raise NotKept("unknown") from None
    if any((letter < " " and letter not in "\t\n\r\f") or "\x7f" <= letter <= "\x9f" for letter in text):
        raise NotKept("unknown")
    if text.lstrip("\ufeff \t\r\n\f").lower().startswith(tuple(one.decode() for one in _MARKUP)):
        raise NotKept("markup")
    return text.encode()
