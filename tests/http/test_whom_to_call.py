"""Whatever does not work, the page that says so says whom to call: without a database, and to who is slowed down."""

import pytest
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.db import OperationalError
from django.http import Http404
from django.test import Client, RequestFactory

from breakwater.kernel.tables import WrongTable
from breakwater.portal.discreet import nothing
from breakwater.portal.library import LASTING
from breakwater.ui import views
from breakwater.ui.emergency import EMERGENCY, TABLE, danger_line, load
from breakwater.ui.pages import page

NUMBERS = {one.number for place in EMERGENCY.values() for one in (place.danger, place.talk)}
asked = RequestFactory().get("/cases/")


def when_broken(why):
    """The page for an error of ours, as Django asks for it."""
    try:
        raise why
    except type(why):
        return views.broken(asked)


PAGES = {
    "400": lambda: views.bad_request(asked, BadRequest()),
    "403": lambda: views.forbidden(asked, PermissionError()),
    "403, too old": lambda: views.form_expired(asked),
    "403, from elsewhere": lambda: views.not_from_here(asked),
    "404": lambda: views.not_found(asked, Http404()),
    "405": lambda: views.wrong_verb(asked, ["GET"]),
    "409": lambda: page(asked, "ui/refused.html", status=409, sentence="Somebody was faster."),
    "413": lambda: views.bad_request(asked, RequestDataTooBig()),
    "413, files": lambda: views.files_too_large(asked, RequestDataTooBig()),
    "429": lambda: page(asked, "ui/refused.html", status=429, sentence="Wait a minute."),
    "500": lambda: when_broken(ValueError()),
    "503": lambda: when_broken(OperationalError()),
    "503, files": lambda: views.busy_with_files(asked, RequestDataTooBig()),
}


def shown(answer):
    return answer.content.decode()


@pytest.mark.parametrize("what", PAGES)
def test_every_page_that_says_no_says_whom_to_call(what):
    answer = PAGES[what]()
    assert answer.status_code == int(what[:3])
    assert all(f'href="tel:{one}"' in shown(answer) for one in NUMBERS)


def test_a_site_whose_database_is_away_still_says_whom_to_call():
    """Nothing here may ask a database: without its mark a test that does so fails, as a server would."""
    browser = Client(raise_request_exception=False)
    for answer in (browser.get("/"), browser.get("/sign-in/"), browser.post("/search/", {"q": "Marisol"})):
        assert answer.status_code in (403, 500)
        assert all(one in shown(answer) for one in NUMBERS)
    own = browser.get("/notes/")
    assert own.status_code == 500
    assert all(place.danger.number in shown(own) for place in EMERGENCY.values())
    assert f'href="{LASTING.exit()}"' in shown(own), "and the way out is there as well"


def test_a_page_without_a_name_names_no_line_that_would_say_what_it_is():
    for where in ("", "/notes/", "/form/"):
        assert "988" not in nothing(where)
    assert LASTING.exit() not in nothing("/form/"), "whoever holds a worker's device gives it back"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('source = "911.gov; 988lifeline.org, Spanish by pressing 2"\n', ""),
        ("date = 2026-11-23\n", ""),
        ("verified = false\n", ""),
        ('es = "Inglaterra"\n', ""),
        ('en = "In danger right now: call {number}."', 'en = "In danger right now: call."'),
    ],
)
def test_numbers_have_a_source_a_day_and_a_sentence_in_each_language(tmp_path, wrong, right):
    assert danger_line("us", "en") == "In danger right now: call 911. To talk, any hour: call or text 988."
    assert danger_line("nowhere", "en") == ""
    table, shipped = tmp_path / "numbers.toml", TABLE.read_text()
    assert wrong in shipped
    table.write_text(shipped.replace(wrong, right, 1))
    with pytest.raises(WrongTable):
        load(table)
