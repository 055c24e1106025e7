"""The template engine: Jinja2, with our components, and time told in the agency's own zone."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.middleware.csrf import get_token
from django.template.backends.jinja2 import Jinja2
from django.templatetags.static import static
from django.urls import reverse
from jinja2 import Environment, StrictUndefined, Undefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from breakwater.kernel.keys import new_key

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_ANY_ID = "00000000-0000-7000-8000-000000000000"


class Templates(Jinja2):
    """Jinja2 as Django's backend, with templates in each app's ``templates`` folder."""

    app_dirname = "templates"


def environment(**options: Any) -> Environment:
    """The environment that every page is rendered in."""
    options |= {
        "trim_blocks": True,
        "lstrip_blocks": True,
        "undefined": StrictUndefined if settings.DEBUG else Undefined,
    }
    made = Environment(**options)  # noqa: S701 - autoescape comes in options, on by default in Django's backend
    made.globals |= {"url": url, "static": _static(), "form_keys": form_keys}
    made.filters |= {
        "moment": moment,
        "day": day,
        "ago": ago,
        "left": left,
        "iso": iso,
        "length_of": length_of,
    }
    return made


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a page. Addresses with one id are reversed once and filled in from then on."""
    if len(args) == 1 and not kwargs:
        return _pattern(name).replace(_ANY_ID, str(args[0]))
    return reverse(name, args=args, kwargs=kwargs)


@lru_cache(maxsize=512)
def _pattern(name: str) -> str:
    return reverse(name, args=(_ANY_ID,))


def _static() -> Callable[[str], str]:
    return static if settings.DEBUG else lru_cache(maxsize=256)(static)


@pass_context
def form_keys(context: Context, key: str = "") -> Markup:
    """The two hidden fields of every form: against forgery, and against a second effect."""
    actor = context.get("actor")
    key = key or str(new_key(actor.user.pk if actor else ""))
    return Markup(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<input type="hidden" name="idempotency_key" value="{}">'
    ).format(get_token(context["request"]), key)


@pass_context
def moment(context: Context, at: datetime | None, *, with_day: bool = True) -> str:
    """A moment in the reader's zone: ``Mon 23 Nov 21:40``; the year only when it is another year."""
    if at is None:
        return ""
    local = at.astimezone(_zone(context))
    now = context["now"].astimezone(_zone(context))
    if not with_day:
        return local.strftime("%H:%M")
    if local.date() == now.date():
        return f"today {local:%H:%M}"
    day_and_month = f"{local:%a} {local.day} {local:%b}"
    return f"{day_and_month} {local:%H:%M}" if local.year == now.year else f"{day_and_month} {local:%Y %H:%M}"


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
    remaining = due_at - context["now"]
    if remaining < timedelta():
        return f"{length_of(-remaining)} late"
    return f"{length_of(remaining)} left"


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
