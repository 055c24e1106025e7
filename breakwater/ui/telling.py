"""How time is told on a page: moments in the reader's own zone, lengths in words, and the clock that joins both."""

from datetime import date, datetime, timedelta
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@pass_context
def clock(
    context: Context,
    due_at: datetime,
    label: str = "",
    *,
    soon_at: datetime | None = None,
    paused: bool = False,
) -> Markup:
    """A running clock: its label, the time left in words (the page's script keeps them true), and the moment.

    Made by hand and not as a template, because the board shows hundreds; only the label can hold anything to escape.

    Args:
        soon_at: from when on it is due soon.
    """
    now = context["now"]
    state = _state(due_at, soon_at, now) if not paused else "paused"
    soon = f' data-soon="{soon_at.isoformat()}"' if soon_at else ""
    told = (
        "<b>paused</b>"
        if paused
        else f'<time datetime="{due_at.isoformat()}" data-due{soon}>{_left(due_at, now)}</time>'
    )
    said = f'<span class="clock-label">{escape(label)}</span> ' if label else ""
    due = _moment(due_at, now, _zone(context))
    return Markup(f'<span class="clock {state}">{said}{told} <span class="due">{due}</span></span>')  # noqa: S704


def _state(due_at: datetime, soon_at: datetime | None, now: datetime) -> str:
    if due_at <= now:
        return "missed"
    return "soon" if soon_at and soon_at <= now else "ok"


@pass_context
def moment(context: Context, at: datetime | None, *, with_day: bool = True) -> str:
    """A moment in the reader's zone: ``Mon 23 Nov 21:40``; the year only when it is another year."""
    if at is None:
        return ""
    if not with_day:
        return at.astimezone(_zone(context)).strftime("%H:%M")
    return _moment(at, context["now"], _zone(context))


def _moment(at: datetime, now: datetime, zone: Any) -> str:
    local, today = at.astimezone(zone), now.astimezone(zone)
    time = f"{local.hour:02}:{local.minute:02}"
    if local.date() == today.date():
        return f"today {time}"
    day = f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]}"
    return f"{day} {time}" if local.year == today.year else f"{day} {local.year} {time}"


@pass_context
def day(context: Context, at: date | datetime | None) -> str:
    """A day in words: ``23 November 2026``."""
    if at is None:
        return ""
    local = at.astimezone(_zone(context)) if isinstance(at, datetime) else at
    return f"{local.day} {local:%B %Y}"


@pass_context
def iso(context: Context, at: datetime | None) -> str:
    """A moment for machines, in the reader's zone."""
    return at.astimezone(_zone(context)).isoformat(timespec="minutes") if at else ""


@pass_context
def ago(context: Context, at: datetime | None) -> str:
    """How long ago: ``12 min ago``."""
    return f"{length_of(context['now'] - at)} ago" if at else "never"


@pass_context
def left(context: Context, due_at: datetime) -> str:
    """How much time is left, or how late it is: ``1 h 20 min left``, ``35 min late``."""
    return _left(due_at, context["now"])


def _left(due_at: datetime, now: datetime) -> str:
    remaining = due_at - now
    return f"{length_of(remaining)} {'late' if remaining < timedelta() else 'left'}"


def length_of(length: timedelta) -> str:
    """A length of time in its two largest units."""
    seconds = int(abs(length.total_seconds()))
    if seconds < _MINUTE:
        return "less than 1 min"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < _DAY:
        hours, minutes = seconds // _HOUR, seconds % _HOUR // _MINUTE
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = seconds // _DAY, seconds % _DAY // _HOUR
    return f"{days} d {hours} h" if hours and days < 10 else f"{days} d"  # noqa: PLR2004 - hours matter no more


def _zone(context: Context) -> Any:
    actor = context.get("actor")
    return actor.zone if actor else None
