"""How time is told on a page: moments in the reader's own zone, lengths in words, and the clock that joins both."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WHOLE_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _in_english(words: str) -> str:
    return words


class Telling:
    """Tells time in one language.

    Args:
        say: from what is said in English, with its blanks, to that language.
    """

    def __init__(self, say: Callable[[str], str] = _in_english) -> None:
        self._days, self._months = tuple(map(say, _DAYS)), tuple(map(say, _MONTHS))
        self._whole_months = tuple(map(say, _WHOLE_MONTHS))
        self._moment = say("{weekday} {number} {month} {time}")
        self._moment_of_a_year = say("{weekday} {number} {month} {year} {time}")
        self._born = say("{month} {number}, {year}")
        self._today, self._date = say("today {time}"), say("{number} {month} {year}")
        self._ago, self._never = say("{length} ago"), say("never")
        self._late, self._left, self._paused = say("{length} late"), say("{length} left"), say("paused")
        self._instant, self._minutes = say("less than 1 min"), say("{minutes} min")
        self._hours, self._whole_hours = say("{hours} h {minutes} min"), say("{hours} h")
        self._long, self._whole_days = say("{days} d {hours} h"), say("{days} d")

    @pass_context
    def clock(
        self,
        context: Context,
        due_at: datetime,
        label: str = "",
        *,
        soon_at: datetime | None = None,
        paused: bool = False,
    ) -> Markup:
        """A running clock: its label, the time left in words (the page's script keeps them true), and the moment.

        Made by hand and not as a template, because the board shows hundreds; what is not a number is escaped.

        Args:
            soon_at: from when on it is due soon.
        """
        now = context["now"]
        state = _state(due_at, soon_at, now) if not paused else "paused"
        soon = f' data-soon="{soon_at.isoformat()}"' if soon_at else ""
        told = (
            f"<b>{_escaped(self._paused)}</b>"
            if paused
            else f'<time datetime="{due_at.isoformat()}" data-due{soon}>{_escaped(self.until(due_at, now))}</time>'
        )
        said = f'<span class="clock-label">{escape(label)}</span> ' if label else ""
        due = _escaped(self._told(due_at, now, _zone(context)))
        return Markup(  # noqa: S704
            f'<span class="clock {state}">{said}{told} <span class="due">{due}</span></span>'
        )

    @pass_context
    def moment(self, context: Context, at: datetime | None, *, with_day: bool = True) -> str:
        """A moment in the reader's zone: ``Mon 23 Nov 21:40``; the year only when it is another year."""
        if at is None:
            return ""
        if not with_day:
            return at.astimezone(_zone(context)).strftime("%H:%M")
        return self._told(at, context["now"], _zone(context))

    @pass_context
    def day(self, context: Context, at: date | datetime | None) -> str:
        """A day in words: ``23 November 2026``."""
        if at is None:
            return ""
        local = at.astimezone(_zone(context)) if isinstance(at, datetime) else at
        return self._date.format(
            number=local.day, month=self._whole_months[local.month - 1], year=f"{local:%Y}"
        )

    def born(self, day: date) -> str:
        """A birth date with its month in letters, so that nobody reads it the other way round: ``April 5, 1990``."""
        return self._born.format(number=day.day, month=self._whole_months[day.month - 1], year=f"{day:%Y}")

    @pass_context
    def ago(self, context: Context, at: datetime | None) -> str:
        """How long ago: ``12 min ago``."""
        return self._ago.format(length=self.length_of(context["now"] - at)) if at else self._never

    @pass_context
    def left(self, context: Context, due_at: datetime) -> str:
        """How much time is left, or how late it is: ``1 h 20 min left``, ``35 min late``."""
        return self.until(due_at, context["now"])

    def until(self, due_at: datetime, now: datetime) -> str:
        """How long it is from one moment to the other, or how late."""
        remaining = due_at - now
        said = self._late if remaining < timedelta() else self._left
        return said.format(length=self.length_of(remaining))

    def length_of(self, length: timedelta) -> str:
        """A length of time in its two largest units."""
        seconds = int(abs(length.total_seconds()))
        if seconds < _MINUTE:
            return self._instant
        if seconds < _HOUR:
            return self._minutes.format(minutes=seconds // _MINUTE)
        if seconds < _DAY:
            hours, minutes = seconds // _HOUR, seconds % _HOUR // _MINUTE
            return (self._hours if minutes else self._whole_hours).format(hours=hours, minutes=minutes)
        days, hours = seconds // _DAY, seconds % _DAY // _HOUR
        is_near = hours and days < 10  # noqa: PLR2004 - hours matter no more
        return (self._long if is_near else self._whole_days).format(days=days, hours=hours)

    def spelled(self, at: Any, form: str) -> str:
        """A day or a time as a form of ``strftime`` spells it, the names of days and months in the language."""
        if not hasattr(at, "weekday"):
            return str(at.strftime(form))
        form = form.replace("%B", self._whole_months[at.month - 1]).replace("%b", self._months[at.month - 1])
        return str(at.strftime(form.replace("%a", self._days[at.weekday()])))

    def _told(self, at: datetime, now: datetime, zone: Any) -> str:
        local, today = at.astimezone(zone), _today(now, zone)
        time = f"{local.hour:02}:{local.minute:02}"
        if local.date() == today:
            return self._today.format(time=time)
        said = self._moment if local.year == today.year else self._moment_of_a_year
        return said.format(
            weekday=self._days[local.weekday()], number=local.day, month=self._months[local.month - 1],
            year=local.year, time=time,
        )  # fmt: skip


@pass_context
def iso(context: Context, at: datetime | None) -> str:
    """A moment for machines, in the reader's zone."""
    return at.astimezone(_zone(context)).isoformat(timespec="minutes") if at else ""


@lru_cache(maxsize=2048)
def _escaped(time: str) -> str:
    """A moment or a length in words, as it stands on a page. The board tells hundreds of them, and many alike."""
    return str(escape(time))


@lru_cache(maxsize=64)
def _today(now: datetime, zone: Any) -> date:
    """Which day it is where they read: the same for all that a page tells."""
    return now.astimezone(zone).date()


def _state(due_at: datetime, soon_at: datetime | None, now: datetime) -> str:
    if due_at <= now:
        return "missed"
    return "soon" if soon_at and soon_at <= now else "ok"


def _zone(context: Context) -> Any:
    actor = context.get("actor")
    return actor.zone if actor else None


length_of = Telling().length_of
