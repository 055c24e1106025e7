"""A PDF can be read by everybody, says what was written and does nothing else, and is bounded."""

import unicodedata
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from breakwater.formats.paper import (
    Boxed,
    Entries,
    Facts,
    Heading,
    Line,
    NotPrinted,
    Sheet,
    Table,
    Words,
    press,
    printed,
)
from breakwater.formats.paper.letters import covered, lines_of, runs_from_the_right, shown
from tests.luck.naughty import OURS, public
from tests.paper import read

AT = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)
DOES_SOMETHING = {
    "/JavaScript", "/JS", "/OpenAction", "/AA", "/Launch", "/URI", "/SubmitForm", "/EmbeddedFiles", "/AcroForm",
    "/RichMedia", "/Annots",
}  # fmt: skip


def a_sheet(*blocks, **facts):
    usual = {
        "title": "My plan", "language": "en", "footer": "Printed today", "page": "Page {page} of {pages}",
        "cannot_show": "Some letters stand as {sign}.", "size": "us-letter", "made_at": AT,
    }  # fmt: skip
    return Sheet(blocks=blocks, **(usual | facts))


def letters(text, known):
    """What of a text can be seen on paper, whatever stands between and whichever way it runs."""
    plain = unicodedata.normalize("NFKD", shown(" ".join(lines_of(text)), known)[0])
    return Counter(one for one in plain if not one.isspace() and not is_unseen(one))


def is_unseen(sign):
    return unicodedata.category(sign) == "Cf" or "\ufe00" <= sign <= "\ufe0f"


def squeezed(text):
    return "".join(unicodedata.normalize("NFKD", text).split())


def test_it_is_tagged_for_whoever_hears_it_read():
    rows = tuple((f"Day {number}", "It happened.") for number in range(90))
    pdf = printed(
        a_sheet(
            Boxed("Call 911."), Heading("First"), Entries(("One", "Two")), Facts((("Name", "Value"),)),
            Words("Said."), Table(("When", "What"), rows, (1, 3)), Line(("Signed",)),
            language="es",
        )
    )  # fmt: skip
    found = read(pdf)
    assert (found.is_marked, found.language, found.title) == (True, "es", "My plan")
    assert "<pdfuaid:part>1</pdfuaid:part>" in found.about
    assert (found.tags["H1"], found.tags["H2"], found.tags["L"], found.tags["LI"]) == (1, 1, 2, 3)
    assert (found.tags["Table"], found.tags["TH"], found.tags["TR"]) == (1, 2, 91)
    assert f"Page 2 of {len(found.pages)}" in found.pages[1]
    assert all("When" in page for page in found.pages[:-1])
    order = [
        found.text.index(one) for one in ("My plan", "Call 911", "First", "Two", "Value", "Said", "Day 89")
    ]
    assert order == sorted(order)


def test_it_does_nothing_and_is_the_same_file_each_time():
    sheet = a_sheet(Words("Words"))
    assert printed(sheet) == printed(sheet)
    assert read(printed(sheet)).extras & DOES_SOMETHING == set()
    large = read(printed(replace(sheet, is_large=True, blocks=(Words("Words " * 900),))))
    assert len(large.pages) > len(read(printed(replace(sheet, blocks=(Words("Words " * 900),)))).pages) > 1


def test_every_string_that_breaks_programs_is_shown_and_never_run(shared):
    strings = (*OURS, *public(shared("data/bad-input/blns.json")))
    wanted, found = Counter(), read(printed(a_sheet(*map(Words, strings))))
    for one in strings:
        wanted += letters(one, covered())
    assert wanted - Counter(unicodedata.normalize("NFKD", found.text)) == Counter()
    said = squeezed(found.text)
    plain = [one for one in strings if one.isascii() and one.isprintable()]
    assert [one for one in plain if squeezed(one) not in said] == []
    assert len(plain) > 200
    assert (found.title, found.extras & DOES_SOMETHING) == ("My plan", set())


def test_they_are_shown_in_every_kind_of_block():
    rows = tuple((one, "x") for one in OURS)
    blocks = (
        Facts(rows),
        Table(("a", "b"), rows, (5, 1)),
        Entries(OURS),
        *map(Boxed, OURS),
        *map(Heading, OURS),
    )
    found = read(printed(a_sheet(*blocks, Line(OURS))))
    shown_each_time = [one for one in OURS if one.isascii() and one.isprintable()]
    assert [one for one in shown_each_time if squeezed(found.text).count(squeezed(one)) < 6] == []
    assert (found.title, found.extras & DOES_SOMETHING) == ("My plan", set())


@pytest.mark.parametrize(
    "text",
    [
        "#panic()", '#read("/etc/passwd")', '#import "@preview/x:1.0.0": *', "= Not a heading", "*not bold*", "$x^2$",
        "@nowhere <label>", "\\u{41} \\", "// not a comment", "/* nor this */", "#sys.inputs", "[a](b) `c` --- ~",
        '"quoted" \'so\' "', "- no item", "+ no item", "/ no: term", "https://example.org",
    ],
)  # fmt: skip
def test_markup_is_shown_as_it_was_typed(text):
    found = read(printed(a_sheet(Words(text))))
    assert text in found.text
    assert (found.tags["H1"], found.tags["L"], found.tags["Link"]) == (1, 0, 0)


@pytest.mark.parametrize(
    "text", ["Ångström Łódź ñandú", "Tiếng Việt", "Жизнь и щи", "Καλημέρα", "Հայերեն", "ქართული"]
)
def test_many_alphabets_are_covered(text):
    said = read(printed(a_sheet(Words(text)))).text
    assert unicodedata.normalize("NFC", text) in unicodedata.normalize("NFC", said)
    assert "stand as" not in said


def test_what_is_not_covered_is_said_and_never_dropped_without_a_word():
    found = read(printed(a_sheet(Words("她 said 中文 👩"))))
    assert "Some letters stand as □." in found.text
    assert "□ said □□ □" in found.text
    title = read(printed(a_sheet(title="中")))
    assert (title.title, "Some letters" in title.text) == ("□", True)


def test_lines_letters_and_long_words():
    known = covered()
    assert lines_of("a\r\nb\rc\u2028d\te") == ["a", "b", "c", "d    e"]
    assert shown("x\ufeff\U000e0041y\ue000", known) == ("xy□", True)
    assert shown("\u202eevil\u202c", known) == ("evil", False)
    assert shown("plain", known) == ("plain", False)
    assert shown("k" * 30, known) == ("\u200b".join(("k" * 8, "k" * 8, "k" * 8, "k" * 6)), False)
    assert "\u200b" not in shown("Donaudampfschifffahrt ok", known)[0]
    assert [runs_from_the_right(one) for one in ("12 שלום abc", "abc שלום", "1 2", "")] == [
        True, False, False, False,
    ]  # fmt: skip


def test_a_long_word_stays_on_the_page_and_a_long_row_goes_on():
    lines = "\n".join(f"line{number}" for number in range(400))
    found = read(printed(a_sheet(Words("w" * 500), Table(("a", "b"), ((lines, "z" * 3000),), (1, 1)))))
    assert all(f"line{number}" in found.text for number in range(400))
    assert (found.text.count("w"), found.text.count("z")) == (500, 3000)
    assert len(found.pages) > 5


def test_a_name_and_its_first_line_stay_together_and_so_do_the_lines_to_sign():
    known = tuple(
        (f"Name{one}", "\n".join((f"What{one} is known", *("more",) * (one % 3)))) for one in range(99)
    )
    found = read(printed(a_sheet(Facts(known), is_large=True)))
    for one, _ in enumerate(known):
        assert any(f"Name{one}\n" in page and f"What{one} " in page for page in found.pages)
    for number in (18, 19, 21):
        found = read(
            printed(a_sheet(Words("\n".join(["x"] * number)), Line(("Signed", "On this day")), is_large=True))
        )
        assert any("Signed" in page and "On this day" in page for page in found.pages)


def test_it_is_bounded(monkeypatch):
    with pytest.raises(NotPrinted) as too_long:
        printed(a_sheet(Words("x" * (press.MOST_LETTERS + 1))))
    assert too_long.value.is_too_long
    with pytest.raises(NotPrinted) as too_much_memory:
        printed(a_sheet(Table(tuple("abcdefgh"), (tuple("abcdefgh"),) * 880, (1,) * 8)))
    assert too_much_memory.value.is_too_long
    monkeypatch.setattr(press, "MOST_SECONDS", 0.001)
    with pytest.raises(NotPrinted) as too_late:
        printed(a_sheet(Words("words")))
    assert not too_late.value.is_too_long
    assert "words" not in str(too_late.value)
