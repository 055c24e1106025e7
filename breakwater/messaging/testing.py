"""Ready-made messages and notices, made by real actions."""

from datetime import datetime, time
from typing import Any

from breakwater.cases.models import Case
from breakwater.messaging.actions.notices import Wish, ask_for_notice
from breakwater.messaging.actions.reach import (
    Agreed,
    Chosen,
    ChosenDevice,
    choose_device,
    choose_way,
    write_rule,
)
from breakwater.messaging.actions.threads import write_on_case, write_on_letter
from breakwater.messaging.devices import Browser
from breakwater.messaging.models import ContactRule, Message, Notice, Thread, Way
from breakwater.people.actions.reach import add_contact_point
from breakwater.people.models import ContactPoint
from breakwater.trust.access import Actor


def a_message(case: Case, words: str = "Can you see them at four?", *, by: Actor, **facts: Any) -> Message:
    """A message on a case."""
    usual: dict[str, Any] = {"is_urgent": False, "at": by.now}
    return write_on_case(case, words, **(usual | facts), by=by)


def a_letter_message(
    thread: Thread, words: str = "They are on their way.", *, by: Actor, **facts: Any
) -> Message:
    """A message about a letter, from either end."""
    usual: dict[str, Any] = {"is_urgent": False, "at": by.now}
    return write_on_letter(thread, words, **(usual | facts), by=by)


def a_safe_phone(case: Case, *, by: Actor, value: str = "(555) 010-4477", **facts: Any) -> ContactPoint:
    """A number of theirs that is safe."""
    usual = {"kind": "phone", "value": value, "safety": "safe", "how": ""}
    return add_contact_point(case.person, **(usual | facts), at=by.now, by=by)


def a_rule(point: ContactPoint, *, by: Actor, at: datetime | None = None, **facts: Any) -> ContactRule:
    """They agreed to notices at any hour."""
    usual: dict[str, Any] = {
        "opens": time(0), "closes": time(0), "time_zone": "America/New_York", "language": "en"
    }  # fmt: skip
    return write_rule(point, Agreed(**(usual | facts)), at=at or by.now, by=by)


def a_notice(case: Case, point: ContactPoint, *, by: Actor, **facts: Any) -> Notice:
    """The person is to be told that they should call, now."""
    usual: dict[str, Any] = {"kind": "call", "contact_point": point, "channel": "sms", "when": by.now}
    return ask_for_notice(case, Wish(**(usual | facts)), at=by.now, by=by)


def a_way(*, by: Actor, **facts: Any) -> Way:
    """Somebody who works here wants an e-mail, at any hour."""
    usual: dict[str, Any] = {
        "channel": "email", "value": "desk@harbor.example", "quiet_from": time(0), "quiet_until": time(0),
        "urgent_at_night": False,
    }  # fmt: skip
    return choose_way(Chosen(**(usual | facts)), at=by.now, by=by)


def a_device(*, by: Actor, device: str = "a device") -> Way:
    """Somebody who works here wants to be told in a browser that stands nowhere, at any hour."""
    browser = Browser(
        endpoint="https://fcm.googleapis.com/fcm/send/example", auth="BTBZMqHH6r4Tts7J_aSIgg",
        p256dh="BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    )  # fmt: skip
    always: dict[str, Any] = {"quiet_from": time(0), "quiet_until": time(0), "urgent_at_night": False}
    return choose_device(ChosenDevice(browser=browser, device=device, **always), at=by.now, by=by)
