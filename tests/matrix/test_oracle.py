"""H3: the oracle knows nothing of the product, and says what the law sheet says."""

import ast
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.matrix import oracle
from tests.matrix.oracle import (
    ABSENT,
    DENY,
    PERMIT,
    SIGN_IN,
    Agreement,
    Asked,
    Opened,
    Record,
    Who,
    answer,
    may_know,
)

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
HERS = Record(name="hers", agency="victor", segments=frozenset({"vsp"}))
GUEST, MEDIC = (Who(name=name, agency="bravo", role=name) for name in ("case_manager", "responder"))
CASE = Asked(holds="care", reads=("read",))
RELEASE = Agreement(
    kind="vsp_release", to="bravo", information=frozenset({"who", "care", "needs"}), segments=frozenset({"vsp"}),
    starts=NOON - timedelta(days=1), ends=NOON + timedelta(days=1),
)  # fmt: skip


def imported(source: str) -> set[str]:
    """The first names of all that a source imports."""
    tree = ast.walk(ast.parse(source))
    found = {name.name for node in tree if isinstance(node, ast.Import) for name in node.names}
    found |= {
        "." * node.level + (node.module or "")
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom)
    }
    return {one.split(".")[0] for one in found}


def test_the_oracle_reads_nothing_of_the_product():
    source = Path(oracle.__file__).read_text()
    assert imported(source) == {"collections", "dataclasses", "datetime"}
    assert "__import__" not in source
    assert imported("from breakwater.trust import rules\nimport x.y\nfrom . import z") == {
        "breakwater",
        "x",
        "",
    }


def test_without_a_release_a_victim_service_record_is_not_there():
    assert answer(GUEST, CASE, HERS, NOON) == {ABSENT}


def test_with_a_release_it_is_read_and_not_changed_until_it_ends():
    agreed = replace(HERS, agreements=(RELEASE,))
    assert answer(GUEST, CASE, agreed, NOON) == {PERMIT}
    assert answer(GUEST, replace(CASE, does=("work",), writes=True), agreed, NOON) == {DENY}
    assert answer(GUEST, CASE, agreed, NOON + timedelta(days=1)) == {ABSENT}
    withdrawn = replace(HERS, agreements=(replace(RELEASE, withdrawn=NOON),))
    assert answer(GUEST, CASE, withdrawn, NOON) == {ABSENT}


def test_a_release_of_another_kind_opens_nothing():
    agreed = replace(HERS, agreements=(replace(RELEASE, kind="general"),))
    assert answer(GUEST, CASE, agreed, NOON) == {ABSENT}


def test_an_emergency_opens_an_ordinary_record_to_one_person_and_a_protected_one_to_nobody():
    opened = (Opened(who="responder", until=NOON + timedelta(hours=1)),)
    plain = Record(name="plain", agency="alpha", opened=opened)
    assert answer(MEDIC, CASE, plain, NOON) == {PERMIT}
    assert answer(GUEST, CASE, plain, NOON) == {ABSENT}
    assert answer(MEDIC, CASE, replace(plain, segments=frozenset({"part2"})), NOON) == {ABSENT}
    assert not may_know(MEDIC, plain, "care", frozenset({"psychotherapy-notes"}), NOON)


def test_who_appoints_people_reads_no_record_and_who_works_nowhere_signs_in():
    boss = Who(name="boss", agency="victor", role="administrator")
    assert answer(boss, CASE, HERS, NOON) == {DENY}
    assert answer(Who(name="nobody"), CASE, HERS, NOON) == {SIGN_IN}
