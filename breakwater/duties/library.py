"""Which reading or circumstance asks which topics of the duty table. Data: ``signals.toml``, read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from breakwater.kernel import tables
from breakwater.trust.rules.law import TOPICS

BY_HAND = "by_hand"


@dataclass(frozen=True, kw_only=True)
class Signal:
    """What opens a prompt, in words, and the topics it asks.

    Args:
        question: what is asked first, where the signal is a mere fact and no suspicion; "" where it is one.
        alerts: the alarming answers that say the same, each as its instrument and its alert.
        under: it asks only about somebody younger; ``None`` asks about anybody.
    """

    label: str
    topics: tuple[str, ...]
    alerts: tuple[str, ...] = ()
    question: str = ""
    under: int | None = None


def load(path: Path) -> Mapping[str, Signal]:
    """Read the signals.

    Raises:
        WrongTable: one of them is missing something, or asks a topic that we do not know.
    """
    raw = tables.read(path)
    raw.day("date")
    raw.flag("verified")
    found = {}
    for code, table in raw.tables("signals"):
        found[code] = Signal(
            label=table.text("label"), topics=table.some_of("topics", TOPICS),
            alerts=table.words("alerts") if table.has("alerts") else (),
            question=table.text("question", default=""),
            under=table.whole("under") if table.has("under") else None,
        )  # fmt: skip
        table.close()
    raw.close()
    return MappingProxyType(found)


SIGNALS = load(Path(__file__).with_name("signals.toml"))
OF_AN_AGE = {code: one.under for code, one in SIGNALS.items() if one.under is not None}
"""Those that ask only about somebody younger, and younger than what: whose age nobody knows they cannot ask about."""
