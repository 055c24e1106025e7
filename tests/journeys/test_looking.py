"""How contrast is measured once for all text that looks alike, and never for too little of it."""

import pytest

from tests.journeys import looking
from tests.journeys.looking import what_axe_finds

PAGE = """<!doctype html><html lang="en"><title>Page</title><style>
    body { background: white; color: black } .pale { color: #ccc } .dark { background: #222 }
    </style><main><h1>Somebody</h1>%s</main>"""


@pytest.fixture
def shown(browser, monkeypatch):
    """Shows a page and tells what is wrong with it; what earlier pages passed is put aside."""
    monkeypatch.setattr(looking, "_passed", set())
    context = browser.new_context()
    page = context.new_page()

    def show(words):
        page.set_content(PAGE % words)
        return what_axe_finds(page)

    yield show
    context.close()


def test_text_that_can_be_read_is_measured_once(shown):
    assert shown("<p>First words</p>") == []
    known = set(looking._passed)
    assert len(known) == 2
    assert shown("<p>Other words, alike</p><p>And more</p>") == []
    assert looking._passed == known


@pytest.mark.parametrize(
    "pale",
    [
        '<p class="pale">Too pale</p>', '<div class="dark"><p>Dark on dark</p></div>',
        '<p style="color: #ddd">Pale</p>', '<div style="opacity: 0.3"><p>Faded</p></div>',
        '<label>Name <input class="pale" value="Too pale"></label>',
    ],
)  # fmt: skip
def test_among_what_is_known_pale_words_are_found_each_time(shown, pale):
    assert shown("<p>First words</p><label>Name <input value='Ada'></label>") == []
    for _ in range(2):
        assert any(one.startswith("color-contrast") for one in shown(f"<p>First words</p>{pale}"))


@pytest.mark.parametrize(
    "unmeasured", ['<button class="pale" disabled>Go on</button>', '<p class="pale" hidden>Go on</p>']
)
def test_what_was_not_measured_is_not_known(shown, unmeasured):
    assert shown(unmeasured) == []
    assert shown(unmeasured.replace(" disabled", "").replace(" hidden", "")) != []


def test_if_the_first_on_a_page_cannot_be_measured_the_others_are(shown):
    assert shown('<button class="pale" disabled>Go on</button><button class="pale">Go on</button>') != []
    assert shown('<p class="pale"><!-- nothing --> </p><p class="pale">Go on</p>') != []
