"""What a file is, its bytes say; what is kept of it is what is seen; whatever else came is refused in words."""

import io
import resource
import time

import exifread
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from breakwater.attachments.library import LIMITS
from breakwater.attachments.rules import ENDINGS, WHY_NOT, shown_name, size_in_words
from breakwater.attachments.testing import a_photo
from breakwater.attachments.tests.corpus import BAD as FEWER
from breakwater.attachments.tests.corpus import a_pdf, a_picture, a_png, a_stream
from breakwater.attachments.tests.corpus_more import CARRYING, MORE_BAD
from breakwater.formats.files import NotKept, examined, pdfs, pictures
from breakwater.formats.files.examining import WHY
from breakwater.formats.files.kinds import KINDS, kind_of, plain_text

WITHIN = LIMITS.within
BAD = FEWER | MORE_BAD
ALONE = (
    "41 megapixels",
    "half a photo",
    "a PDF with a script",
    "a PDF with a file",
    "noise",
    "a page in UTF-16",
)


def said_of(raw):
    """What is made of a file, in this process: the same code that otherwise runs in one of its own."""
    kind = kind_of(raw)
    if kind == "text":
        return kind, plain_text(raw)
    code, made = (
        pdfs.anew(raw, pages=WITHIN.pages, objects=WITHIN.objects)
        if kind == "pdf"
        else pictures.anew(raw, kind, WITHIN.pixels)
    )
    if code:
        raise NotKept(WHY[code])
    return kind_of(made), made


def why_not(raw, read=said_of):
    with pytest.raises(NotKept) as refused:
        read(raw)
    return refused.value.code


def test_each_of_120_bad_files_is_refused_with_a_sentence_that_says_what_to_do():
    assert len(BAD) == len(FEWER) + len(MORE_BAD) >= 120
    assert {name: code for name, (_, code) in BAD.items()} == {
        name: why_not(raw) for name, (raw, _) in BAD.items()
    }
    assert {code for _, code in BAD.values()} | set(WHY.values()) <= WHY_NOT.keys()
    assert all(sentence.endswith(".") and len(sentence) > 30 for sentence in WHY_NOT.values())


@pytest.mark.parametrize("name", ALONE)
def test_they_are_refused_by_the_program_of_its_own(name):
    raw, code = BAD[name]
    assert why_not(raw, lambda one: examined(one, WITHIN)) == code


def test_forty_one_megapixels_are_refused_from_their_head_before_any_is_decoded():
    raw = a_png(6_400, 6_407)
    assert len(raw) < 60_000
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.process_time()
    code, made = pictures.anew(raw, "png", WITHIN.pixels)
    assert (WHY[code], made) == ("too_many_pixels", b"")
    assert time.process_time() - began < 0.5
    assert why_not(raw, lambda one: examined(one, WITHIN)) == "too_many_pixels"
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime - before.ru_utime < 5
    larger = max(900_000, before.ru_maxrss)
    assert after.ru_maxrss <= larger, (
        "in kB, and of the largest child there ever was: a browser's may have been larger"
    )


def test_of_a_photo_nothing_stays_but_what_is_seen():
    """Read back by a library that is not the one that wrote it, as well: ours looks for the segments themselves."""
    taken = Image.new("RGB", (90, 50), "white")
    taken.paste("red", (0, 0, 30, 25))
    said = Image.Exif()
    said[0x0112], said[0x010F] = 6, "Canarycam"
    said.get_ifd(0x8825).update({1: "N", 2: (41.0, 52.0, 10.0)})
    raw = io.BytesIO()
    taken.save(raw, "JPEG", exif=said, comment=b"canary", icc_profile=b"canary" * 30, quality=95)
    kind, made = said_of(raw.getvalue() + b"PK\x03\x04canary.exe")
    assert kind == "jpeg"
    assert b"canary" not in made.lower()
    assert segments_of(made) <= {0xC0, 0xC4, 0xDA, 0xDB, 0xDD, 0xE0}
    seen = Image.open(io.BytesIO(made))
    assert (seen.size, dict(seen.getexif())) == ((50, 90), {})
    assert seen.getpixel((45, 4))[1] < 90, "it was held sideways, and stands upright"
    assert seen.getpixel((5, 80))[1] > 200


def segments_of(jpeg):
    """The marks of all segments before the pixels, by hand."""
    found, at = set(), 2
    while jpeg[at + 1] != 0xDA:
        assert jpeg[at] == 0xFF
        found.add(jpeg[at + 1])
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
    assert jpeg.endswith(b"\xff\xd9")
    return found


def parts_of(png):
    """The names of all parts of a picture, by hand; nothing follows the last."""
    found, at = set(), 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4])
        found.add(png[at + 4 : at + 8])
        at += 12 + length
    assert png.endswith(b"\0\0\0\0IEND\xaeB\x60\x82")
    return found


def said_beside(kind, made):
    """What libraries say of a file that did not write it: ExifRead of a picture, PDFium of a PDF."""
    if kind != "pdf":
        return {name: str(one) for name, one in exifread.process_file(io.BytesIO(made), details=True).items()}
    document = pypdfium2.PdfDocument(made)
    said = {name: one for name, one in document.get_metadata_dict().items() if one}
    said |= {f"chapter {number}": one.get_title() for number, one in enumerate(document.get_toc())}
    return said | {f"file {number}": "" for number in range(document.count_attachments())}


PACKED = ("a picture with packed words", "a picture with its day", "a picture that moves")
_PARTS = {
    "jpeg": lambda made: segments_of(made) - {0xC0, 0xC4, 0xDA, 0xDB, 0xDD, 0xE0},
    "png": lambda made: parts_of(made) - {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"},
    "pdf": lambda made: set(),
}


@pytest.mark.parametrize("name", CARRYING)
def test_of_whatever_else_a_file_carries_nothing_stays(name):
    raw, kind = CARRYING[name]
    assert b"canary" in raw.lower() or said_beside(kind, raw) or name in PACKED
    came, made = said_of(raw)
    assert (came, made == raw) == (kind, False)
    assert b"canary" not in made.lower()
    assert b"EICAR" not in made
    assert _PARTS[kind](made) == set()
    assert {one: value for one, value in said_beside(kind, made).items() if one != "Producer"} == {}


def test_the_second_readers_see_what_would_be_left():
    """They would be easy to pass if they saw nothing."""
    assert "GPS GPSLatitude" in said_beside("jpeg", a_photo())
    assert said_beside("pdf", CARRYING["a PDF that says who wrote it"][0])["Author"] == "canary"
    assert said_beside("pdf", CARRYING["a PDF with a chapter elsewhere"][0])["chapter 0"] == "canary"


def test_pictures_of_every_kind_come_out_as_one_of_two_and_as_they_look():
    came = {"WEBP": "jpeg", "PNG": "png", "JPEG": "jpeg"}
    assert {kind: said_of(a_picture(kind))[0] for kind in came} == came
    for mode in ("1", "L", "P", "RGBA", "LA", "I;16"):
        raw = io.BytesIO()
        Image.new(mode, (9, 9)).save(raw, "PNG")
        kind, made = said_of(raw.getvalue())
        assert kind == "png"
        assert Image.open(io.BytesIO(made)).size == (9, 9)
    for mode in ("L", "CMYK"):
        raw = io.BytesIO()
        Image.new(mode, (9, 9), 0).save(raw, "JPEG")
        assert said_of(raw.getvalue())[0] == "jpeg"
    through = io.BytesIO()
    Image.new("RGBA", (9, 9), (1, 2, 3, 0)).save(through, "WEBP")
    assert said_of(through.getvalue())[0] == "png"


def test_of_a_pdf_its_pages_stay_and_not_who_wrote_it_or_what_was_deleted():
    photo = a_photo()
    head = b"/Type /XObject /Subtype /Image /Width 60 /Height 40 /ColorSpace /DeviceRGB /BitsPerComponent 8"
    raw = a_pdf(
        a_stream(b"0 0 1 rg 0 0 50 50 re f"),
        a_stream(photo, head + b" /Filter /DCTDecode"),
        b"<< /Author (Canary Author) /Producer (canary) >>",
        b"(deleted canary)",
        a_stream(photo.hex().encode() + b">", head + b" /Filter [/ASCIIHexDecode /DCTDecode]"),
        b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /T (canary) /A << /S /URI /URI (http://canary.example) >> >>",
        page=b"/Contents 4 0 R /Annots [9 0 R] /PieceInfo << /Canary << /Private (canary) >> >>",
        trailer=b"/Info 6 0 R", resources=b"/XObject << /A 5 0 R /B 8 0 R >>",
    )  # fmt: skip
    kind, made = said_of(raw)
    assert kind == "pdf"
    assert b"canary" not in made.lower()
    pages = PdfReader(io.BytesIO(made)).pages
    for name in ("/A", "/B"):
        stream = pages[0]["/Resources"]["/XObject"][name]
        assert segments_of(stream._data) <= {0xC0, 0xC4, 0xDA, 0xDB, 0xDD}
    shown = pypdfium2.PdfDocument(made)[0].render().to_pil().convert("RGB")
    assert shown.getpixel((10, 90)) == (0, 0, 255), "another library shows the same page"


def test_a_text_is_kept_as_text():
    assert said_of("Come at four. żółć 🙂\r\n".encode())[1].decode() == "Come at four. żółć 🙂\r\n"
    assert said_of("Come at four.".encode("utf-16"))[1] == b"Come at four."
    assert said_of(b"a < b, and <b> is not a tag at its beginning")[0] == "text"
    assert set(KINDS) == set(ENDINGS)


NAMES = {
    "letter.pdf": "letter.pdf", "../../etc/passwd": "passwd.pdf", "C:\\Users\\bo\\letter.PDF": "letter.pdf",
    "rent\u202efdp.exe": "rentfdp.pdf", "a\0b\r\n.pdf": "ab.pdf", "": "File.pdf", "...": "File.pdf",
    "photo.jpg.exe": "photo.jpg.pdf", "x" * 300 + ".pdf": "x" * 80 + "….pdf", " .htaccess ": "htaccess.pdf",
    "..\\..\\x/../letter.pdf\0.exe": "letter.pdf", "\u202e\u2066gpj.\u2069letter.pdf": "gpj.letter.pdf",
    "\u200b\ufeff\u00ad": "File.pdf", "con.pdf": "con.pdf", "%2e%2e%2fpasswd": "%2e%2e%2fpasswd.pdf",
    "/" * 300: "File.pdf", "é" * 300: "é" * 80 + "….pdf", "a\u2028b\u2029c.pdf": "abc.pdf",
    "Zusage Wohnung Müller.docx": "Zusage Wohnung Müller.pdf", "<b>x</b>.pdf": "b>.pdf",
}  # fmt: skip


def test_a_name_is_shown_without_what_deceives():
    assert {raw: shown_name(raw, "pdf") for raw in NAMES} == NAMES
    assert size_in_words(10) == "1 kB"
    assert size_in_words(3 * 1024 * 1024) == "3.0 MB"


@given(st.text(max_size=400), st.sampled_from(sorted(KINDS)))
def test_whatever_a_file_is_called_its_shown_name_is_short_and_plain_and_ends_as_what_it_is(raw, kind):
    shown = shown_name(raw, kind)
    assert shown.isprintable()
    assert not set("/\\") & set(shown)
    assert len(shown) <= 86
    assert shown.endswith(f".{ENDINGS[kind]}")


@given(
    st.binary(max_size=300),
    st.sampled_from((b"", b"%PDF-1.7\n", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF....WEBP")),
)
def test_whatever_bytes_come_they_are_kept_as_one_of_four_or_refused_by_a_code(raw, begins):
    said = ""
    try:
        said, _ = said_of(begins + raw)
    except NotKept as refused:
        said = refused.code
    assert said in KINDS.keys() | WHY_NOT.keys()
