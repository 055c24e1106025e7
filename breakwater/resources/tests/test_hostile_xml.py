"""SP-40: XML that was made to harm is refused before it costs anything, and asks nobody; odd XML says what it is."""

import socket
import time
import tracemalloc
from itertools import count

import pytest

from breakwater.formats.capacity import NotAReport, open_report
from breakwater.formats.capacity.have import DEEPEST, HAVE, LARGEST, MOST_ELEMENTS
from breakwater.formats.problems import Problem
from breakwater.resources.tests.test_reports import bed, have, told, wrong

_LOL = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
_DTD = "<!DOCTYPE x [{0}]><x>{1}</x>"


@pytest.fixture
def canary():
    """A server that nobody is to ask: its address, and who asked."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        line.listen()
        line.settimeout(0)
        yield f"http://127.0.0.1:{line.getsockname()[1]}/x"
        with pytest.raises(BlockingIOError):
            line.accept()


def hostile(canary):
    """Each kind, with the words by which it is refused."""
    deep = "<a>" * 100_000
    at_most = f'<h:HospitalStatus xmlns:h="{HAVE}">{{0}}</h:HospitalStatus>'
    return {
        "billion laughs": (_DTD.format(f'<!ENTITY l0 "lol">{_LOL}', "&l9;"), "DOCTYPE"),
        "quadratic": (_DTD.format(f'<!ENTITY a "{"a" * 100_000}">', "&a;" * 10_000), "DOCTYPE"),
        "an external entity": (_DTD.format(f'<!ENTITY a SYSTEM "{canary}">', "&a;"), "DOCTYPE"),
        "a file of this machine": (_DTD.format('<!ENTITY a SYSTEM "file:///etc/passwd">', "&a;"), "DOCTYPE"),
        "a public entity": (_DTD.format(f'<!ENTITY a PUBLIC "-//x" "{canary}">', "&a;"), "DOCTYPE"),
        "a parameter entity": (_DTD.format(f'<!ENTITY % a SYSTEM "{canary}"> %a;', ""), "DOCTYPE"),
        "a DTD elsewhere": (f'<!DOCTYPE x SYSTEM "{canary}"><x/>', "DOCTYPE"),
        "an unparsed entity": (
            _DTD.format(f'<!NOTATION n SYSTEM "{canary}"><!ENTITY a SYSTEM "x" NDATA n>', ""),
            "DOCTYPE",
        ),
        "attributes by default": (_DTD.format('<!ATTLIST x a CDATA "b">', ""), "DOCTYPE"),
        "an entity that nobody declared": ("<x>&nbsp;</x>", "line 1"),
        "100,000 deep": (deep, f"more than {DEEPEST} deep"),
        "100,000 deep and closed": (deep + "</a>" * 100_000, f"more than {DEEPEST} deep"),
        "too many elements": (
            at_most.format("<a/>" * MOST_ELEMENTS),
            f"more than {MOST_ELEMENTS:,} elements",
        ),
        "too much of it": (at_most.format("x" * LARGEST), "10 MB"),
        "UTF-7": ("<?xml version='1.0' encoding='UTF-7'?>+ADw-x+AD4-", "written in"),
        "EBCDIC by name": ('<?xml version="1.0" encoding="cp037"?><x/>', "written in"),
        "EBCDIC": ('<?xml version="1.0" encoding="cp037"?><x/>'.encode("cp037"), "is no CSV in UTF-8"),
        "UTF-32": ("<x/>".encode("utf-32"), "is no CSV in UTF-8"),
        "two roots": ("<x/><x/>", "line 1"),
        "half of it": ('<?xml version="1.0"?><x', "line 1"),
        "a NUL": ("<x>a\0b</x>", "line 1"),
        "bytes that are no UTF-8": (b"<x>\xc3\x28</x>", "line 1"),
        "a prefix of nobody": ("<h:x/>", "line 1"),
    }


def written(folder, content):
    path = folder / "odd.xml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_what_was_made_to_harm_is_refused_at_once_and_asks_nobody(tmp_path, canary):
    for name, (content, why) in hostile(canary).items():
        path, began = written(tmp_path, content), time.process_time()
        tracemalloc.start()
        try:
            with pytest.raises(NotAReport, match=why):
                open_report(path)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert time.process_time() - began < 5, name
        assert peak < 4 * LARGEST, name


def test_what_would_bring_another_document_is_passed_over(tmp_path, canary):
    xi, style = "http://www.w3.org/2001/XInclude", f'<?xml-stylesheet href="{canary}"?>'
    schema = f'xmlns:s="http://www.w3.org/2001/XMLSchema-instance" s:schemaLocation="{HAVE} {canary}"'
    path = have(tmp_path, bed("AdultPsychiatric", AvailableCount=3))
    path.write_text(
        path.read_text()
        .replace("<have:HospitalStatus", f"{style}<have:HospitalStatus {schema}")
        .replace("<have:Hospital>", f'<have:Hospital><i:include xmlns:i="{xi}" href="{canary}"/>')
    )
    assert told(path) == [("AdultPsychiatric", None, 3)]


def test_in_another_encoding_that_is_known_the_same_is_read(tmp_path):
    path = have(tmp_path, bed("AdultPsychiatric", AvailableCount=3))
    latin = (
        path.read_text().replace('"1.0"?>', '"1.0" encoding="ISO-8859-1"?>').replace("Lighthouse", "Phare é")
    )
    path.write_bytes(latin.encode("latin-1"))
    assert next(one.facility.name for one in open_report(path).figures()) == "Phare é Hospital"
    assert told(path) == [("AdultPsychiatric", None, 3)]
    plain = latin.replace("ISO-8859-1", "UTF-16")
    path.write_bytes(plain.encode("utf-16-le"))
    assert told(path) == [("AdultPsychiatric", None, 3)]


_COUNT = "<have:AvailableCount>3</have:AvailableCount>"
AMBIGUOUS = {
    "told twice": (_COUNT + _COUNT.replace("3", "30"), None, "told twice, and not the same"),
    "told twice the same": (_COUNT * 2, 3, ""),
    "split by a comment": (_COUNT.replace("3", "1<!-- or -->2"), 12, ""),
    "split by an instruction": (_COUNT.replace("3", "1<?or?>2"), 12, ""),
    "in a marked section": (_COUNT.replace("3", "<![CDATA[3]]>"), 3, ""),
    "by number": (_COUNT.replace("3", "&#51;"), 3, ""),
    "split by an element": (_COUNT.replace("3", "1<have:x/>2"), None, ""),
    "within another": (_COUNT.replace("3", f"{_COUNT}9"), 3, ""),
    "in another's namespace": (_COUNT.replace("have:", "e:").replace("Count>", "Count xmlns:e='urn:e'>", 1), None, ""),
    "in nobody's namespace": (_COUNT.replace("have:", ""), None, ""),
    "in almost the namespace": (
        _COUNT.replace("have:AvailableCount>", f"h:AvailableCount xmlns:h='{HAVE.upper()}'>", 1).replace("/have", "/h"),
        None,
        "",
    ),
    "with full-width digits": (_COUNT.replace("3", "\uff13"), None, "is not a whole number"),
    "very long": (_COUNT.replace("3", "3" * 5000), None, "is more than 1,000,000 places"),
}  # fmt: skip


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_a_value_is_read_as_the_standard_of_xml_says_or_stays_unknown(tmp_path, name):
    inside, free, why = AMBIGUOUS[name]
    path = have(tmp_path, bed("AdultPsychiatric", AvailableCount=7).replace(_COUNT.replace("3", "7"), inside))
    assert inside in path.read_text()
    assert told(path) == [("AdultPsychiatric", None, free)]
    assert [one for one in wrong(path) if why and why in one] == (wrong(path) if why else [])
    assert bool(why) == bool(wrong(path))


def test_beds_of_two_kinds_at_once_are_left_out_and_named(tmp_path):
    twice = "<have:BedType>AdultICU</have:BedType><have:BedType>Burn</have:BedType>"
    path = have(
        tmp_path, bed("AdultICU", AvailableCount=3).replace("<have:BedType>AdultICU</have:BedType>", twice)
    )
    assert told(path) == []
    assert "told twice" in wrong(path)[0]


def test_as_many_hospitals_as_the_bounds_allow_are_read(tmp_path):
    one, of_each = have(tmp_path, bed("AdultICU", AvailableCount=1)).read_text(), 14
    head, _, rest = one.partition("<have:Hospital>")
    body, _, tail = rest.rpartition("</have:Hospital>")
    many = MOST_ELEMENTS // of_each - 1
    names = count()
    hospitals = (
        f"<have:Hospital>{body.replace('Lighthouse', f'House {next(names)}')}</have:Hospital>"
        for _ in range(many)
    )
    path = written(tmp_path, head + "".join(hospitals) + tail)
    assert (
        sum(not isinstance(found, Problem) and found.kind != "" for found in open_report(path).figures())
        == many
    )
