"""The expressions of a document. None is run here; one that would hang whoever runs it is not passed on either."""

from collections.abc import Iterator
from typing import Any

from breakwater.formats.fhir.documents import Unreadable

LONGEST, DEEPEST = 2_000, 12


def refuse_bombs(resource: dict[str, Any]) -> None:
    """Refuse a document with an expression that cannot be meant.

    Raises:
        Unreadable: one is too long or too deep.
    """
    for place, expression in _expressions(resource, "Questionnaire"):
        _refuse_bomb(place, expression)


def _expressions(node: Any, place: str) -> Iterator[tuple[str, str]]:
    """Every expression of a document, with its place."""
    ahead = [(place, node)]
    while ahead:
        here, one = ahead.pop()
        if isinstance(one, dict):
            if isinstance(one.get("expression"), str):
                yield f"{here}.expression", one["expression"]
            if str(one.get("url", "")).endswith("expression") and isinstance(one.get("valueString"), str):
                yield here, one["valueString"]
            ahead += [
                (f"{here}.{key}", value) for key, value in one.items() if isinstance(value, dict | list)
            ]
        elif isinstance(one, list):
            ahead += [
                (f"{here}[{n}]", value) for n, value in enumerate(one) if isinstance(value, dict | list)
            ]


def _refuse_bomb(place: str, expression: str) -> None:
    depth = deepest = 0
    for sign in expression:
        depth += (sign in "([{") - (sign in ")]}")
        deepest = max(deepest, depth)
    if len(expression) > LONGEST or deepest > DEEPEST:
        raise Unreadable(place, "its expression is too long or too deep to be meant")
