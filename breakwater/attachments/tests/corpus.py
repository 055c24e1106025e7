"""Files that nobody should have sent, made here: each kind with the code by which it is refused."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib

from PIL import Image

from breakwater.attachments.testing import a_photo

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def a_pdf(
    *more: bytes, catalog: bytes = b"", page: bytes = b"", trailer: bytes = b"", resources: bytes = b""
) -> bytes:
    """A PDF of one page, written by hand; ``more`` are its objects from 4 on."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Resources << "
        + resources
        + b" >> "
        + page
        + b" >>",
        *more,
    ]
    made, places = bytearray(b"%PDF-1.7\n"), []
    for number, one in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    begins = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (len(objects) + 1, trailer)
    return bytes(made) + b"startxref\n%d\n%%%%EOF\n" % begins


def a_stream(raw: bytes, head: bytes = b"") -> bytes:
    """What stands in a PDF beside its pages."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(raw), head, raw)


def a_zip(**files: bytes) -> bytes:
    """An archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def a_png(width: int, height: int, *, rows: int | None = None) -> bytes:
    """The head of a picture of one color as large as is said, with hardly any bytes: all its rows, or so many."""
    flat = zlib.compress(b"\0" * ((min(width, 99_999) // 8 + 2) * (height if rows is None else rows)), 9)
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)),
        (b"IDAT", flat),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(part_of_png(*one) for one in parts)


def part_of_png(name: bytes, raw: bytes) -> bytes:
    """One part of such a picture."""
    return struct.pack(">I", len(raw)) + name + raw + struct.pack(">I", zlib.crc32(name + raw))


def a_picture(kind: str) -> bytes:
    """A small picture of some kind."""
    made = io.BytesIO()
    Image.new("RGB", (40, 30), (9, 90, 9)).save(made, kind)
    return made.getvalue()


def _a_tar() -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("../../etc/passwd"))
    return made.getvalue()


def _acts(action: bytes) -> bytes:
    return a_pdf(action, catalog=b"/OpenAction 4 0 R")


def _a_note(note: bytes) -> bytes:
    return a_pdf(b"<< /Type /Annot /Rect [0 0 9 9] " + note + b" >>", page=b"/Annots [4 0 R]")


_ENCRYPT = (
    b"/ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <"
    + b"00" * 32
    + b"> /U <"
    + b"00" * 32
    + b"> >>"
)
_SCRIPT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
_MACHO = b"\xcf\xfa\xed\xfe\x07\0\0\x01"

BAD: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "empty"),
    "a zip": (a_zip(a=b"x"), "archive"),
    "a bomb": (a_zip(a=b"\0" * 9_000_000), "archive"),
    "an archive in an archive": (a_zip(a=a_zip(a=b"\0" * 99_999)), "archive"),
    "an empty zip": (b"PK\x05\x06" + b"\0" * 18, "archive"),
    "a Word document with macros": (a_zip(**{"word/vbaProject.bin": b"x", "[Content_Types].xml": b"<x/>"}), "archive"),
    "a Java archive": (a_zip(**{"META-INF/MANIFEST.MF": b"Main-Class: a"}), "archive"),
    "a gzip": (gzip.compress(b"x"), "archive"),
    "a bzip2": (bz2.compress(b"x"), "archive"),
    "an xz": (lzma.compress(b"x"), "archive"),
    "a tar that leads out": (_a_tar(), "archive"),
    "a rar": (b"Rar!\x1a\x07\x01\0", "archive"),
    "a 7z": (b"7z\xbc\xaf\x27\x1c\0\x04", "archive"),
    "a cabinet": (b"MSCF\0\0\0\0", "archive"),
    "a disk": (b"\0" * 0x8001 + b"CD001", "archive"),
    "an old Word document": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "office"),
    "rich text": (b"{\\rtf1\\ansi{\\object\\objdata 01}}", "office"),
    "a Windows program": (b"MZ\x90\0" + b"\0" * 60, "program"),
    "a Linux program": (b"\x7fELF\x02\x01\x01", "program"),
    "a Mac program": (_MACHO, "program"),
    "a Java class": (b"\xca\xfe\xba\xbe\0\0\0\x34", "program"),
    "web assembly": (b"\0asm\x01\0\0\0", "program"),
    "a shell script": (b"#!/bin/sh\nrm -rf /\n", "program"),
    "PostScript": (b"%!PS-Adobe-3.0\n(%pipe%id) (w) file", "program"),
    "a shortcut": (b"\x4c\0\0\0\x01\x14\x02\0", "program"),
    "Flash": (b"CWS\x0a", "program"),
    "a drawing with a script": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "markup"),
    "a drawing after its head": (b"\xef\xbb\xbf\n<?xml version='1.0'?><svg/>", "markup"),
    "a page": (b"<!DOCTYPE html><script>alert(1)</script>", "markup"),
    "a page in capitals": (b" \r\n<HTML><BODY ONLOAD=alert(1)>", "markup"),
    "a page in UTF-16": ("<script>alert(1)</script>".encode("utf-16"), "markup"),
    "a page saved as mail": (b"MIME-Version: 1.0\nContent-Type: text/html\n\n<script>", "markup"),
    "PHP": (b"<?php system($_GET['x']);", "markup"),
    "a GIF that is a script": (b"GIF89a/*" + b"\0" * 9 + b"*/=1;alert(1)", "picture"),
    "a bitmap": (a_picture("BMP"), "picture"),
    "a TIFF": (a_picture("TIFF"), "picture"),
    "an icon": (a_picture("ICO"), "picture"),
    "HEIC": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "heic"),
    "a film": (b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2", "film"),
    "a sound": (b"ID3\x04\0\0\0\0\0\0", "film"),
    "noise": (bytes(range(256)) * 8, "unknown"),
    "a text with a NUL": (b"Come at four.\0exe", "unknown"),
    "a text that is not UTF-8": ("Komm um vier, Jörg.".encode("latin-1"), "unknown"),
    "a terminal's own language": (b"Come\x1b]0;x\x07 at four.", "unknown"),
    "a text that is a PDF": (b"Come at four.\n" + a_pdf(), "two_kinds"),
    "half a photo": (a_photo((400, 300))[:-1500], "broken"),
    "the head of a photo": (b"\xff\xd8\xff\xe0", "broken"),
    "half a PNG": (a_picture("PNG")[:-40], "broken"),
    "a PNG with nothing in it": (b"\x89PNG\r\n\x1a\n", "broken"),
    "a WebP with nothing in it": (b"RIFF\x04\0\0\0WEBP", "broken"),
    "41 megapixels": (a_png(6_400, 6_407), "too_many_pixels"),
    "a PDF with a script": (_acts(_SCRIPT), "does_something"),
    "a PDF whose script is spelled oddly": (_acts(b"<< /S /J#61vaScript /J#53 (1) >>"), "does_something"),
    "a PDF with scripts by name": (a_pdf(catalog=b"/Names << /JavaScript << /Names [] >> >>"), "does_something"),
    "a PDF that starts a program": (_acts(b"<< /S /Launch /F (cmd.exe) >>"), "does_something"),
    "a PDF that sends itself": (_a_note(b"/Subtype /Widget /A << /S /SubmitForm >>"), "does_something"),
    "a PDF that opens another": (_a_note(b"/Subtype /Link /A << /S /GoToR /F (\\\\\\\\x\\\\y) >>"), "does_something"),
    "a PDF whose page acts": (a_pdf(page=b"/AA << /O " + _SCRIPT + b" >>"), "does_something"),
    "a PDF with a film": (_a_note(b"/Subtype /RichMedia"), "does_something"),
    "a PDF with an XML form": (a_pdf(catalog=b"/AcroForm << /XFA [] /Fields [] >>"), "does_something"),
    "a PDF with a file": (
        a_pdf(
            b"<< /Type /Filespec /F (a.exe) /EF << /F 5 0 R >> >>", a_stream(b"MZ", b"/Type /EmbeddedFile"),
            catalog=b"/Names << /EmbeddedFiles << /Names [(a) 4 0 R] >> >>",
        ),
        "holds_files",
    ),
    "a PDF with a file on a page": (_a_note(b"/Subtype /FileAttachment"), "holds_files"),
    "a PDF that is a folder": (a_pdf(catalog=b"/Collection << /View /D >>"), "holds_files"),
    "a locked PDF": (a_pdf(trailer=_ENCRYPT), "locked"),
    "half a PDF": (a_pdf()[:120], "broken"),
    "a PDF with nothing in it": (b"%PDF-1.7\n%%EOF", "broken"),
    "a PDF whose pages are each other's": (
        a_pdf().replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]"),
        "broken",
    ),
}  # fmt: skip
