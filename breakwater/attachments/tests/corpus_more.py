"""More files that nobody should have sent, and files that are taken with something in them that must not stay."""

import gzip
import io
import stat
import tarfile
import zipfile
import zlib

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from breakwater.attachments.testing import a_photo
from breakwater.attachments.tests.corpus import EICAR, a_pdf, a_picture, a_png, a_stream, a_zip, part_of_png

_HTML = b"<html><script>alert('canary')</script></html>"
_PHP = b"<?php canary($_GET['x']); ?>"
_XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">canary 41.5,-87.6</x:xmpmeta>'
_OFFICE = {"[Content_Types].xml": b"<Types/>", "_rels/.rels": b"<Relationships/>"}


def _a_link(target: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        entry = zipfile.ZipInfo("letter.pdf")
        entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, target)
    return made.getvalue()


def _a_tar(kind: bytes, name: str = "letter.pdf", target: str = "") -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname = kind, target
        archive.addfile(entry)
    return made.getvalue()


def _nested(deep: int, content: bytes) -> bytes:
    for number in range(deep):
        content = a_zip(**{f"{number}-{copy}": content for copy in range(4)})
    return content


def _overlapping() -> bytes:
    """A bomb whose entries share one kernel of bytes: its directory names the same place many times."""
    one = a_zip(a=b"\0" * 99_999)
    head = one.index(b"PK\x01\x02")
    entry, end = one[head : one.rindex(b"PK\x05\x06")], one[one.rindex(b"PK\x05\x06") :]
    return one[:head] + entry * 50 + end


_PNG = a_picture("PNG")
_JPEG = a_picture("JPEG")


def _opens(action: bytes, how: bytes = b"") -> bytes:
    return a_pdf(b"<< /S /%s %s >>" % (action, how), catalog=b"/OpenAction 4 0 R")


MORE_BAD: dict[str, tuple[bytes, str]] = {
    "a zip that leads out": (a_zip(**{"../../../etc/cron.d/canary": b"x"}), "archive"),
    "a zip with an absolute path": (a_zip(**{"/etc/passwd": b"x"}), "archive"),
    "a zip with a path of Windows": (a_zip(**{"..\\..\\windows\\canary.exe": b"x"}), "archive"),
    "a zip with a NUL in a name": (a_zip(aXb=b"x").replace(b"aXb", b"a\0b"), "archive"),
    "a zip with a long name": (a_zip(**{"x" * 300: b"x"}), "archive"),
    "a zip with a link": (_a_link(b"/etc/passwd"), "archive"),
    "a zip of 42 kinds within each other": (_nested(5, b"\0" * 99_999), "archive"),
    "a zip whose entries are one": (_overlapping(), "archive"),
    "a zip of ten thousand files": (a_zip(**{f"{number}": b"" for number in range(10_000)}), "archive"),
    "a zip that is locked": (a_zip(a=b"x").replace(b"PK\x03\x04\x14\0\0", b"PK\x03\x04\x14\0\1"), "archive"),
    "a tar with a link": (_a_tar(tarfile.SYMTYPE, target="/etc/passwd"), "archive"),
    "a tar with a second name": (_a_tar(tarfile.LNKTYPE, target="../../etc/shadow"), "archive"),
    "a tar with a device": (_a_tar(tarfile.BLKTYPE), "archive"),
    "a tar with an absolute path": (_a_tar(tarfile.REGTYPE, "/etc/passwd"), "archive"),
    "a tar in a gzip": (gzip.compress(_a_tar(tarfile.REGTYPE)), "archive"),
    "a gzip that bursts": (gzip.compress(b"\0" * 9_000_000), "archive"),
    "a gzip in a gzip": (gzip.compress(gzip.compress(gzip.compress(b"\0" * 999_999))), "archive"),
    "a zstandard": (b"\x28\xb5\x2f\xfd" + b"\0" * 20, "archive"),
    "a Debian package": (b"!<arch>\ndebian-binary   0 0 0 100644 4 `\n2.0\n", "archive"),
    "a drawing in a gzip": (gzip.compress(b"<svg onload='alert(1)'/>"), "archive"),
    "a workbook with macros": (a_zip(**_OFFICE, **{"xl/vbaProject.bin": b"canary"}), "archive"),
    "a presentation with macros": (a_zip(**_OFFICE, **{"ppt/vbaProject.bin": b"canary"}), "archive"),
    "a document that fetches its template": (
        a_zip(**_OFFICE, **{"word/_rels/settings.xml.rels": b'Target="http://canary.example/x.dotm"'}), "archive"),
    "an open document with a macro": (
        a_zip(mimetype=b"application/vnd.oasis.opendocument.text", **{"Basic/script-lb.xml": b"x"}), "archive"),
    "an app for a phone": (a_zip(**{"AndroidManifest.xml": b"x", "classes.dex": b"dex\n035"}), "archive"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "Workbook".encode("utf-16-le"), "office"),
    "rich text that fetches": (b"{\\rtf1{\\*\\template http://canary.example/x}}", "office"),
    "compiled help": (b"ITSF\x03\0\0\0", "program"),
    "a database": (b"SQLite format 3\0", "program"),
    "a program for Android": (b"dex\n035\0", "program"),
    "a drawing that fetches": (b'<svg><image href="http://canary.example/x"/></svg>', "markup"),
    "a drawing with an entity": (b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///x">]>', "markup"),
    "a drawing after a remark": (b"<!-- a letter --><svg onload='alert(1)'/>", "markup"),
    "a page after blank lines": (b"\n" * 5000 + _HTML, "markup"),
    "a page in UTF-16 the other way": ("<html>".encode("utf-16-be").join([b"\xfe\xff", b""]), "markup"),
    "a style sheet that runs": (b"<xsl:stylesheet version='1.0'/>", "markup"),
    "a page of a server": (b"<%@ page import='java.io.*' %>", "markup"),
    "a WebP that is a film": (b"RIFF\x24\0\0\0AVI LIST", "film"),
    "a TIFF of the other kind": (b"MM\x00*" + b"\0" * 20, "picture"),
    "a GIF that is a page": (b"GIF89a" + _HTML, "picture"),
    "a PNG that bursts": (a_png(60_000, 60_000, rows=200), "too_many_pixels"),
    "a PNG as wide as can be said": (a_png(0x7FFFFFFF, 1, rows=1), "too_many_pixels"),
    "a PNG that says another size": (a_png(400, 400, rows=2), "broken"),
    "a PNG whose rows are torn": (_PNG[:-20] + b"\0" * 20, "broken"),
    "a JPEG of 65,000 by 65,000": (
        _JPEG.replace(b"\x00\x1e\x00\x28\x03", b"\xfd\xe8\xfd\xe8\x03", 1), "too_many_pixels"),
    "a JPEG without its tables": (_JPEG.replace(b"\xff\xdb", b"\xff\xef"), "broken"),
    "a PDF that starts what Windows knows": (_opens(b"Launch", b"/Win << /F (canary.exe) >>"), "does_something"),
    "a PDF that imports": (_opens(b"ImportData", b"/F (x.fdf)"), "does_something"),
    "a PDF that plays": (_opens(b"Sound"), "does_something"),
    "a PDF with a script in a form": (
        a_pdf(b"<< /FT /Tx /T (a) /AA << /K << /S /JavaScript /JS (1) >> >> >>",
              catalog=b"/AcroForm << /Fields [4 0 R] >>"), "does_something"),
    "a PDF whose script comes next": (
        a_pdf(b"<< /S /URI /URI (http://x) /Next << /S /JavaScript /JS (1) >> >>", catalog=b"/OpenAction 4 0 R"),
        "does_something"),
    "a PDF with a file in a package": (
        a_pdf(b"<< /Type /Filespec /EF << /F 5 0 R >> >>", a_stream(EICAR, b"/Type /EmbeddedFile"),
              catalog=b"/AF [4 0 R]"), "holds_files"),
    "a PDF with an archive behind it": (a_pdf() + a_zip(canary=b"canary") + b"\n%%EOF\n", "broken"),
    "a PDF of 300 pages": (
        a_pdf().replace(b"/Kids [3 0 R] /Count 1", b"/Kids [" + b"3 0 R " * 300 + b"] /Count 300"), "too_many_pages"),
}  # fmt: skip


def _jpeg(segment: bytes = b"", mark: int = 0xE1, after: bytes = b"") -> bytes:
    """A photo with one more segment behind its head, and something behind its end."""
    more = bytes((0xFF, mark)) + (len(segment) + 2).to_bytes(2) + segment if segment else b""
    return _JPEG[:2] + more + _JPEG[2:] + after


def _png(name: bytes = b"", raw: bytes = b"", after: bytes = b"") -> bytes:
    """A picture with one more chunk behind its head, and something behind its end."""
    head = 8 + 25
    return _PNG[:head] + (part_of_png(name, raw) if name else b"") + _PNG[head:] + after


def _webp() -> bytes:
    made, said = io.BytesIO(), Image.Exif()
    said[0x010F] = "canary"
    Image.new("RGB", (20, 20)).save(made, "WEBP", exif=said, xmp=_XMP)
    return made.getvalue()


def _moving() -> bytes:
    made = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), one) for one in ("red", "blue")]
    words = PngInfo()
    words.add_itxt("Location", "canary", zip=True)
    frames[0].save(made, "PNG", save_all=True, append_images=frames[1:], pnginfo=words)
    return made.getvalue()


def _made_twice() -> bytes:
    """A PDF that was saved anew over what it said before."""
    first = a_pdf(a_stream(b"(canary) Tj"), page=b"/Contents 4 0 R")
    at = first.rindex(b"startxref\n") + len(b"startxref\n")
    before = int(first[at:].split()[0])
    second = b"4 0 obj\n<< /Length 0 >>\nstream\n\nendstream\nendobj\n"
    begins = len(first) + len(second)
    xref = b"xref\n4 1\n%010d 00000 n \ntrailer\n<< /Size 5 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
    return first + second + xref % (len(first), before, begins)


CARRYING: dict[str, tuple[bytes, str]] = {
    "a photo with its place": (a_photo(), "jpeg"),
    "a photo with words of another maker": (_jpeg(b"http://ns.adobe.com/xap/1.0/\0" + _XMP), "jpeg"),
    "a photo with a caption": (_jpeg(b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0ccanary canar", 0xED), "jpeg"),
    "a photo with a profile": (_jpeg(b"ICC_PROFILE\0\1\1canary", 0xE2), "jpeg"),
    "a photo with a remark that is a page": (_jpeg(b"canary" + _HTML, 0xFE), "jpeg"),
    "a photo with a preview of its own": (_jpeg(b"JFXX\0\x10canary", 0xE0), "jpeg"),
    "a photo that a maker marked": (_jpeg(b"canary", 0xEC), "jpeg"),
    "a photo with a second one": (_jpeg(b"MPF\0canary", 0xE2, after=_jpeg(b"canary", 0xFE)), "jpeg"),
    "a photo with a film behind it": (_jpeg(after=b"\0\0\0\x18ftypmp42canary"), "jpeg"),
    "a photo that is an archive": (_jpeg(after=a_zip(**{"canary.exe": b"MZcanary"})), "jpeg"),
    "a photo that is a page": (_jpeg(after=_HTML), "jpeg"),
    "a photo that is a program of a server": (_jpeg(_PHP, 0xFE), "jpeg"),
    "a photo that is a PDF": (_jpeg(b"%PDF-1.4 canary", 0xFE), "jpeg"),
    "a photo with what a scanner looks for": (_jpeg(EICAR + b"canary", 0xFE), "jpeg"),
    "a picture with words": (_png(b"tEXt", b"Comment\0canary"), "png"),
    "a picture with packed words": (_png(b"zTXt", b"Comment\0\0" + zlib.compress(b"canary" * 9)), "png"),
    "a picture with words in another language": (_png(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + _XMP), "png"),
    "a picture with its place": (_png(b"eXIf", b"MM\0*\0\0\0\x08\0\1\x01\x0f\0\2\0\0\0\7\0\0\0\x1acanary\0"), "png"),
    "a picture with its day": (_png(b"tIME", b"\x07\xea\x0b\x1b\x0c\0\0"), "png"),
    "a picture with a profile": (_png(b"iCCP", b"canary\0\0" + zlib.compress(b"canary")), "png"),
    "a picture with a part of nobody": (_png(b"caNy", b"canary"), "png"),
    "a picture that is an archive": (_png(after=a_zip(canary=b"canary")), "png"),
    "a picture that is a page": (_png(after=_HTML), "png"),
    "a picture that is a program of a server": (_png(b"tEXt", b"x\0" + _PHP, after=_PHP), "png"),
    "a picture that moves": (_moving(), "png"),
    "a WebP with its place": (_webp(), "jpeg"),
    "a PDF that says who wrote it": (a_pdf(b"<< /Author (canary) /Title (canary) >>", trailer=b"/Info 4 0 R"), "pdf"),
    "a PDF that says so in XML": (
        a_pdf(a_stream(_XMP, b"/Type /Metadata /Subtype /XML"), catalog=b"/Metadata 4 0 R"), "pdf"),
    "a PDF that was saved over": (_made_twice(), "pdf"),
    "a PDF with a chapter elsewhere": (
        a_pdf(b"<< /Title (canary) /Parent 5 0 R >>", b"<< /First 4 0 R /Last 4 0 R /Count 1 >>",
              catalog=b"/Outlines 5 0 R"), "pdf"),
    "a PDF that is an archive": (a_pdf(a_stream(a_zip(canary=b"canary"))), "pdf"),
    "a PDF with a remark": (a_pdf().replace(b"%PDF-1.7\n", b"%PDF-1.7\n% canary\n"), "pdf"),
    "a PDF with its maker's own part": (
        a_pdf(b"<< /Maker << /Private 5 0 R >> >>", a_stream(b"canary"), page=b"/PieceInfo 4 0 R"), "pdf"),
    "a PDF with a note that leads elsewhere": (
        a_pdf(b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A 5 0 R >>", b"<< /S /URI /URI 6 0 R >>", b"(canary)",
              page=b"/Annots [4 0 R]"), "pdf"),
    "a PDF with a preview": (a_pdf(a_stream(b"canary"), page=b"/Thumb 4 0 R"), "pdf"),
}  # fmt: skip
"""Each with the kind it is kept as; *canary* stands wherever something can be said that nobody sees."""
