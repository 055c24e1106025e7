"""Text that breaks programs goes into every field, search and import, and comes back exactly."""

import csv
import re
from dataclasses import fields
from html import unescape
from html.parser import HTMLParser

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from breakwater.cases.forms.work import ChronologyForm
from breakwater.cases.timeline import Asked
from breakwater.desk import board
from breakwater.kernel.text import name_key
from breakwater.people.forms import MatchForm
from breakwater.resources.actions.imports import import_directory
from breakwater.resources.actions.reports import import_report
from breakwater.resources.finding import find
from breakwater.resources.forms import FindForm
from breakwater.resources.models import Organization, Place
from breakwater.trust.testing import NOON, as_seen_by
from breakwater.trust.tests.browsing import browser_of
from breakwater.ui.fields import Line, Words
from conftest import never_kept
from tests.luck.elsewhere import is_elsewhere
from tests.luck.forms import FORMS, NAMES, widths
from tests.luck.naughty import OURS, PUBLIC, SHORTEST_LIST, brimful, packed, public
from tests.luck.told import every_form, texts
from tests.paper import read

_OF_A_FIND = ("words", "near", "language", "need", "within", "page", "case")
_OF_THE_BOARD = tuple(one.name for one in fields(board.Asked))
_OF_A_CHRONOLOGY = tuple(ChronologyForm.base_fields)


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
def test_a_field_that_is_full_to_its_last_sign_comes_back(told, world):
    """Signs and not bytes are counted, in the form and in the column; blanks at both ends are signs like others."""
    full = {name: brimful(most) for name, most in widths(told).items()}
    client = browser_of(told.who(world))
    told.begin(world)
    answer = told.send(client, world, full)
    assert answer.status_code == told.answers, wrong(answer)
    as_seen_by(told.who(world))
    assert told.lost(full) == []


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


def test_they_stand_on_paper_and_in_what_leaves_and_none_of_it_breaks(strings, world):
    """All of them on one case: printed as a page, as a PDF, and in the packet of a hand-off."""
    told = next(one for one in FORMS if one.where == "cases:note")
    client, written = browser_of(world.actor), packed(strings, longest=20_000)
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
    """Each is read and looked for by itself; through the door go ours, and all the others in test_every_field.py."""
    client = browser_of(world.actor)
    for text in [*strings, "be\x00fore"]:
        for typed in ({"words": text}, dict.fromkeys(_OF_A_FIND, text)):
            asked = FindForm(typed)
            if asked.is_valid():
                find(asked.wanted(), at=world.actor.now, zone=world.actor.zone)
    for text in [*OURS, "be\x00fore"]:
        assert client.post("/find-help/", {"words": text}).status_code == 200, text
        assert client.post("/find-help/", dict.fromkeys(_OF_A_FIND, text)).status_code == 200, text


def test_nothing_that_is_typed_as_a_name_breaks_the_matching(strings, world):
    """Our own alone in each field; the public ones in all of them at once, each of which is read by itself."""
    client, fields = browser_of(world.actor), ("known_as", "phone", "birth_date")
    for text in strings:
        asked = [{one: text} for one in fields] if strings is OURS else [dict.fromkeys(fields, text)]
        for typed in asked:
            assert client.post("/cases/matches/", typed).status_code == 200, text
    assert MatchForm({"known_as": "x\x00y"}).read()[0] == ""


def test_no_filter_of_the_board_or_the_chronology_breaks_on_them(strings, world):
    """What the board reads of each is asked of the database; through the door go ours, and those that differ there."""
    client = browser_of(world.actor)
    chronology = f"/cases/{world.ids['case_id']}/chronology/"
    for asked in {board.Asked.read(dict.fromkeys(_OF_THE_BOARD, text)) for text in strings}:
        assert asked == board.Asked(code=asked.code, page=asked.page)
        board.board(world.actor, asked)
    assert {ChronologyForm(dict.fromkeys(_OF_A_CHRONOLOGY, text)).asked() for text in strings} == {Asked()}
    for text in OURS:
        assert client.get("/", dict.fromkeys(_OF_THE_BOARD, text)).status_code == 200, text
        assert client.get(chronology, dict.fromkeys((*_OF_A_CHRONOLOGY, "page"), text)).status_code == 200, (
            text
        )


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
    """Every second field is refused, and then the others."""
    client, longest = browser_of(told.who(world)), texts(told.form)
    told.begin(world)
    if told.shown or "shown" in told.also:
        return
    for odd in filter(None, (list(longest)[::2], list(longest)[1::2])):
        kept = {name: f"Kept {number}"[:most] for number, (name, most) in enumerate(longest.items())}
        bad = {name: "be\x00fore" if longest[name] > 6 else "\x00x" for name in odd}
        answer = told.send(client, world, kept | bad)
        assert answer.status_code == 422, odd
        said = answer.content.decode()
        assert refused_at(said, odd) == dict.fromkeys(
            odd, "This text holds a character that cannot be kept (U+0000)."
        )
        assert [text for name, text in kept.items() if name not in odd and text not in said] == []


@pytest.mark.parametrize("told", FORMS, ids=NAMES)
def test_what_is_too_long_is_refused_at_the_field_and_shown_again(told, world):
    """Each field by a text of its own, one sign longer than it takes."""
    client = browser_of(told.who(world))
    told.begin(world)
    if told.shown:
        return
    longest = texts(told.form)
    typed = {name: f"{number:x}" * (most + 1) for number, (name, most) in enumerate(longest.items())}
    answer = told.send(client, world, typed)
    assert answer.status_code == 422
    said = answer.content.decode()
    refused = refused_at(said, list(longest))
    assert [name for name, most in longest.items() if f"at most {most} characters" not in refused[name]] == []
    assert [name for name, text in typed.items() if text not in said] == [], "what was typed is still there"


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


def refused_at(page, fields):
    """What a refused form says at which of its fields; some of one field say it without a name for it."""
    said = re.findall(r'<p class="error"(?: id="id_(\w+)-error")?[^>]*>\s*([^<]*?)\s*<', page)
    return {name or "".join(fields): unescape(why) for name, why in said}
