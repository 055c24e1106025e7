"""A Questionnaire as plain dataclasses: its questions in their order, what they take, and when they are asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from breakwater.formats.fhir.documents import Unreadable
from breakwater.formats.fhir.expressions import refuse_bombs
from breakwater.formats.fhir.languages import translations_of

MOST_QUESTIONS, MOST_OPTIONS, DEEPEST, LONGEST = 1_000, 300, 8, 20_000

_R5 = {"optionsOnly": "choice", "optionsOrString": "open-choice"}
"""What a question of R5 that takes codes is called in R4, by which answers will do."""
TYPES = (
    *(
        "group",
        "display",
        "boolean",
        "decimal",
        "integer",
        "date",
        "dateTime",
        "time",
        "string",
        "text",
        "url",
    ),
    *("choice", "open-choice", "attachment", "reference", "quantity"),
)
OPERATORS = ("=", "!=", ">", "<", ">=", "<=", "exists")
_BASE = "http://hl7.org/fhir/StructureDefinition/"
_SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"
_CALCULATED = f"{_SDC}sdc-questionnaire-calculatedExpression"
_WEIGHTS = (f"{_BASE}ordinalValue", f"{_BASE}itemWeight")
LIMITS = {
    f"{_BASE}minValue": "least", f"{_BASE}maxValue": "most", f"{_BASE}minLength": "shortest",
    f"{_BASE}regex": "regex", f"{_BASE}maxSize": "largest", f"{_BASE}mimeType": "mime",
    f"{_BASE}questionnaire-minOccurs": "min_occurs", f"{_BASE}questionnaire-maxOccurs": "max_occurs",
    f"{_SDC}sdc-questionnaire-minQuantity": "least", f"{_SDC}sdc-questionnaire-maxQuantity": "most",
    f"{_BASE}questionnaire-unitValueSet": "units", f"{_BASE}questionnaire-constraint": "constraint",
}  # fmt: skip
"""What an extension limits, by its address."""


@dataclass(frozen=True)
class Coding:
    """A code of a system."""

    system: str
    code: str
    display: str = ""
    translations: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Choice:
    """One answer to choose: a code, or a plain value."""

    value: Any
    kind: str
    weight: float | None = None

    @property
    def code(self) -> str:
        """By what it is told from the others."""
        return self.value.code if isinstance(self.value, Coding) else str(self.value)


@dataclass(frozen=True)
class Condition:
    """A question is asked when another was answered like this."""

    question: str
    operator: str
    answer: Any


@dataclass(frozen=True, kw_only=True)
class Question:
    """One item. ``place`` says where it stands in the document."""

    place: str
    link_id: str
    kind: str
    text: str = ""
    translations: tuple[tuple[str, str], ...] = ()
    section: str = ""
    codes: tuple[Coding, ...] = ()
    options: tuple[Choice, ...] = ()
    value_set: str = ""
    required: bool = False
    repeats: bool = False
    calculated: bool = False
    longest: int | None = None
    conditions: tuple[Condition, ...] = ()
    any_condition: bool = True
    limits: tuple[tuple[str, Any], ...] = ()

    def limit(self, name: str) -> list[Any]:
        """Every value that an extension gives for a limit."""
        return [value for key, value in self.limits if key == name]


@dataclass(frozen=True, kw_only=True)
class Questionnaire:
    """A Questionnaire, its questions in their order, those within groups among them."""

    url: str
    version: str
    title: str
    status: str
    copyright: str
    codes: tuple[Coding, ...]
    questions: tuple[Question, ...]

    def question(self, link_id: str) -> Question | None:
        """The question of an id; ``None`` when there is none."""
        return next((one for one in self.questions if one.link_id == link_id), None)


def questionnaire_from(document: dict[str, Any]) -> Questionnaire:
    """What a document asks, within limits.

    Raises:
        Unreadable: it holds no Questionnaire, too much, or conditions that wait for each other.
    """
    resource = _find(document)
    sets = _value_sets(resource)
    questions = tuple(_walk(resource.get("item", []), "item", sets, section="", depth=1))
    seen: set[str] = set()
    for one in questions:
        if one.link_id in seen:
            raise Unreadable(one.place, f"the linkId {one.link_id[:60]!r} is there twice")
        seen.add(one.link_id)
    _refuse_circles(questions)
    refuse_bombs(resource)
    return Questionnaire(
        url=_text(resource, "url", "Questionnaire"), version=_text(resource, "version", "Questionnaire"),
        title=_text(resource, "title", "Questionnaire") or _text(resource, "name", "Questionnaire"),
        status=_text(resource, "status", "Questionnaire"), copyright=_text(resource, "copyright", "Questionnaire"),
        codes=_codings(resource.get("code"), "code"), questions=questions,
    )  # fmt: skip


def _find(document: dict[str, Any]) -> dict[str, Any]:
    """The resource itself, or the one in an entry or a bundle."""
    listed = document.get("entry")
    entries = listed if isinstance(listed, list) else []
    for one in (
        document,
        document.get("resource"),
        *(e.get("resource") for e in entries if isinstance(e, dict)),
    ):
        if isinstance(one, dict) and one.get("resourceType") == "Questionnaire":
            return one
    raise Unreadable("resourceType", "is not Questionnaire")


def _walk(items: Any, place: str, sets: dict[str, Any], *, section: str, depth: int) -> Iterator[Question]:
    if not isinstance(items, list):
        raise Unreadable(place, "is not a list")
    if depth > DEEPEST:
        raise Unreadable(place, f"is nested more than {DEEPEST} deep")
    if len(items) > MOST_QUESTIONS:
        raise Unreadable(place, f"has more than {MOST_QUESTIONS:,} questions")
    count = 0
    for number, item in enumerate(items):
        here = f"{place}[{number}]"
        question = _question(item, here, sets, section)
        yield question
        count += 1
        inner = question.text or section if question.kind == "group" else section
        for one in _walk(item.get("item", []), f"{here}.item", sets, section=inner, depth=depth + 1):
            count += 1
            if count > MOST_QUESTIONS:
                raise Unreadable(one.place, f"there are more than {MOST_QUESTIONS:,} questions")
            yield one


def _question(item: Any, place: str, sets: dict[str, Any], section: str) -> Question:
    if not isinstance(item, dict) or not isinstance(item.get("linkId"), str) or not item["linkId"]:
        raise Unreadable(place, "has no linkId")
    kind = _kind(item, place)
    if kind not in TYPES:
        raise Unreadable(place, f"its type {kind[:40]!r} is not one of FHIR")
    value_set = _text(item, "answerValueSet", place)
    options = item.get("answerOption") or sets.get(value_set.removeprefix("#"), [])
    if not isinstance(options, list) or len(options) > MOST_OPTIONS:
        raise Unreadable(place, f"has more than {MOST_OPTIONS} answers to choose from")
    extensions = [one for one in item.get("extension", []) if isinstance(one, dict)]
    return Question(
        place=place, link_id=item["linkId"], kind=kind, text=_text(item, "text", place),
        translations=translations_of(item, "text", place), section=section,
        codes=_codings(item.get("code"), place), options=tuple(_choice(one, place) for one in options),
        value_set="" if options else value_set, required=item.get("required") is True,
        repeats=item.get("repeats") is True, longest=item.get("maxLength"),
        calculated=any(one.get("url") == _CALCULATED for one in extensions) or item.get("readOnly") is True,
        conditions=tuple(_condition(one, place) for one in item.get("enableWhen", [])),
        any_condition=item.get("enableBehavior") != "all",
        limits=tuple((LIMITS[one["url"]], _value(one)) for one in extensions if one.get("url") in LIMITS),
    )  # fmt: skip


def _kind(item: dict[str, Any], place: str) -> str:
    kind = str(item.get("type"))
    if kind != "coding":
        return kind
    will_do = str(item.get("answerConstraint", "optionsOnly"))
    if will_do not in _R5:
        raise Unreadable(
            place, f"takes codes beside those that it offers ({will_do[:40]!r}): R4 has no such question"
        )
    return _R5[will_do]


def _choice(option: Any, place: str) -> Choice:
    if not isinstance(option, dict):
        raise Unreadable(place, "has an answer that is no object")
    weights = [
        one.get("valueDecimal", one.get("valueInteger"))
        for holder in (option, option.get("valueCoding", {}))
        for one in (holder.get("extension", []) if isinstance(holder, dict) else [])
        if one.get("url") in _WEIGHTS
    ]
    weight = weights[0] if weights and isinstance(weights[0], int | float) else None
    for key, found in option.items():
        if key.startswith("value"):
            return Choice(_coding(found, place) if key == "valueCoding" else found, key, weight)
    raise Unreadable(place, "has an answer without a value")


def _condition(raw: Any, place: str) -> Condition:
    if not isinstance(raw, dict) or not isinstance(raw.get("question"), str):
        raise Unreadable(place, "waits for no question")
    operator = raw.get("operator", "=")
    if operator not in OPERATORS:
        raise Unreadable(place, f"its operator {str(operator)[:20]!r} is not one of FHIR")
    answers = [
        _coding(found, place) if key == "answerCoding" else found
        for key, found in raw.items() if key.startswith("answer")
    ]  # fmt: skip
    return Condition(raw["question"], operator, answers[0] if answers else None)


def _refuse_circles(questions: tuple[Question, ...]) -> None:
    """Whoever waits for somebody who waits for them is never asked."""
    waits = {one.link_id: [c.question for c in one.conditions] for one in questions}
    done: set[str] = set()
    for one in questions:
        path: list[str] = []
        ahead = [(one.link_id, 0)]
        while ahead:
            link_id, depth = ahead.pop()
            del path[depth:]
            if link_id in path:
                raise Unreadable(one.place, f"waits for itself, by {' → '.join([*path, link_id])[:200]}")
            if link_id not in done:
                path.append(link_id)
                ahead += [(next_id, depth + 1) for next_id in waits.get(link_id, [])]
        done.add(one.link_id)
    for one in questions:
        for condition in one.conditions:
            if condition.question not in waits:
                raise Unreadable(one.place, f"waits for {condition.question[:60]!r}, which is not there")


def _value_sets(resource: dict[str, Any]) -> dict[str, Any]:
    """The answers of value sets that the document brings along."""
    found: dict[str, Any] = {}
    for one in resource.get("contained", []):
        if isinstance(one, dict) and one.get("resourceType") == "ValueSet":
            codes = one.get("expansion", {}).get("contains", [])
            for part in one.get("compose", {}).get("include", []):
                codes += [c | {"system": part.get("system", "")} for c in part.get("concept", [])]
            found[str(one.get("id"))] = [{"valueCoding": c} for c in codes]
    return found


def _codings(raw: Any, place: str) -> tuple[Coding, ...]:
    return tuple(_coding(one, place) for one in raw) if isinstance(raw, list) else ()


def _coding(raw: Any, place: str) -> Coding:
    if not isinstance(raw, dict):
        raise Unreadable(place, "has a code that is no object")
    system, code, display = (_text(raw, key, place) for key in ("system", "code", "display"))
    return Coding(system, code, display, translations_of(raw, "display", place))


def _value(extension: dict[str, Any]) -> Any:
    found = [value for key, value in extension.items() if key.startswith("value")]
    return found[0] if found else extension.get("extension", [])


def _text(node: dict[str, Any], key: str, place: str) -> str:
    found = node.get(key, "")
    if not isinstance(found, str) or len(found) > LONGEST:
        raise Unreadable(f"{place}.{key}", f"is not text of up to {LONGEST:,} characters")
    return found
