"""A Questionnaire as an instrument: the words of one that is known, or one that an agency brings of its own."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from breakwater.assessments.languages import named
from breakwater.assessments.rules.answering import WrongAnswer
from breakwater.assessments.rules.definition import (
    CHOICE,
    SEVERAL,
    WORDS,
    Definition,
    Item,
    License,
    Option,
    Translation,
)
from breakwater.assessments.rules.predicates import DECLINED, Answered, Not, Predicate, every, some
from breakwater.assessments.rules.profiles import by_profile, profile_of
from breakwater.assessments.rules.scoring import score
from breakwater.formats.fhir import Question, Questionnaire, Unreadable
from breakwater.formats.fhir.questionnaire import Choice, Coding, Condition
from breakwater.formats.fhir.responses import answers_of, declined_in, findings, is_valid
from breakwater.kernel.errors import Refused

YES_NO = (Option(code="no", label="No", value=0), Option(code="yes", label="Yes", value=1))
_NOT_ASKED, _CHOSEN = ("group", "display"), ("choice", "boolean")
_TYPED = ("string", "text", "decimal", "integer", "date", "dateTime", "time", "url", "open-choice")
_LONGEST_KEY = 60
_CHOOSES_NOT_TO_SAY = "LA30122-8"  # as PRAPARE tells it among the answers


@dataclass(frozen=True, kw_only=True)
class Pack:
    """The words of a known instrument, as its owner wrote them."""

    texts: Mapping[str, str]
    labels: Mapping[tuple[str, str], str]
    translations: Mapping[str, Translation] = field(default_factory=lambda: MappingProxyType({}))


def matched(asked: Questionnaire, instruments: Iterable[Definition]) -> Definition | None:
    """The instrument that is meant: by its LOINC panel, or without one by the codes of just its items; or ``None``.

    Raises:
        Refused: it bears the code of one and asks something else.
    """
    panels = {one.code for one in asked.codes}
    known = list(instruments)
    codes = {code.code for one in asked.questions for code in one.codes}
    found = next((one for one in known if one.loinc and one.loinc in panels), None)
    if found is None:
        return None if panels else next((one for one in known if _asks_just(asked, codes, one)), None)
    missing = [one for one in found.items if one.loinc and one.loinc not in codes]
    if missing:
        raise Refused(
            f"It bears the code of {found.title} ({found.loinc}), and does not ask “{missing[0].label}”"
            f" ({missing[0].loinc}). A wrong code is not taken for the instrument."
        )
    return found


def _asks_just(asked: Questionnaire, codes: set[str], definition: Definition) -> bool:
    """Whether a questionnaire without a panel asks each item of an instrument, and nothing besides."""
    questions = [one for one in asked.questions if one.kind not in _NOT_ASKED and not one.calculated]
    those = by_profile(definition, "").items
    items = {one.loinc for one in those}
    return "" not in items and items <= codes and len(questions) == len(those)


def pack_of(asked: Questionnaire, definition: Definition) -> Pack:
    """The words for the items and answers of an instrument, found by their codes."""
    texts: dict[str, str] = {}
    labels: dict[tuple[str, str], str] = {}
    for item in definition.items:
        question = _by_code(asked, item.loinc)
        if question is None:
            continue
        texts[item.key] = question.text
        told = {
            one.value.code: one.value.display for one in question.options if isinstance(one.value, Coding)
        }
        labels |= {
            (item.key, one.code): told[code] for one in item.options for code in one.codes if told.get(code)
        }
    return Pack(
        texts=texts, labels=labels, translations=translations_in(asked, _keys_by_code(asked, definition))
    )


def with_words(definition: Definition, pack: Pack) -> Definition:
    """The instrument in the words of its owner. What is counted stays what it was."""
    return replace(
        definition,
        translations=MappingProxyType({**definition.translations, **pack.translations}),
        items=tuple(
            replace(
                item,
                text=pack.texts.get(item.key, ""),
                options=tuple(
                    replace(one, label=pack.labels.get((item.key, one.code), one.label))
                    for one in item.options
                ),
            )
            for item in definition.items
        ),
    )


def own_definition(asked: Questionnaire, *, key: str, state: str, holder: str, read_on: date) -> Definition:
    """An instrument that an agency brings. It is asked and kept; nothing here says how it is scored.

    Raises:
        Unreadable: a question takes what cannot be asked here.
    """
    items = tuple(
        _item(asked, one) for one in asked.questions if one.kind not in _NOT_ASKED and not one.calculated
    )
    known = {one.key: {option.code: option.code for option in one.options} for one in items}
    return Definition(
        key=key, version=asked.version or "1", title=asked.title or key, family="own", level="B", items=items,
        translations=translations_in(asked, {one: (one, codes) for one, codes in known.items()}),
        license=License(
            state=state, holder=holder, notice=asked.copyright[:400], basis="As the agency that brought it says.",
            read_on=read_on, verified=False,
        ),
    )  # fmt: skip


def translations_in(
    asked: Questionnaire, keys: Mapping[str, tuple[str, Mapping[str, str]]]
) -> Mapping[str, Translation]:
    """What a questionnaire is called in other languages; a part that is not translated stays as it is.

    Args:
        keys: by linkId, the key of an item, and the codes of its answers by those of the questionnaire.
    """
    questions: dict[str, dict[str, str]] = defaultdict(dict)
    answers: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for question in (one for one in asked.questions if one.link_id in keys):
        key, codes = keys[question.link_id]
        for language, words in question.translations:
            questions[language][key] = words
        for language, code, words in _answers_told(question, codes):
            answers[language][key][code] = words
    found = {
        one: Translation(
            language=one, name=named(one), verified=False, questions=questions[one], answers=answers[one]
        )
        for one in sorted({*questions, *answers})
    }
    return MappingProxyType(found)


def _answers_told(question: Question, codes: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Each answer that is called something in another language: which language, which answer, and what."""
    for one in question.options:
        if isinstance(one.value, Coding) and one.code in codes:
            yield from ((language, codes[one.code], words) for language, words in one.value.translations)


def _keys_by_code(asked: Questionnaire, definition: Definition) -> dict[str, tuple[str, Mapping[str, str]]]:
    found: dict[str, tuple[str, Mapping[str, str]]] = {}
    for item in definition.items:
        if question := _by_code(asked, item.loinc):
            found[question.link_id] = (
                item.key,
                {code: one.code for one in item.options for code in one.codes},
            )
    return found


def answers_in(asked: Questionnaire, response: dict[str, Any], definition: Definition) -> dict[str, Any]:
    """The answers of a response to a known instrument, by the keys of its items.

    Raises:
        Refused: the response does not fit its questionnaire, or states a total that its answers do not give.
    """
    found = findings(asked, response)
    if not is_valid(found):
        raise Refused(f"{found[0].place}: {found[0].why}.")
    given, _ = answers_of(response)
    silent = declined_in(response)
    answers: dict[str, Any] = {}
    for item in definition.items:
        question = _by_code(asked, item.loinc) or _by_key(asked, definition, item)
        values = [_code_of(item, value) for _, value in given.get(question.link_id, [])] if question else []
        if values:
            answers[item.key] = tuple(values) if item.kind == SEVERAL else values[0]
        elif question and question.link_id in silent:
            answers[item.key] = DECLINED
    try:
        _refuse_stated(asked, given, definition, answers)
    except WrongAnswer as wrong:
        raise Refused(f"{wrong.item}: {wrong.why}.") from wrong
    return answers


def _refuse_stated(
    asked: Questionnaire,
    given: Mapping[str, list[tuple[str, Any]]],
    definition: Definition,
    answers: dict[str, Any],
) -> None:
    """A total that somebody wrote beside the answers is believed only when the answers give it."""
    for one in score(definition, answers, profile=profile_of(definition, answers)).scores:
        question = _by_code(asked, one.scale.loinc)
        for _, stated in given.get(question.link_id, []) if question else []:
            is_number = isinstance(stated, int | float) and not isinstance(stated, bool)
            if is_number and (one.value is None or float(one.value) != float(stated)):
                gives = "too little is answered" if one.value is None else f"the answers give {one.value}"
                raise Refused(f"{one.scale.label}: {stated:g} is stated, and {gives}. Nothing was taken.")


def _by_code(asked: Questionnaire, code: str) -> Question | None:
    if not code:
        return None
    return next((one for one in asked.questions if any(c.code == code for c in one.codes)), None)


def _by_key(asked: Questionnaire, definition: Definition, item: Item) -> Question | None:
    """The question of an item that has no code, in what this very instrument was exported as."""
    return asked.question(item.key) if asked.url == definition.canonical else None


def _code_of(item: Item, value: Any) -> str:
    """What a value stands for among the answers of an item; what stands for none is kept, and refused by the rules."""
    if item.kind == WORDS:
        return str(value)
    told = value.get("code") if isinstance(value, dict) else value
    if told == _CHOOSES_NOT_TO_SAY:
        return DECLINED
    if isinstance(told, bool):
        return "yes" if told else "no"
    found = [one.code for one in item.options if told in (*one.codes, one.code)]
    return found[0] if found else str(told)


def _item(asked: Questionnaire, question: Question) -> Item:
    if len(question.link_id) > _LONGEST_KEY:
        raise Unreadable(question.place, f"its linkId has more than {_LONGEST_KEY} characters")
    if question.value_set:
        raise Unreadable(question.place, "its answers stand in a value set that is not in the file")
    is_chosen = question.kind in _CHOSEN or (bool(question.options) and question.kind != "open-choice")
    if not is_chosen and question.kind not in _TYPED:
        raise Unreadable(question.place, f"a {question.kind} cannot be asked for here")
    options = _options(question) if is_chosen else ()
    if is_chosen and not options:
        raise Unreadable(question.place, "has no answer to choose from")
    return Item(
        key=question.link_id, label=question.text or question.link_id, text=question.text, section=question.section,
        kind=(SEVERAL if question.repeats else CHOICE) if is_chosen else WORDS, options=options,
        shown_when=_shown_when(asked, question), required=question.required,
        loinc=next((one.code for one in question.codes if "loinc" in one.system), ""),
    )  # fmt: skip


def _options(question: Question) -> tuple[Option, ...]:
    if question.kind == "boolean":
        return YES_NO
    return tuple(_option(question, one) for one in question.options)


def _option(question: Question, one: Choice) -> Option:
    if not one.code or one.code == DECLINED:
        raise Unreadable(question.place, "has an answer without a code of its own")
    label = one.value.display if isinstance(one.value, Coding) else str(one.value)
    is_whole = one.weight is not None and one.weight == int(one.weight)
    return Option(code=one.code, label=label or one.code, value=int(one.weight or 0) if is_whole else None)


def _shown_when(asked: Questionnaire, question: Question) -> Predicate | None:
    if not question.conditions:
        return None
    parts = [_predicate(asked, question, one) for one in question.conditions]
    return some(*parts) if question.any_condition else every(*parts)


def _predicate(asked: Questionnaire, question: Question, condition: Condition) -> Predicate:
    other = asked.question(condition.question)
    options = _options(other) if other and (other.options or other.kind == "boolean") else ()
    if other is None or not options:
        raise Unreadable(question.place, "waits for words; only an answer that was chosen can be waited for")
    codes = tuple(one.code for one in options)
    wanted = condition.answer.code if isinstance(condition.answer, Coding) else condition.answer
    if isinstance(wanted, bool) and condition.operator != "exists":
        wanted = "yes" if wanted else "no"
    if condition.operator == "exists":
        there = Answered(other.link_id, (*codes, DECLINED))
        return there if condition.answer is True else Not(there)
    if condition.operator not in ("=", "!=") or str(wanted) not in codes:
        raise Unreadable(
            question.place, f"waits for {str(wanted)[:40]!r}, which {other.link_id!r} does not offer"
        )
    there = Answered(other.link_id, (str(wanted),))
    return there if condition.operator == "=" else Not(there)
