"""A template in another language: whole sentences, looked up where they stand, and as safe as they were."""

from types import SimpleNamespace

import pytest
from django.template import engines
from jinja2 import Environment

from breakwater.ui.jinja import translated
from breakwater.ui.words.catalogs import Catalog


class Noting(dict[str, str]):
    """A catalog that knows nothing and remembers what it was asked."""

    def __init__(self, known=()):
        super().__init__(known)
        self.asked = []

    def get(self, message, default=None):
        self.asked.append(message)
        return super().get(message, default)


def shown(template, translations=(), **context):
    """What a template shows with some translations, and what was looked up."""
    noted = Noting(translations)
    english = engines.all()[0].env
    made = translated(english, Catalog("xx", noted))
    noted.asked.clear()
    compiled = made.from_string(template)
    asked = list(noted.asked)
    return compiled.render(now=None, actor=None, request=SimpleNamespace(), **context), asked


@pytest.mark.parametrize(
    ("template", "messages"),
    [
        ("<p>Nothing here.</p>", ["Nothing here."]),
        ("<p>{{ n }} open cases</p>", ["{n} open cases"]),
        ("<p>Ask <b>{{ who.name }}</b> first.</p>", ["Ask <b>{name}</b> first."]),
        ("<p>One</p> <p>Two</p>", ["One", "Two"]),
        ("<p><a href='/x'>Here</a> <a href='/y'>There</a></p>", ["Here", "There"]),
        ("<input placeholder='Name of {{ n }}'>", ["Name of {n}"]),
        ("<p class='{{ n }}' id='Not shown'>{{ n }}</p>", []),
        ("<p>{{ n }} bed{{ 's' if n != 1 }}</p>", ["{n} beds", "{n} bed"]),
        ("<p>Met{% if n %} today{% endif %}.</p>", ["Met today.", "Met."]),
        ("<a{% if n %} class='Big'{% endif %}>Go</a>", ["Go"]),
        ("{{ mark('Not yet', 'quiet') }}", ["Not yet"]),
        ("<p>{{ 'You' if n else who.name }}</p>", ["You"]),
        ("<p>{{ 'Until ' ~ n }}</p>", ["Until {n}"]),
        ("{% if n == 'Alone' %}{{ n }}{% endif %}", []),
        ("<p>{{ n }} <b>{{ n }}</b></p>", []),
    ],
)
def test_each_sentence_is_one_message(template, messages):
    _, asked = shown(template, n=2, who=SimpleNamespace(name="Ada"), mark=lambda text, level: text)
    assert asked == messages


def test_a_translation_puts_blanks_and_tags_in_its_own_order():
    template = '<p>Ask <b class="{{ kind }}">{{ who }}</b> before {{ day }}.</p>'
    spanish = {"Ask <b>{who}</b> before {day}.": "Antes de {day}, pregunte a <b>{who}</b>."}
    page, _ = shown(template, spanish, who="Ada <i>", day="Monday", kind="big")
    assert page == '<p>Antes de Monday, pregunte a <b class="big">Ada &lt;i&gt;</b>.</p>'


def test_what_a_translation_says_is_escaped_as_text_and_within_attributes():
    hostile = 'A "quoted" & < word'
    page, _ = shown('<p title="One thing">One thing</p>', {"One thing": hostile})
    assert "< word" not in page
    assert '"quoted"' not in page
    assert page.count("&lt; word") == 2


def test_each_way_of_a_condition_is_a_sentence_of_its_own():
    template = "<p>{{ n }} bed{{ 's' if n != 1 }} free</p>"
    spanish = {"{n} beds free": "{n} camas libres", "{n} bed free": "{n} cama libre"}
    assert shown(template, spanish, n=1)[0] == "<p>1 cama libre</p>"
    assert shown(template, spanish, n=2)[0] == "<p>2 camas libres</p>"


def test_what_has_no_translation_stands_in_english():
    template = "<p>{{ n }} bed{{ 's' if n != 1 }} <b>free</b> now</p>"
    assert shown(template, n=1)[0] == "<p>1 bed <b>free</b> now</p>"


def test_what_somebody_typed_is_never_looked_up():
    template = "<p dir='auto'>{{ words }} {{ who.name }}</p>{{ who.label }}"
    spanish = {"Now": "Ahora"}
    page, _ = shown(template, spanish, words="Now", who=SimpleNamespace(name="Now", label="Now"))
    assert page == "<p dir='auto'>Now Now</p>Ahora"


def test_a_page_in_english_is_compiled_as_it_always_was():
    english = engines.all()[0].env
    source = "<p>{{ n }} bed{{ 's' if n != 1 }} <b title='Free'>free</b> {{ who.label }}</p>"
    assert english.compile(source, raw=True) == Environment(**OPTIONS).compile(source, raw=True)


OPTIONS = {"trim_blocks": True, "lstrip_blocks": True, "autoescape": True}
