"""What paper costs: how long each PDF takes from its sheet to its bytes, and the most memory that any of them took."""

import resource
import sys
import time
from datetime import UTC, datetime

from breakwater.formats.paper import Block, Boxed, Entries, Facts, Heading, Sheet, Table, Words, printed
from breakwater.formats.paper.press import let_go
from breakwater.server.bench.trust import Cost
from breakwater.ui.languages import SPOKEN

MOST_SECONDS, MOST_MEGABYTES = 1.0, 150
_TURNS = 7
_AT = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
_SAID = "Called. Slept a little, ate, will wait for the visit at four, and wants to be told before anybody comes. "


def costs() -> list[Cost]:
    """Each paper in both sizes, in English and in Spanish; the memory last, for it is counted over all of them."""
    found = [
        _timed(
            f"{name}, {language}, {'large print' if is_large else 'usual print'}", blocks, language, is_large
        )
        for name, blocks in _papers().items()
        for language in SPOKEN
        for is_large in (False, True)
    ]
    most = _megabytes()
    return [
        *found,
        Cost("Most memory of any", f"{most} MB", f"≤ {MOST_MEGABYTES} MB", most <= MOST_MEGABYTES),
    ]


def _timed(name: str, blocks: list[Block], language: str, is_large: bool) -> Cost:
    says = SPOKEN[language].says
    sheet = Sheet(
        title="A paper", language=language, blocks=tuple(blocks), footer="Printed by somebody", page=says["page"],
        cannot_show=says["cannot_show"], size="us-letter", made_at=_AT, is_large=is_large,
    )  # fmt: skip
    took = sorted(_once(sheet) for _ in range(_TURNS))
    median, worst = took[_TURNS // 2], took[-1]
    return Cost(
        name, f"{median:.3f} s, at most {worst:.3f} s", f"≤ {MOST_SECONDS:.0f} s", worst <= MOST_SECONDS
    )


def _once(sheet: Sheet) -> float:
    began = time.perf_counter()
    printed(sheet)
    return time.perf_counter() - began


def _papers() -> dict[str, list[Block]]:
    """As much as is really written: a plan of seven sections, three goals, two hundred entries, twelve sections."""
    plan: list[Block] = [
        one for number in range(7) for one in (Heading(f"Section {number}"), Entries((_SAID,) * 4))
    ]
    steps = tuple((_SAID, "The person who helps me", "Friday, November 27, 14:00") for _ in range(4))
    goals: list[Block] = [
        one
        for number in range(3)
        for one in (Heading(f"Goal {number}"), Words(_SAID), Table(("What", "Who", "By"), steps, (5, 3, 3)))
    ]
    entries = tuple(
        ("November 27, 2026, 12:00\nAda Reyes\nNo. 1204", f"Call.\n{_SAID * 2}") for _ in range(200)
    )
    record: list[Block] = [
        Facts((("Known as", "Mari"), ("Case", "ABC-1234"))),
        Table(("When", "What"), entries, (2, 5)),
    ]
    packet: list[Block] = [
        Boxed(_SAID),
        *(
            one
            for number in range(12)
            for one in (Heading(f"Section {number}"), Facts((("What", _SAID),) * 6))
        ),
    ]
    return {"Safety plan": plan, "Action plan": goals, "Record of 200 entries": record, "Packet": packet}


def _megabytes() -> int:
    """The most that any process took that we waited for; macOS counts in bytes, others in kilobytes."""
    let_go()
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return most // (1 << 20 if sys.platform == "darwin" else 1 << 10)
