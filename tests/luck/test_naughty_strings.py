"""Text that breaks programs goes into every field, search and import, and comes back exactly."""

import csv
import re
from html import unescape
from html.parser import HTMLParser

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from breakwater.kernel.text import name_key
from breakwater.people.forms import MatchForm
from breakwater.resources.actions.imports import import_directory
from breakwater.resources.actions.reports import import_report
from breakwater.resources.models import Organization, Place
from breakwater.trust.testing import NOON, as_seen_by
from breakwater.trust.tests.browsing import browser_of
from breakwater.ui.fields import Line, Words
from conftest import never_kept
from tests.luck.elsewhere import is_elsewhere
from tests.luck.forms import FORMS, LONGEST
from tests.luck.naughty import OURS, SHORTEST_LIST, filler, packed, public
from tests.luck.told import every_form, texts
from tests.paper import read

PUBLIC = "data/bad-input/blns.json"
NAMES = [f"{told.form.__name__} at {told.where}" for told in FORMS]


@pytest.fixture(params=["ours", "public"])
def strings(request, shared):
    return OURS if request.param == "ours" else public(shared(PUBLIC))


def test_our_own_list_is_long_and_wild():
    assert len(OURS) >= SHORTEST_LIST
    assert any("\u202e" in one for one in OURS)
    assert any(ord(sign) > 0xFFFF for one in OURS for sign in one)


def test_the_public_list_is_the_one_we_mean(shared):
    assert len(public(shared(PUBLIC))) == 515


def test_every_form_with_free_text_is_here():
    told = {one.form for one in FORMS}
    missing = [
        form.__name__
        for form in every_form()
        if form not in told and not is_elsewhere(form) and texts(form) and form.__subclasses__() == []
    ]
    assert missing == [], "list it in tests/luck/forms.py"
    for one in FORMS:
        assert texts(one.form).keys() <= one.back.keys(), (
            f"{one.form.__name__} has a field that never comes back"
        )


@pytest.mark.parametrize("told", FORMS, ids=NAMES)
def test_every_string_comes_back_from_every_field(told, strings, world):
    longest = texts(told.form) | {name: LONGEST[name] for name in told.back if name in LONGEST}
    texts_of = {name: packed(strings, longest=most) for name, most in longest.items()}
    client = browser_of(told.who(world))
    told.begin(world)
    had = {name: filler(strings)[:most] for name, most in longest.items()}
    for turn in range(max(map(len, texts_of.values()))):
        fresh = {name: wanted[turn] for name, wanted in texts_of.items() if turn < len(wanted)}
        with never_kept():
            answer = told.send(client, world, had | fresh)
            assert answer.status_code == told.answers, wrong(answer)
            as_seen_by(told.who(world))
            assert [(name, fresh[name]) for name in told.lost(fresh)] == []


def test_one_by_one_they_come_back_from_a_note_as_they_were_typed(strings, world):
    told = next(one for one in FORMS if one.where == "cases:note")
    client = browser_of(world.actor)
    for text in strings:
        with never_kept():
            answer = told.send(client, world, {"words": text})
            if not text.strip():
                assert answer.status_code == 422
                assert "Write what happened" in sentences(answer)
                continue
            assert answer.status_code == 303, text
            as_seen_by(world.actor)
            assert told.lost({"words": text}) == [], text


def test_they_are_shown_on_pages_as_text_and_nothing_else(strings, world):
    intake = FORMS[0]
    client = browser_of(world.actor)
    for text in packed(strings, longest=190):
        with never_kept():
            typed = {
                name: text if name not in ("pronouns", "language", "phone") else "x" for name in intake.back
            }
            page = client.get(intake.send(client, world, typed)["Location"]).content.decode()
            assert Shown(page).holds(text), text
            assert page.count("<script") == 2, "ours"


@pytest.mark.parametrize("told", FORMS[:1] + FORMS[6:7], ids=["intake", "note"])
def test_a_refused_form_shows_what_was_typed_as_it_was(told, strings, world):
    """The browser turns every line ending into one of its own, as the rules of HTML want."""
    client = browser_of(world.actor)
    for text in packed(strings, longest=190):
        name = next(iter(told.back))
        typed = dict.fromkeys(told.back, text) | {"asked_at": "never", "happened_at": "never", "phone": "x"}
        answer = told.send(client, world, typed)
        assert answer.status_code == 422
        assert f'name="{name}"' in answer.content.decode()
        assert text in unescape(answer.content.decode())


def test_they_stand_on_paper_and_in_what_leaves_and_none_of_it_breaks(strings, world):
    """All of them on one case: printed as a page, as a PDF, and in the packet of a hand-off."""
    told = next(one for one in FORMS if one.where == "cases:note")
    client, written = browser_of(world.actor), packed(strings, longest=LONGEST.get("words", 20_000))
    for text in written:
        assert told.send(client, world, {"words": text}).status_code == 303
    case, handed = world.ids["case_id"], world.ids["handoff_id"]
    page = client.get(reverse("cases:record", args=(case,)))
    assert page.status_code == 200
    shown = Shown(page.content.decode())
    assert [text for text in written if not shown.holds(text)] == []
    for where, one in (("cases:record_pdf", case), ("referrals:packet_pdf", handed)):
        paper = client.get(reverse(where, args=(one,)))
        assert paper.status_code == 200, where
        assert read(paper.content).said, where


def test_nothing_that_is_searched_for_breaks_the_search(strings, world):
    client = browser_of(world.actor)
    for text in strings:
        answer = client.post("/search/", {"q": text})
        assert answer.status_code == 200, text
        assert f'value="{text.strip()[:200]}"' in unescape(answer.content.decode())


def test_nothing_that_is_looked_for_breaks_the_directory(strings, world):
    client = browser_of(world.actor)
    for text in [*strings, "be\x00fore"]:
        assert client.post("/find-help/", {"words": text}).status_code == 200, text
    for text in [*packed(strings, longest=60), "be\x00fore"]:
        asked = dict.fromkeys(("words", "near", "language", "need", "within", "page", "case"), text)
        assert client.post("/find-help/", asked).status_code == 200, text


def test_nothing_that_is_typed_as_a_name_breaks_the_matching(strings, world):
    """Our own alone in each field; the public ones in all of them at once, each of which is read by itself."""
    client, fields = browser_of(world.actor), ("known_as", "phone", "birth_date")
    for text in strings:
        asked = [{one: text} for one in fields] if strings is OURS else [dict.fromkeys(fields, text)]
        for typed in asked:
            assert client.post("/cases/matches/", typed).status_code == 200, text
    assert MatchForm({"known_as": "x\x00y"}).read()[0] == ""


def test_no_filter_of_the_board_or_the_chronology_breaks_on_them(strings, world):
    client = browser_of(world.actor)
    chronology = f"/cases/{world.ids['case_id']}/chronology/"
    for text in strings:
        asked = dict.fromkeys(("show", "unit", "code", "after", "before", "page", "filter"), text)
        assert client.get("/", asked).status_code == 200, text
    for text in packed(strings, longest=60):
        asked = dict.fromkeys(("only", "since", "until", "page"), text)
        assert client.get(chronology, asked).status_code == 200, text


def test_who_is_named_so_is_found_by_that_name(strings, world):
    """Every third of them; each was looked for above."""
    who = next(one for one in FORMS if one.where == "people:who")
    client = browser_of(world.actor)
    for text in strings[::3]:
        if len(name_key(text)) < 3 or len(text) > 120:
            continue
        with never_kept():
            answer = who.send(client, world, {"known_as": text})
            assert answer.status_code == 303, f"{text!r} {wrong(answer)}"
            found = client.post("/search/", {"q": text}).content.decode()
            assert f"/person/{world.ids['person_id']}/" in found, text


def test_they_come_back_from_an_imported_directory(strings, world, tmp_path):
    names = [text for text in strings if text.strip()]
    with (tmp_path / "organizations.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("id", "name", "description"))
        rows.writerows((number, name, name) for number, name in enumerate(names))
    import_directory(tmp_path, at=NOON, by=None, source="strings")
    came = dict(Organization.objects.filter(source="strings").values_list("external_id", "name"))
    lost = [name for number, name in enumerate(names) if came[str(number)].strip() != name.strip()]
    assert lost == []


def test_they_come_back_from_a_report_of_room(strings, world, tmp_path):
    names = [text for text in strings if text.strip()]
    path = tmp_path / "rooms.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("id", "name", "kind", "accepting"))
        rows.writerows((f"f{number}", name, "respite", 1) for number, name in enumerate(names))
    outcome = import_report(path, at=NOON, by=None, source="rooms", as_of=NOON)
    came = dict(Place.objects.filter(source="rooms").values_list("external_id", "name"))
    lost = [name for number, name in enumerate(names) if came[f"f{number}"].strip() != name.strip()]
    assert (lost, outcome.counts["new_figures"]) == ([], len(names))


@pytest.mark.parametrize("field", [Words(required=False), Line(required=False)], ids=["words", "line"])
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("be\x00fore", "This text holds a character that cannot be kept (U+0000)."),
        ("half a \ud83d boat", "This text holds half a character, which cannot be kept."),
        ("\udc80", "This text holds half a character, which cannot be kept."),
    ],
)
def test_what_cannot_be_kept_is_refused_at_the_field(field, text, sentence):
    with pytest.raises(ValidationError) as refused:
        field.clean(text)
    assert sentence in refused.value.messages


@pytest.mark.parametrize("told", FORMS, ids=NAMES)
def test_a_character_that_cannot_be_kept_is_refused_at_each_field_and_nothing_else_is_lost(told, world):
    client = browser_of(told.who(world))
    told.begin(world)
    longest = texts(told.form)
    for name, most in longest.items():
        typed = {one: "Kept."[:room] for one, room in longest.items()} | {
            name: "be\x00fore" if most > 6 else "\x00x"
        }
        if told.shown or "shown" in told.also:
            continue
        answer = told.send(client, world, typed)
        assert answer.status_code == 422, name
        assert "This text holds a character that cannot be kept (U+0000)." in sentences(answer), name
        shown_again = [one for one, text in typed.items() if text == "Kept." and one != name]
        assert answer.content.decode().count("Kept.") >= len(shown_again)


@pytest.mark.parametrize("told", FORMS, ids=NAMES)
def test_what_is_too_long_is_refused_at_the_field_and_shown_again(told, world):
    client = browser_of(told.who(world))
    told.begin(world)
    if told.shown:
        return
    for name, most in texts(told.form).items():
        text = "x" * (most + 1)
        answer = told.send(client, world, dict.fromkeys(texts(told.form), "Kept.") | {name: text})
        assert answer.status_code == 422, name
        assert f"at most {most} characters" in sentences(answer), name
        assert text in answer.content.decode(), "what was typed is still there"


class Shown(HTMLParser):
    """The words of a page as a reader sees them."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.words = []
        self.feed(page)

    def handle_data(self, data):
        self.words.append(data)

    def holds(self, text):
        return " ".join(text.split()) in " ".join("".join(self.words).split())


def wrong(answer):
    """What a refused form says is wrong."""
    return re.findall(r'<p class="error"[^>]*>([^<]*)|role="alert">\s*<p>([^<]*)', answer.content.decode())


def sentences(answer):
    return " ".join("".join(Shown(answer.content.decode()).words).split())
