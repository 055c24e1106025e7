"""News: frozen dataclasses of ids and codes, and who hears them.

An event is named for what happened (``PersonPlaced``); its verb is derived from its app and its name
(``referrals.person_placed``). Events hold ids, codes and moments, never prose.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import datetime
from typing import Any, dataclass_transform
from uuid import UUID

Reaction = Callable[[Any, Any], None]
"""``reaction(entry, by)``: a journal entry, and Breakwater acting for the agency that hears it."""

type_of_verb: dict[str, type["Event"]] = {}
"""Every verb that can be announced, with its event."""

Wish = Callable[[Any], bool]
"""``wish(event)``: whether a reaction has anything to do about this piece of news."""

_listeners: dict[str, list[Reaction]] = defaultdict(list)
_wishes: dict[str, list[Wish]] = defaultdict(list)

_PLAIN = (str, int, bool, float, UUID, datetime, type(None))


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Event:
    """Something that happened. Subclasses are frozen, keyword-only dataclasses of ids and codes."""

    verb = ""
    shown_to_many = ""
    """The field with the id of something that pages of other agencies show as well."""

    def __init_subclass__(cls) -> None:
        app = re.search(r"(\w+)\.(?:events\.)?\w+$", cls.__module__)
        cls.verb = (
            f"{app[1] if app else cls.__module__}.{re.sub(r'(?<!^)(?=[A-Z])', '_', cls.__name__).lower()}"
        )
        dataclass(frozen=True, kw_only=True)(cls)
        type_of_verb[cls.verb] = cls

    def facts(self) -> dict[str, Any]:
        """The ids and codes as JSON-ready values.

        Raises:
            TypeError: a field holds something other than an id, a code, a number or a moment.
        """
        if not is_dataclass(self):
            raise TypeError("an event is a dataclass")
        return {name: _plain(name, value) for name, value in asdict(self).items()}


def event_from(verb: str, facts: dict[str, Any]) -> Event:
    """The event again, from what the journal kept. Fields added since then keep their defaults."""
    cls = type_of_verb[verb]
    known = {field.name: field for field in fields(cls)}  # type: ignore[arg-type]  # every event is made a dataclass
    return cls(**{name: _typed(known[name].type, value) for name, value in facts.items() if name in known})


def on(*events: type[Event], when: Wish = lambda event: True) -> Callable[[Reaction], Reaction]:
    """Hear these events: ``@on(CaseOpened) def ask_for_a_lead(entry)``. A reaction may run twice.

    Args:
        when: which of them there is anything to do about. News that nobody wishes to hear wakes nobody; whoever
            hears may still be told what only others wished for.
    """

    def register(reaction: Reaction) -> Reaction:
        for event in events:
            _listeners[event.verb].append(reaction)
            _wishes[event.verb].append(when)
        return reaction

    return register


def listeners(verb: str) -> list[Reaction]:
    """The reactions that hear a verb, in the order they were declared."""
    return _listeners.get(verb, [])


def is_wanted(event: Event) -> bool:
    """Whether any reaction has something to do about it."""
    return any(wish(event) for wish in _wishes.get(event.verb, ()))


def name_of(reaction: Reaction) -> str:
    """A reaction's lasting name: ``cases.reactions.stop_the_clock``."""
    return f"{reaction.__module__.removeprefix('breakwater.')}.{reaction.__qualname__}"


def _plain(name: str, value: Any) -> Any:
    if not isinstance(value, _PLAIN):
        raise TypeError(
            f"{name} is a {type(value).__name__}; news holds ids, codes, numbers and moments only"
        )
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _typed(annotation: Any, value: Any) -> Any:
    if value is None or not isinstance(value, str):
        return value
    wanted = str(annotation)
    if "UUID" in wanted:
        return UUID(value)
    return datetime.fromisoformat(value) if "datetime" in wanted else value
