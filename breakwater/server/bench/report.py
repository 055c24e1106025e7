"""The table that says what every page and act costs, with the target beside each figure."""

from rich.table import Table

from breakwater.server.bench.measure import MANY, Measured

LEAST_RECALL = 0.99

_HEADS = (
    "page or act",
    "p50 ms",
    "p95",
    "p99",
    f"a second, {MANY}",
    "floor p50",
    "floor a second",
    "× floor, 1",
    f"× floor, {MANY}",
    "of a processor",
    "queries",
    "recall",
    "guide on a quiet machine",
)


def table(size: int, found: list[Measured]) -> Table:
    """One size, each figure with its target; what misses it is marked."""
    made = Table(title=f"{size:,} cases, two workers", title_justify="left")
    for head in _HEADS:
        made.add_column(head, justify="left" if head in (_HEADS[0], _HEADS[-1]) else "right")
    for one in found:
        times = (f"{one.alone.at(share):.1f}" for share in (0.5, 0.95, 0.99))
        floor = (f"{one.floor_alone.at(0.5):.1f}", f"{one.floor_together.rate:.0f}")
        ratios = (_judged(ratio, most) for ratio, most in zip(one.ratios, one.line.most, strict=True))
        made.add_row(
            one.line.name, *times, f"{one.together.rate:.0f}", *floor, *ratios, f"{one.of_a_processor:.1f}",
            _queries(one), _recall(one), one.line.guide,
        )  # fmt: skip
    return made


def misses(found: list[Measured]) -> int:
    """How many figures miss their target."""
    many = 0
    for one in found:
        many += sum(ratio > most for ratio, most in zip(one.ratios, one.line.most, strict=True))
        many += one.line.most_queries is not None and one.queries > one.line.most_queries
        many += one.recall is not None and one.recall < LEAST_RECALL
    return many


def _queries(one: Measured) -> str:
    most = one.line.most_queries
    return str(one.queries) if most is None else _judged(one.queries, most, digits=0)


def _recall(one: Measured) -> str:
    if one.recall is None:
        return "–"
    return f"{_colored(f'{one.recall:.3f}', is_good=one.recall >= LEAST_RECALL)} [dim]≥ {LEAST_RECALL}[/]"


def _judged(figure: float, most: float, *, digits: int = 1) -> str:
    return f"{_colored(f'{figure:.{digits}f}', is_good=figure <= most)} [dim]≤ {most:g}[/]"


def _colored(figure: str, *, is_good: bool) -> str:
    return f"[green]{figure}[/]" if is_good else f"[bold red]{figure} ✗[/]"
