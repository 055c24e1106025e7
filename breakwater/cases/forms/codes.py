from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms

from breakwater.cases.rules import TRIAGE_RESPONSE
from breakwater.cases.schemes import HIGHEST, LOWEST, Code, Scheme
from breakwater.clocks.library import profile
from breakwater.kernel.text import Ours
from breakwater.trust.access import Actor
from breakwater.ui.fields import choice

_TOMORROW = Ours("tomorrow")


@dataclass(frozen=True, kw_only=True)
class Promised:
    """A code of a scheme, and what it promises to somebody who asked at a moment, in plain words."""

    code: str
    label: str
    urgency: int
    mode: str
    promise: str
    is_verified: bool
    totals: tuple[int, int] | None


def promises(chosen: Scheme, *, asked_at: datetime, by: Actor) -> list[Promised]:
    """Every code of a scheme with its promise: ``someone is with them by 21:40``."""
    return [
        Promised(
            code=one.code,
            label=one.label,
            urgency=one.urgency,
            mode=one.mode,
            is_verified=one.verified,
            promise=_promise(one, asked_at, by),
            totals=one.totals,
        )
        for one in chosen.codes
    ]


def add_axes(form: forms.Form, chosen: Scheme) -> None:
    """Ask for every axis of a scheme. The code follows from their total."""
    levels = [(str(one), _level(one)) for one in range(LOWEST, HIGHEST + 1)]
    for axis, label in chosen.axes.items():
        form.fields[f"axis_{axis}"] = choice(label, levels, required=False)


def read_axes(form: forms.Form) -> dict[str, int]:
    """The axes that were scored."""
    return {
        name.removeprefix("axis_"): int(value)
        for name, value in form.cleaned_data.items()
        if name.startswith("axis_") and value
    }


def bound_axes(form: forms.Form, chosen: Scheme) -> list[Any]:
    """The axes of a scheme, as bound fields."""
    return [form[f"axis_{axis}"] for axis in chosen.axes]


def when(moment: datetime, by: Actor) -> str:
    """A moment to come, as one says it aloud: ``21:40``, ``tomorrow 09:15``, ``Fri 27 Nov 21:40``."""
    local, today = moment.astimezone(by.zone), by.now.astimezone(by.zone).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    if local.date() == today + timedelta(days=1):
        return f"{_TOMORROW} {local:%H:%M}"
    return f"{local:%a} {local.day} {local:%b %H:%M}"


def _promise(code: Code, asked_at: datetime, by: Actor) -> str:
    due_at = code.due_at(asked_at)
    if due_at is None:
        return Ours("no visit is promised")
    return profile(by.agency.profile).spec(TRIAGE_RESPONSE).promise.format(due=when(due_at, by))


def _level(one: int) -> str:
    return {LOWEST: f"{LOWEST} worst", HIGHEST: f"{HIGHEST} best"}.get(one, str(one))
