"""Whether one value is what a question takes: its length, its size, its range, its unit, its form."""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from breakwater.formats.fhir.questionnaire import Question

LONGEST_MATCHED = 200
_LONGEST_PATTERN, _MOST_REPEATS = 300, 3
_FORMS = {
    "date": re.compile(r"\d{4}(-\d{2}(-\d{2})?)?"),
    "dateTime": re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?)?)?"),
    "time": re.compile(r"\d{2}:\d{2}(:\d{2}(\.\d+)?)?"),
    "url": re.compile(
        r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|urn:(?!uuid:)[a-z0-9-]+:\S+|[a-z][a-z0-9+.-]+://\S+"
    ),
}
_KINDS: dict[str, type | tuple[type, ...]] = {
    "boolean": bool, "integer": int, "decimal": (int, float), "string": str, "text": str, "date": str,
    "dateTime": str, "time": str, "url": str, "attachment": dict, "reference": dict, "quantity": dict,
}  # fmt: skip


def why_not_value(question: Question, value: Any) -> Iterator[str]:
    """Everything that is wrong with a value."""
    wanted = _KINDS.get(question.kind)
    if wanted and (not isinstance(value, wanted) or (isinstance(value, bool) and question.kind != "boolean")):
        yield f"is no {question.kind}"
        return
    form = _FORMS.get(question.kind)
    if form and not form.fullmatch(value):
        yield f"is not written as a {question.kind}"
    if isinstance(value, str):
        yield from _wrong_text(question, value)
    if question.kind == "attachment":
        yield from _wrong_attachment(question, value)
    elif question.kind == "quantity":
        yield from _wrong_quantity(question, value)
    elif question.kind != "choice":
        yield from _out_of_range(question, value)


def safe_pattern(text: str) -> "re.Pattern[str] | None":
    """A pattern that cannot hang whoever runs it; ``None`` when it might, or is none."""
    nested = re.search(r"\)[*+?{]|\\[1-9]|\(\?", text)
    if nested or len(text) > _LONGEST_PATTERN or len(re.findall(r"[*+{]", text)) > _MOST_REPEATS:
        return None
    try:
        return re.compile(text)
    except re.error:
        return None


def _wrong_text(question: Question, value: str) -> Iterator[str]:
    if isinstance(question.longest, int) and len(value) > question.longest:
        yield f"has {len(value)} characters; at most {question.longest} are taken"
    for least in question.limit("shortest"):
        if isinstance(least, int) and len(value) < least:
            yield f"has {len(value)} characters; at least {least} are asked"
    for text in question.limit("regex"):
        pattern = safe_pattern(text) if isinstance(text, str) else None
        if pattern is None or len(value) > LONGEST_MATCHED:
            yield "cannot be checked: its pattern might never come to an end"
        elif not pattern.search(value):
            yield "is not written as its pattern asks"


def _wrong_attachment(question: Question, value: dict[str, Any]) -> Iterator[str]:
    allowed = question.limit("mime")
    if allowed and value.get("contentType") not in allowed:
        yield f"is of another kind than {', '.join(map(str, allowed))}"
    sizes = [one for one in question.limit("largest") if isinstance(one, int | float)]
    try:
        size = len(base64.b64decode(str(value.get("data", "")), validate=True))
    except (binascii.Error, ValueError):
        yield "is not written in base 64"
        return
    if sizes and max(size, value.get("size") or 0) > min(sizes):
        yield f"has {size} bytes; at most {min(sizes):g} are taken"


def _wrong_quantity(question: Question, value: dict[str, Any]) -> Iterator[str]:
    if question.limit("units"):
        yield "cannot be checked: its units stand in a value set that is not in the file"
    for name, too in (("least", "less"), ("most", "more")):
        for limit in question.limit(name):
            if not isinstance(limit, dict) or not isinstance(value.get("value"), int | float):
                yield "has no number"
            elif any(limit.get(key) != value.get(key) for key in ("unit", "system", "code")):
                yield "is told in another unit than its limit"
            elif _beyond(name, value["value"], limit.get("value")):
                yield f"is {too} than is taken"


def _out_of_range(question: Question, value: Any) -> Iterator[str]:
    for name, too in (("least", "less"), ("most", "more")):
        if any(_beyond(name, *_alike(value, one)) for one in question.limit(name)):
            yield f"is {too} than is taken"


def _alike(value: Any, limit: Any) -> tuple[Any, Any]:
    """A value and its limit, to be compared: a day with a year by its year; what cannot be compared as equal."""
    if isinstance(value, str) and isinstance(limit, str):
        shared = min(len(value), len(limit))
        return value[:shared], limit[:shared]
    both_numbers = isinstance(value, int | float) and isinstance(limit, int | float)
    return (value, limit) if both_numbers else (0, 0)


def _beyond(name: str, value: Any, limit: Any) -> bool:
    return bool(value < limit if name == "least" else value > limit)
