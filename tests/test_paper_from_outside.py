"""Each kind of block is held against PDF/UA-1 by a validator of others, which sees what is broken on purpose.

Each paper that a test prints is held against it too, in ``test_papers`` and ``test_in_spanish``.
"""

import io
import re
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from breakwater.formats.paper import Boxed, Drawn, Entries, Facts, Heading, Line, Sheet, Table, Words, printed
from tests.luck.naughty import OURS
from tests.paper import broken_rules

AT = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)


def whole():
    """A sheet with a block of each kind."""
    return Sheet(
        title="My plan", language="en", footer="Printed today", page="Page {page} of {pages}",
        cannot_show="Some letters stand as {sign}.", size="us-letter", made_at=AT,
        blocks=(
            Boxed("Call 911."), Heading("First"), Entries(("One", "Two")), Facts((("Name", "Value"),)), Words("Said."),
            Table(("When", "What"), (("Today", "It happened."),), (1, 3)),
            Drawn(("10,20 400,250",), 1000, 300, "They signed"), Line(("Signed", "On")),
        ),
    )  # fmt: skip


@pytest.fixture(scope="module")
def sheet():
    return printed(whole())


def test_every_block_and_every_strange_string_is(sheet):
    assert broken_rules(sheet) == set()
    blocks = (*map(Words, OURS), *map(Heading, OURS), Facts(tuple((one, one) for one in OURS)), Entries(OURS))
    rows = tuple((one, "x") for one in OURS)
    strange = Sheet(**(vars(whole()) | {"blocks": (*blocks, Table(("a", "b"), rows, (1, 1)))}))
    assert broken_rules(printed(strange)) == set()


def tags(writer, name):
    """The elements of the structure that bear a tag."""
    return [
        one for one in writer._objects
        if isinstance(one, DictionaryObject) and one.get("/S") == f"/{name}" and "/P" in one
    ]  # fmt: skip


def no_language(writer):
    del writer.root_object["/Lang"]


def no_tags(writer):
    del writer.root_object["/StructTreeRoot"]


def not_said_to_be_tagged(writer):
    del writer.root_object["/MarkInfo"]


def title_not_shown(writer):
    writer.root_object["/ViewerPreferences"][NameObject("/DisplayDocTitle")] = NumberObject(0)


def packet_says(pattern, instead):
    def planted(writer):
        packet = writer.root_object["/Metadata"].get_object()
        packet.set_data(re.sub(pattern, instead, packet.get_data(), flags=re.DOTALL))

    return planted


def picture_without_words(writer):
    (figure,) = tags(writer, "Figure")
    del figure["/Alt"]


def heading_left_out(writer):
    for one in tags(writer, "H2"):
        one[NameObject("/S")] = NameObject("/H4")


def tag_of_nobody(writer):
    tags(writer, "H2")[0][NameObject("/S")] = NameObject("/Chapter")


def item_outside_a_list(writer):
    tags(writer, "L")[0][NameObject("/S")] = NameObject("/Sect")


def cell_outside_a_row(writer):
    tags(writer, "TR")[0][NameObject("/S")] = NameObject("/Div")


def words_without_a_tag(writer):
    content = writer.pages[0].get_contents()
    plain = DecodedStreamObject()
    plain.set_data(content.get_data() + b" BT /F0 12 Tf (x) Tj ET")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(plain)


def tagged_within_what_is_skipped(writer):
    content = writer.pages[0].get_contents()
    plain = DecodedStreamObject()
    plain.set_data(b"/Artifact BMC " + content.get_data() + b" EMC")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(plain)


def letters_without_meaning(writer):
    for one in writer._objects:
        if isinstance(one, DictionaryObject) and "/ToUnicode" in one:
            del one["/ToUnicode"]


def letters_not_brought_along(writer):
    for one in writer._objects:
        if isinstance(one, DictionaryObject):
            for name in ("/FontFile2", "/FontFile3"):
                one.pop(name, None)


def link_without_words(writer):
    link = {"/Type": "/Annot", "/Subtype": "/Link"}
    made = DictionaryObject({NameObject(key): NameObject(one) for key, one in link.items()})
    made[NameObject("/Rect")] = ArrayObject(map(NumberObject, (0, 0, 9, 9)))
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(made)])


def another_language(writer):
    writer.root_object[NameObject("/Lang")] = TextStringObject("our language")


@pytest.mark.parametrize(
    "plant",
    [
        no_language, another_language, no_tags, not_said_to_be_tagged, title_not_shown,
        packet_says(rb"<dc:title>.*?</dc:title>", b""), packet_says(rb"<pdfuaid:part>1", b"<pdfuaid:part>7"),
        picture_without_words, heading_left_out, tag_of_nobody, item_outside_a_list, cell_outside_a_row,
        words_without_a_tag, tagged_within_what_is_skipped, letters_without_meaning, letters_not_brought_along,
        link_without_words,
    ],
)  # fmt: skip
def test_each_rule_can_be_broken(sheet, plant):
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(sheet)))
    assert broken_rules(_written(writer)) == set(), "written anew, it is as it was"
    plant(writer)
    assert broken_rules(_written(writer)) != set()


def _written(writer):
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
