"""How an agency keeps its own house, read and checked once, when first imported. The data: ``administration.toml``."""

from datetime import timedelta
from pathlib import Path

from breakwater.kernel import tables
from breakwater.kernel.tables import Table
from breakwater.trust.capabilities import CAPABILITIES
from breakwater.trust.rules.roles import Apart, House


def load(path: Path) -> House:
    """Read how an agency keeps its house.

    Raises:
        WrongTable: something in it cannot be used; the message names the file and the key.
    """
    raw = tables.read(path)
    review, invitation, reset, carried = (
        raw.table(key) for key in ("review", "invitation", "reset", "carried_device")
    )
    made = House(
        review_every=timedelta(days=review.whole("every_days")),
        answer_within=timedelta(days=review.whole("answer_within_days")),
        invitation_lasts=timedelta(hours=invitation.whole("lasts_hours")),
        remembered=timedelta(days=reset.whole("remembered_days")),
        carried_idle=timedelta(minutes=carried.whole("idle_minutes")),
        carried_lasts=timedelta(hours=carried.whole("session_hours")),
        apart=tuple(_apart(code, one) for code, one in raw.tables("apart")),
    )
    for table in (review, invitation, reset, carried):
        _rests_on(table)
    raw.close()
    return made


def _apart(code: str, table: Table) -> Apart:
    made = Apart(
        code=code,
        one=_capabilities(table, "one"),
        other=_capabilities(table, "other"),
        refused=table.flag("refused"),
        why=table.text("why"),
    )
    _rests_on(table)
    return made


def _capabilities(table: Table, key: str) -> frozenset[str]:
    beginnings = {f"{one.partition('.')[0]}." for one in CAPABILITIES}
    named = table.some_of(key, {*CAPABILITIES, *beginnings})
    return frozenset(
        one
        for one in CAPABILITIES
        if any(one == name or (name.endswith(".") and one.startswith(name)) for name in named)
    )


def _rests_on(table: Table) -> None:
    table.text("source")
    table.day("date")
    table.flag("verified")
    table.close()


HOUSE = load(Path(__file__).parent / "administration.toml")
