"""A day is a day where somebody is: no day is taken of a moment in Greenwich, in the product or in a test.

In the evening of an American agency it is tomorrow in Greenwich. What counts days there is wrong every
evening, and a test that does so is red every night.
"""

import ast

from tests.architecture.source import CODE, ROOT

KNOWN = {
    "breakwater/assessments/actions/keeping.py at.date()": "an import is marked alike by whoever reads it, wherever",
    "breakwater/assessments/instruments_of.py brought.starts_at.date()": "the same mark, read again",
    "breakwater/resources/rules.py moment.date()": "hours are judged by the clock on the wall there",
    "breakwater/simulation/telling.py at.date()": "rows of a table for every agency, months apart",
    "breakwater/trust/testing.py NOON.date()": "noon is the same day in Greenwich and in New York",
    "tests/architecture/world.py now.date()": "an end a month away; the day before would do",
    "tests/luck/desks.py datetime.now(UTC).date()": "days that are typed, weeks away",
    "tests/luck/test_taken_back.py timezone.now().date()": "days that are typed, weeks away",
    "tests/matrix/states.py world.now.date()": "ends that lie days away",
    "tests/test_fail_closed.py now.date()": "an end a year away",
}
"""Where a day is taken of a moment as it stands, and why that is the day that is meant."""


def in_greenwich(source: str, *, of_tests: bool = False) -> list[str]:
    """What takes a day of a moment that nobody carried into a zone; in tests only of the moment that is now."""
    calls = (one for one in ast.walk(ast.parse(source)) if isinstance(one, ast.Call) and not one.args)
    return [
        ast.unparse(call)
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and (call.func.attr in _DAYS_OF_THE_MACHINE or _is_taken_as_it_stands(call.func, of_tests))
    ]


_DAYS_OF_THE_MACHINE = {"today", "localdate", "utcnow"}


def _is_taken_as_it_stands(method: ast.Attribute, of_tests: bool) -> bool:
    of = ast.unparse(method.value)
    is_carried = "astimezone" in of or of.split(".")[-1].startswith("local")
    return (
        method.attr == "date"
        and not is_carried
        and (not of_tests or of.endswith(("now", "now()", "now(UTC)")))
    )


def test_no_day_is_taken_in_greenwich():
    everything = (*CODE.rglob("*.py"), *(ROOT / "tests").rglob("*.py"))
    files = {one: one.read_text() for one in everything if "migrations" not in one.parts}
    found = {
        f"{file.relative_to(ROOT)} {call}"
        for file, text in files.items()
        if any(f".{name}(" in text for name in ("date", *_DAYS_OF_THE_MACHINE))
        for call in in_greenwich(text, of_tests="tests" in file.relative_to(ROOT).parts)
    }
    assert found - KNOWN.keys() == set(), "whose day? moment.astimezone(by.zone).date()"
    assert KNOWN.keys() - found == set(), "the list may only shrink"


def test_the_guard_sees_a_day_in_greenwich():
    assert in_greenwich("due = (at + week).date()\nborn = date.today()") == [
        "(at + week).date()",
        "date.today()",
    ]
    assert in_greenwich("due = at.astimezone(by.zone).date()\nday = local.date()") == []
    assert in_greenwich("ends = NOON.date()\nends = ada.now.date()", of_tests=True) == ["ada.now.date()"]


def ends_of_days(source: str) -> list[str]:
    """Where the midnight or the last minute of a day is made by the clock on some wall."""
    calls = (one for one in ast.walk(ast.parse(source)) if isinstance(one, ast.Call))
    made = [one for one in calls if ast.unparse(one.func).endswith("datetime.combine")]
    return [
        found
        for found in map(ast.unparse, made)
        if any(edge in found for edge in ("time()", "time(0", "time.min", "time.max", "time(23"))
        and "tzinfo=UTC" not in found
    ]


def test_a_day_ends_where_one_file_says():
    found = {
        str(file.relative_to(ROOT)): made
        for file in CODE.rglob("*.py")
        if "migrations" not in file.parts and "tests" not in file.parts
        if "combine" in (text := file.read_text()) and (made := ends_of_days(text))
    }
    assert found.keys() == {"breakwater/kernel/days.py"}


def test_the_guard_sees_a_midnight_that_somebody_makes_themselves():
    assert ends_of_days("datetime.combine(day + A_DAY, time(), tzinfo=zone)")
    assert ends_of_days("datetime.combine(day, time(23, 59), tzinfo=zone)")
    assert ends_of_days("datetime.combine(day, time(12), tzinfo=zone)") == []
