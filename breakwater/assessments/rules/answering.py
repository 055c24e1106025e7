"""Which items are asked, and which answers can be taken. A value outside the options is an error, and stays one."""

from collections.abc import Iterator, Mapping

from breakwater.assessments.rules.definition import SEVERAL, WORDS, Definition, Item
from breakwater.assessments.rules.predicates import ASKED, DECLINED, SKIPPED, WAITING, Said, truth

LONGEST = 20_000
_STATES = {True: ASKED, False: SKIPPED, None: WAITING}


class WrongAnswer(ValueError):
    """An answer cannot be taken. The message names the item and what it takes."""

    def __init__(self, item: str, why: str) -> None:
        super().__init__(f"{item}: {why}")
        self.item = item
        self.why = why


def states_of(definition: Definition, answers: Said) -> dict[str, str]:
    """Whether each item is asked, skipped, or waits for an answer before it; in their order, so never in a circle."""
    states: dict[str, str] = {}
    for item in definition.items:
        states[item.key] = (
            ASKED if item.shown_when is None else _STATES[truth(item.shown_when, answers, states)]
        )
    return states


def asked(definition: Definition, answers: Said) -> list[Item]:
    """The items that are asked now."""
    states = states_of(definition, answers)
    return [one for one in definition.items if states[one.key] == ASKED]


def next_item(definition: Definition, answers: Said, *, after: str = "") -> Item | None:
    """The item that comes next; ``None`` at the end. Without ``after``: the first that nobody has answered."""
    those = asked(definition, answers)
    if not after:
        return next((one for one in those if one.key not in answers), None)
    keys = [one.key for one in those]
    place = keys.index(after) + 1 if after in keys else 0
    return those[place] if place < len(those) else None


def item_before(definition: Definition, answers: Said, key: str) -> Item | None:
    """The item that was asked before this one; ``None`` at the beginning."""
    those = asked(definition, answers)
    place = next((number for number, one in enumerate(those) if one.key == key), 0)
    return those[place - 1] if place else None


def check(definition: Definition, answers: Said) -> None:
    """Take the answers as they are, or not at all.

    Raises:
        WrongAnswer: there is no such item, it is not asked, or it does not take this.
    """
    states = states_of(definition, answers)
    for key, said in answers.items():
        item = definition.item(key)
        if item is None:
            raise WrongAnswer(key, "the instrument asks nothing like this")
        if why := _why_no_answer(item, said):
            raise WrongAnswer(key, why)
        if states[key] != ASKED:
            raise WrongAnswer(key, "this is not asked after what was answered before")


def still_asked(definition: Definition, answers: Said) -> dict[str, str | tuple[str, ...]]:
    """The answers without those that an answer before them has made void."""
    kept: dict[str, str | tuple[str, ...]] = {}
    for item in definition.items:
        if item.key in answers and states_of(definition, kept)[item.key] == ASKED:
            kept[item.key] = answers[item.key]
    return kept


def unanswered(definition: Definition, answers: Said) -> list[Item]:
    """The items that are asked and that nobody has answered."""
    return [one for one in asked(definition, answers) if one.key not in answers]


def in_words(definition: Definition, answers: Said) -> Iterator[tuple[Item, str]]:
    """Each item that was asked, with its answer in words."""
    for item in asked(definition, answers):
        yield item, spoken(item, answers.get(item.key))


def spoken(item: Item, said: str | tuple[str, ...] | None) -> str:
    """An answer in words; empty when there is none."""
    if said is None:
        return ""
    given = (said,) if isinstance(said, str) else said
    if DECLINED in given:
        return "Prefers not to say"
    if item.kind == WORDS:
        return "\n".join(given)
    found = [item.option(one) for one in given]
    return ", ".join(one.label for one in found if one)


def from_kept(kept: Mapping[str, object]) -> dict[str, str | tuple[str, ...]]:
    """Answers as they were kept as a document."""
    return {key: said if isinstance(said, str) else tuple(said) for key, said in kept.items()}  # type: ignore[arg-type]


def _why_no_answer(item: Item, said: str | tuple[str, ...]) -> str:
    if said in (DECLINED, (DECLINED,)):
        return ""
    if item.kind == WORDS:
        return "" if isinstance(said, str) and 0 < len(said) <= LONGEST else "this takes words"
    if item.kind == SEVERAL:
        given = (said,) if isinstance(said, str) else said
        if not given or len(set(given)) < len(given):
            return "choose each answer once"
    elif not isinstance(said, str):
        return "this takes one answer"
    else:
        given = (said,)
    codes = ", ".join(one.code for one in item.options)
    strange = [one for one in given if item.option(one) is None]
    return f"{strange[0]!r} is not one of its answers: {codes}" if strange else ""
