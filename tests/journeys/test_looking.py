"""How pages are looked at: contrast once for all text that looks alike, and nothing from elsewhere."""

import socket

import pytest

from tests.journeys import looking
from tests.journeys.looking import check_at_both_widths, what_axe_finds
from tests.journeys.stage import alone_with, tell_of_elsewhere

PAGE = """<!doctype html><html lang="en"><title>Page</title><style>
    body { background: white; color: black } .pale { color: #ccc } .dark { background: #222 }
    .tall { height: 4rem } .over { display: grid } .over > * { grid-area: 1 / 1 }
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

    show.page = page
    yield show
    context.close()


def test_text_that_can_be_read_is_measured_once(shown):
    assert shown("<p>First words</p>") == []
    known = set(looking._passed)
    assert len(known) == 2
    assert shown("<p>Other words, alike</p><p>And more</p>") == []
    assert looking._passed == known


def test_a_box_that_draws_nothing_is_as_good_as_none(shown):
    assert shown("<p>First words</p>") == []
    known = set(looking._passed)
    assert shown('<section class="other"><div><p class="more">Words</p></div></section>') == []
    assert looking._passed == known
    assert shown('<section style="background: #eee"><p>Words</p></section>') == []
    assert looking._passed > known


@pytest.mark.parametrize(
    "pale",
    [
        '<p class="pale">Too pale</p>', '<div class="dark"><p>Dark on dark</p></div>',
        '<p style="color: #ddd">Pale</p>', '<div style="opacity: 0.3"><p>Faded</p></div>',
        '<label>Name <input class="pale" value="Too pale"></label>',
        '<div class="dark tall"></div><p style="margin-top: -3rem">Dark on dark</p>',
        '<div class="over"><div class="dark tall"></div><p>Dark on dark</p></div>',
        '<div class="dark"><section class="clear"><p>Dark on dark</p></section></div>',
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


WRONG = """<img src="data:,"><button></button><ul><p>1</p></ul><input><h4>Skipped</h4><h3></h3><div role="button"></div>
    <a href="/"></a><p lang="xx">?</p><main><p tabindex="5" accesskey="x">1</p></main><iframe></iframe>
    <table><caption>T</caption><tr><th></th></tr></table><div aria-checked="x" role="nothing">1</div>"""


def test_what_is_not_asked_could_not_have_been_serious(shown):
    """All that is wrong with a bad page, by the rule and its weight, against what is told of it."""
    told = {one.partition(":")[0] for one in shown(WRONG)}
    everything = dict(
        shown.page.evaluate("axe.run().then((all) => all.violations.map((one) => [one.id, one.impact]))")
    )
    assert len(told) > 8
    assert told == {rule for rule, weight in everything.items() if weight in ("serious", "critical")}
    assert {"heading-order", "landmark-no-duplicate-main"} <= everything.keys() - told


def test_what_a_page_loads_from_elsewhere_is_told_and_never_comes(browser, server):
    troubles = []
    context = browser.new_context(base_url=server, proxy=alone_with(server), bypass_csp=True)
    tell_of_elsewhere(context, server, troubles)
    page = context.new_page()
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.setblocking(False)
        elsewhere = [f"http://{host}:{other.getsockname()[1]}/x" for host in ("localhost", "127.0.0.1")]
        elsewhere.append("http://care.example.org/x")
        assert page.goto("/sign-in/").status == 200
        page.evaluate(
            "(all) => document.body.append(...all.map((src) => Object.assign(new Image(), { src })))",
            elsewhere,
        )
        page.wait_for_function("[...document.querySelectorAll('body > img')].every((one) => one.complete)")
        with pytest.raises(BlockingIOError):
            other.accept()
    context.close()
    assert sorted(troubles) == sorted(f"loaded from elsewhere: {one}" for one in elsewhere)


NARROW = "<style>@media (max-width: 50rem) { .desk { display: none } .off { margin-left: -50rem } }</style>"


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize(
    "wrong",
    [
        '<button class="desk">Save</button>', '<p class="off"><input aria-label="Name"></p>',
        '<div style="width: 40rem">Wide</div>', '<div class="desk"><p class="pale">Too pale</p></div>',
    ],
)  # fmt: skip
def test_what_is_wrong_at_one_width_is_found_from_the_other(shown, wrong, width):
    shown.page.set_viewport_size({"width": width, "height": 900})
    shown(f"{NARROW}<p>First words</p><button>Go on</button>")
    check_at_both_widths(shown.page)
    shown.page.set_content(PAGE % f"{NARROW}<p>First words</p>{wrong}")
    with pytest.raises(AssertionError):
        check_at_both_widths(shown.page)
