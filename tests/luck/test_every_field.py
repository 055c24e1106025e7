"""Every string of the lists goes through every field of free text, and comes back exactly.

All of them at once: see wide.py. How long a text may be in each field is asked in test_naughty_strings.py.
"""

from html import unescape

import pytest
from django.conf import settings

from breakwater.trust.testing import as_seen_by
from breakwater.trust.tests.browsing import browser_of
from conftest import never_kept
from tests.hashers import QUICK_HASHERS
from tests.luck.forms import FORMS, NAMES, widths
from tests.luck.naughty import BETWEEN, OURS, PUBLIC, everything, public
from tests.luck.test_naughty_strings import Shown, wrong
from tests.luck.told import World
from tests.luck.wide import no_widths, wide_database


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """The same world as for the others here, where there is room for everything."""
    settings.PASSWORD_HASHERS = QUICK_HASHERS
    with django_db_blocker.unblock(), wide_database(), never_kept():
        yield World.of_somebody()


@pytest.fixture(autouse=True)
def nothing_is_too_long(monkeypatch):
    no_widths(monkeypatch)


@pytest.fixture(params=["ours", "public"])
def strings(request, shared):
    return OURS if request.param == "ours" else public(shared(PUBLIC))


def marked(strings, field):
    """Everything, with blanks at both ends, and known by the field that it is typed into."""
    return f"  {field}{BETWEEN}{everything(strings)}{BETWEEN}end of {field} \n"


def test_each_of_them_is_in_everything(strings):
    assert [one for one in strings if one not in everything(strings)] == []


@pytest.mark.parametrize("told", FORMS, ids=NAMES)
def test_every_string_comes_back_from_every_field(told, strings, world):
    typed = {name: marked(strings, name) for name in widths(told)}
    client = browser_of(told.who(world))
    told.begin(world)
    answer = told.send(client, world, typed)
    assert answer.status_code == told.answers, wrong(answer)
    as_seen_by(told.who(world))
    assert told.lost(typed) == []


def test_they_are_shown_on_pages_as_text_and_nothing_else(strings, world):
    intake, client = FORMS[0], browser_of(world.actor)
    typed = {name: marked(strings, name) for name in widths(intake)}
    page = client.get(intake.send(client, world, typed)["Location"]).content.decode()
    shown = Shown(page)
    assert [name for name in typed if not shown.holds(typed[name])] == []
    assert page.count("<script") == 2, "ours"


@pytest.mark.parametrize("told", FORMS[:1] + FORMS[6:7], ids=["intake", "note"])
def test_a_refused_form_shows_what_was_typed_as_it_was(told, strings, world):
    """The browser turns every line ending into one of its own, as the rules of HTML want."""
    client = browser_of(world.actor)
    typed = {name: marked(strings, name) for name in told.back}
    answer = told.send(client, world, typed | {"asked_at": "never", "happened_at": "never", "phone": "x"})
    assert answer.status_code == 422
    page = unescape(answer.content.decode())
    assert [name for name in typed if typed[name] not in page and name != "phone"] == []


def test_what_is_looked_for_is_shown_as_it_was_typed(strings, world):
    client, typed = browser_of(world.actor), everything(strings)
    found = client.post("/find-help/", {"words": typed, "near": typed, "language": typed})
    assert unescape(found.content.decode()).count(typed) == 3
