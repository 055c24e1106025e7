"""The template engine: Jinja2, with our components, and time told in the agency's own zone."""

from collections.abc import Callable
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
from breakwater.ui import telling
from breakwater.ui.emergency import EMERGENCY
from breakwater.ui.languages import SPOKEN

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
    made.globals |= {
        "url": url,
        "static": _static(),
        "form_keys": form_keys,
        "clock": telling.clock,
        "languages": SPOKEN,
        "emergency": EMERGENCY,
    }
    made.filters |= {
        name: getattr(telling, name) for name in ("moment", "day", "ago", "left", "iso", "length_of")
    }
    return made


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a page. Addresses with one id or none are reversed once and filled in from then on."""
    if kwargs or len(args) > 1:
        return reverse(name, args=args, kwargs=kwargs)
    return _pattern(name, _ANY_ID).replace(_ANY_ID, str(args[0])) if args else _pattern(name)


@lru_cache(maxsize=512)
def _pattern(name: str, *args: str) -> str:
    return reverse(name, args=args)


def _static() -> Callable[[str], str]:
    return static if settings.DEBUG else lru_cache(maxsize=256)(static)


@pass_context
def form_keys(context: Context, key: str = "") -> Markup:
    """The two hidden fields of every form: against forgery, and against a second effect."""
    actor, request = context.get("actor"), context["request"]
    key = key or str(new_key(actor.user.pk if actor else ""))
    # One for all forms of a page: each costs sixty-four draws of chance.
    if not hasattr(request, "form_token"):
        request.form_token = get_token(request)
    return Markup(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<input type="hidden" name="idempotency_key" value="{}">'
    ).format(request.form_token, key)
