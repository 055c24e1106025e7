"""A QuestionnaireResponse held against its Questionnaire. What cannot be checked is an error, and not a pass."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from operator import ge, gt, le, lt
from typing import Any

from breakwater.formats.fhir.questionnaire import Coding, Condition, Question, Questionnaire
from breakwater.formats.fhir.values import why_not_value

_VALUES = {
    "boolean": ("valueBoolean",), "decimal": ("valueDecimal", "valueInteger"), "integer": ("valueInteger",),
    "date": ("valueDate",), "dateTime": ("valueDateTime",), "time": ("valueTime",), "string": ("valueString",),
    "text": ("valueString",), "url": ("valueUri",), "choice": ("valueCoding",),
    "open-choice": ("valueCoding", "valueString"), "attachment": ("valueAttachment",),
    "reference": ("valueReference",), "quantity": ("valueQuantity",),
}  # fmt: skip
_COMPARES: dict[str, Callable[[Any, Any], bool]] = {">": gt, "<": lt, ">=": ge, "<=": le}
_CONSTRAINTS = {"warning": "a rule of its own was not checked: no expression is run here"}


class Weight(StrEnum):
    """How wrong something is."""

    FATAL = "fatal"
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """Something about an answer, and where."""

    place: str
    why: str
    weight: Weight = Weight.ERROR


NOT_SAID, DECLINED = "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "asked-declined"
"""What stands in place of an answer that somebody preferred not to give."""

Answers = dict[str, list[tuple[str, Any]]]
"""Answers by linkId, each as the key of its value and the value."""


def is_valid(found: list[Finding]) -> bool:
    """Whether nothing is worse than a warning."""
    return all(one.weight == Weight.WARNING for one in found)


def findings(asked: Questionnaire, response: dict[str, Any]) -> list[Finding]:
    """Everything that is to be said about a response."""
    answers, strange = answers_of(response)
    found = [*strange]
    if asked.status == "retired":
        found.append(Finding("questionnaire", "is out of use", Weight.WARNING))
    known = {one.link_id for one in asked.questions}
    found += [
        Finding(key, "the questionnaire asks nothing like this", Weight.FATAL)
        for key in answers
        if key not in known
    ]
    is_draft = response.get("status") == "in-progress"
    for question in asked.questions:
        found += _about(question, answers, is_asked=is_asked(asked, question, answers), is_draft=is_draft)
    return found


def answers_of(response: dict[str, Any]) -> tuple[Answers, list[Finding]]:
    """The answers of a response, wherever in its groups they stand; and what is no answer."""
    found: Answers = {}
    strange: list[Finding] = []
    ahead: list[Any] = list(response.get("item", []))
    while ahead:
        item = ahead.pop(0)
        if not isinstance(item, dict) or not isinstance(item.get("linkId"), str):
            strange.append(Finding("item", "has no linkId", Weight.FATAL))
            continue
        ahead += item.get("item", [])
        mine = found.setdefault(item["linkId"], [])
        for answer in item.get("answer", []):
            ahead += answer.get("item", []) if isinstance(answer, dict) else []
            mine += [(key, value) for key, value in answer.items() if key.startswith("value")]
    return found, strange


def declined_in(response: dict[str, Any]) -> set[str]:
    """The questions to which somebody preferred not to give an answer: they are asked, and say nothing."""
    found: set[str] = set()
    ahead = _list(response.get("item"))
    while ahead:
        item = ahead.pop()
        if not isinstance(item, dict):
            continue
        ahead += _list(item.get("item"))
        marks = [one for one in _list(item.get("extension")) if isinstance(one, dict)]
        if any(one.get("url") == NOT_SAID and one.get("valueCode") == DECLINED for one in marks):
            found.add(str(item.get("linkId")))
    return found


def _list(found: Any) -> list[Any]:
    return list(found) if isinstance(found, list) else []


def is_asked(asked: Questionnaire, question: Question, answers: Answers) -> bool:
    """Whether a question is asked after what was answered."""
    if not question.conditions:
        return True
    held = [_holds(one, answers) for one in question.conditions]
    return any(held) if question.any_condition else all(held)


def _holds(condition: Condition, answers: Answers) -> bool:
    given = [value for _, value in answers.get(condition.question, [])]
    if condition.operator == "exists":
        return bool(given) == (condition.answer is True)
    plain = [_comparable(one) for one in given]
    wanted = _comparable(condition.answer)
    if condition.operator in ("=", "!="):
        return bool(plain) and (wanted in plain) == (condition.operator == "=")
    compare = _COMPARES[condition.operator]
    return any(compare(one, wanted) for one in plain if type(one) is type(wanted))


def _comparable(value: Any) -> Any:
    if isinstance(value, Coding):
        return value.code
    return value.get("code", value.get("value")) if isinstance(value, dict) else value


def _about(question: Question, answers: Answers, *, is_asked: bool, is_draft: bool) -> Iterator[Finding]:
    given = answers.get(question.link_id, [])
    if not is_asked:
        if given:
            yield Finding(question.link_id, "this is not asked after what was answered before")
        return
    weight = Weight.WARNING if is_draft else Weight.ERROR
    for why in _wrong_count(question, len(given)):
        yield Finding(question.link_id, why, weight)
    for key, value in given:
        if key not in _taken(question):
            yield Finding(question.link_id, f"takes {' or '.join(_taken(question))}, not {key}", Weight.FATAL)
            continue
        for why in _wrong_value(question, value):
            yield Finding(question.link_id, why)
    for one in question.limit("constraint"):
        severity = next((p.get("valueCode") for p in one if p.get("url") == "severity"), "error")
        why = _CONSTRAINTS.get(severity, "a rule that must hold cannot be checked: no expression is run here")
        yield Finding(question.link_id, why, Weight.WARNING if severity in _CONSTRAINTS else Weight.ERROR)


def _taken(question: Question) -> tuple[str, ...]:
    """Which kinds of value a question takes: those of its options where it has any."""
    own = tuple(dict.fromkeys(one.kind for one in question.options))
    return own if own and question.kind != "open-choice" else _VALUES.get(question.kind, ())


def _wrong_count(question: Question, count: int) -> Iterator[str]:
    if question.kind in ("group", "display"):
        return
    least = max([int(question.required), *_numbers(question, "min_occurs")])
    most = min(_numbers(question, "max_occurs"), default=10**9 if question.repeats else 1)
    if count < least:
        yield f"has {count} answers; at least {least} are asked"
    if count > most:
        yield f"has {count} answers; at most {most} are taken"


def _wrong_value(question: Question, value: Any) -> Iterator[str]:
    if question.options and not _is_offered(question, value):
        yield "is not one of the answers that are offered"
    if question.value_set:
        yield "cannot be checked: its answers stand in a value set that is not in the file"
    yield from why_not_value(question, value)


def _is_offered(question: Question, value: Any) -> bool:
    if question.kind == "open-choice" and isinstance(value, str):
        return True
    for one in question.options:
        if isinstance(one.value, Coding):
            same = isinstance(value, dict) and value.get("code") == one.value.code
            if same and value.get("system", one.value.system) == one.value.system:
                return True
        elif one.value == value and type(one.value) is type(value):
            return True
    return False


def _numbers(question: Question, name: str) -> list[int]:
    return [one for one in question.limit(name) if isinstance(one, int)]
