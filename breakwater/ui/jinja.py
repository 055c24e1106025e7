"""The template engine: Jinja2, with our components, and time told in the agency's own zone."""

import json
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.middleware.csrf import get_token
from django.template.backends.jinja2 import Jinja2
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from jinja2 import Environment, StrictUndefined, Undefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from breakwater.kernel.keys import new_key
from breakwater.kernel.reserve import only_reads
from breakwater.ui.emergency import EMERGENCY
from breakwater.ui.languages import SPOKEN
from breakwater.ui.telling import Telling, iso
from breakwater.ui.words.catalogs import ENGLISH, Catalog, catalog_of
from breakwater.ui.words.reading import SCRIPTS, said_by_scripts
from breakwater.ui.words.rewriting import generator

_ANY_ID = "00000000-0000-7000-8000-000000000000"


class Templates(Jinja2):
    """Jinja2 as Django's backend, with templates in each app's ``templates`` folder, in the language of the moment."""

    app_dirname = "templates"

    @property
    def env(self) -> Environment:
        """The environment of the language in which somebody reads."""
        catalog = catalog_of(get_language() or ENGLISH)
        return self.in_words_of(catalog) if catalog else self._in_english

    @env.setter
    def env(self, made: Environment) -> None:
        self._in_english = made
        self.in_words_of = cache(lambda catalog: translated(made, catalog))


def environment(**options: Any) -> Environment:
    """The environment that every page in English is rendered in."""
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
        "languages": SPOKEN,
        "emergency": EMERGENCY,
        "language": ENGLISH,
        "script_words": "",
        "only_reads": only_reads,
    }
    made.filters |= {"ours": _as_it_is, "known": _as_it_is, "choice": _as_it_is}
    _tell(made, Telling())
    return made


def translated(english: Environment, catalog: Catalog) -> Environment:
    """The same environment, whose templates are compiled with the words of a catalog."""
    made = english.overlay()
    made.bytecode_cache = None  # it would be given what was compiled in English
    made.code_generator_class = generator(lambda message, template, line: catalog.find(message))
    made.globals = english.globals | {"language": catalog.code, "script_words": _script_words(catalog)}
    made.filters = english.filters | {"ours": catalog.ours, "known": catalog.known, "choice": catalog.choice}
    _tell(made, Telling(catalog.say))
    return made


def _tell(environment: Environment, telling: Telling) -> None:
    environment.globals["clock"] = telling.clock
    environment.filters |= {
        "moment": telling.moment, "day": telling.day, "ago": telling.ago, "left": telling.left, "iso": iso,
        "born": telling.born, "length_of": telling.length_of, "spelled": telling.spelled,
    }  # fmt: skip


def _as_it_is(value: Any, key: Any = None) -> Any:
    """What is ours is in English already."""
    return value


def _script_words(catalog: Catalog) -> str:
    """What the scripts of a page say, by what it is in English."""
    return json.dumps({said: catalog.say(said) for said in said_by_scripts(SCRIPTS)}, ensure_ascii=False)


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
