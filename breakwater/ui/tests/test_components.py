"""The components: each renders alone, escapes what it is given, and tells everybody what it shows."""

import re
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django import forms
from django.template import engines
from jinja2 import StrictUndefined

from breakwater.ui.fields import Words
from breakwater.ui.forms import PatternForm, filled, overtaken, refused

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
NASTY = "<script>alert('x')</script> \"quoted\" & <b>"


def shown(source, **context):
    """What a piece of template comes to, with every component at hand and no undefined name forgiven."""
    engine = engines.all()[0].env.overlay(undefined=StrictUndefined)
    names = "field, group, card, errors, stale, flash, button, mark, triage, gate, entry, tabs, empty, pager"
    source = f'{{% from "ui/components.html" import {names} with context %}}{source}'
    return engine.from_string(source).render({"now": NOW, "actor": None} | context)


def attributes(html, tag):
    """The attributes of the first tag of a kind."""
    found = re.search(rf"<{tag}\b([^>]*)>", html)
    assert found, html
    return dict(re.findall(r'([\w-]+)(?:="([^"]*)")?', found.group(1)))


FIELDS = list(PatternForm.base_fields)


@pytest.mark.parametrize("name", FIELDS)
def test_every_control_has_a_label(name):
    html = shown("{{ field(form[name]) }}", form=PatternForm(), name=name)
    ids = set(re.findall(r'\bid="([^"]+)"', html))
    for control in re.findall(r"<(?:input|select|textarea)\b[^>]*>", html):
        own = re.search(r'\bid="([^"]+)"', control)
        inside_label = re.search(rf"<label[^>]*>\s*{re.escape(control)}", html)
        assert inside_label or (own and f'<label for="{own.group(1)}"' in html), control
    assert len(ids) == len(re.findall(r'\bid="', html))


@pytest.mark.parametrize("name", FIELDS)
def test_a_refused_field_says_why_and_is_announced_with_it(name):
    form = refused()
    assert form.errors[name]
    html = shown("{{ field(form[name]) }}", form=form, name=name)
    control = attributes(html, "(?:input|select|textarea)")
    assert control["aria-invalid"] == "true"
    for told in control["aria-describedby"].split():
        assert f'id="{told}"' in html
    assert f"{form[name].auto_id}-error" in control["aria-describedby"].split()
    assert form.errors[name][0].replace("'", "&#39;") in html


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_that_is_right_raises_no_alarm(name):
    html = shown("{{ field(form[name]) }}", form=filled(), name=name)
    assert "aria-invalid" not in html
    assert "error" not in html


@pytest.mark.parametrize("name", [one for one in FIELDS if one not in ("secret", "number", "day", "moment")])
def test_what_was_typed_is_shown_again_and_never_obeyed(name):
    form = PatternForm({name: NASTY})
    html = shown("{{ errors(form) }}{{ field(form[name]) }}", form=form, name=name)
    assert "<script>" not in html
    assert "<b>" not in html


def test_labels_help_choices_and_errors_are_escaped():
    class Nasty(forms.Form):
        line = forms.CharField(label=NASTY, help_text=NASTY)
        one = forms.ChoiceField(label=NASTY, choices=[(NASTY, NASTY)], widget=forms.RadioSelect)
        pick = forms.ChoiceField(label=NASTY, choices=[(NASTY, NASTY)])

    form = Nasty({})
    form.add_error(None, NASTY)
    html = shown("{{ errors(form) }}{% for one in form %}{{ field(one) }}{% endfor %}", form=form)
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") > 6


@pytest.mark.parametrize(
    "words", ["\n\nafter two empty lines", "  spaced  ", "</textarea><script>", "a\r\nb", "0"]
)
def test_several_lines_come_back_as_they_were_typed(words):
    class One(forms.Form):
        words = Words()

    html = shown("{{ field(form.words) }}", form=One({"words": words}))
    inside = re.search(r"<textarea[^>]*>\n(.*)</textarea>", html, re.DOTALL).group(1)
    assert engines.all()[0].env.from_string("{{ it }}").render(it=words) == inside


def test_nothing_typed_is_cut_off_by_the_browser():
    html = shown("{% for one in form %}{{ field(one) }}{% endfor %}", form=PatternForm())
    assert "maxlength" not in html


def test_a_password_is_never_sent_back():
    html = shown("{{ field(form.secret) }}", form=PatternForm({"secret": "harbor light 7"}))
    assert "harbor" not in html


def test_a_moment_is_told_to_the_browser_in_its_own_way():
    html = shown("{{ field(form.moment) }}", form=filled())
    assert attributes(html, "input")["type"] == "datetime-local"
    assert attributes(html, "input")["value"] == "2026-11-23T21:40"


def test_zero_is_something():
    html = shown("{{ field(form.number) }}", form=PatternForm(initial={"number": 0}))
    assert attributes(html, "input")["value"] == "0"


def test_cards_remember_what_was_chosen():
    html = shown("{{ field(form.several) }}{{ field(form.level) }}", form=filled())
    assert re.findall(r'value="(\w+)" checked', html) == ["north", "south", "likely"]


def test_the_summary_of_what_is_wrong_leads_to_each_field():
    form = refused()
    html = shown("{{ errors(form) }}{% for one in form %}{{ field(one) }}{% endfor %}", form=form)
    assert 'role="alert"' in html
    assert "14 fields need another look" in html
    for target in re.findall(r'<a href="#([^"]+)"', html):
        assert f'id="{target}"' in html


def test_a_label_says_truly_what_may_stay_empty():
    form = PatternForm()
    marks = [
        re.findall(r'class="optional">([^<]*)<', shown("{{ field(one) }}", one=form[name]))
        for name in form.fields
    ]
    said = dict(zip(form.fields, marks, strict=True))
    assert (said["line"], said["optional"], said["unless"]) == (
        [],
        ["optional"],
        ["this one or the one before"],
    )


def test_one_field_that_is_wrong_is_told_in_the_singular():
    form = PatternForm({"line": "x", "number": "many"})
    assert "1 field needs another look" in shown("{{ errors(form) }}", form=form)


def test_a_form_that_is_right_says_nothing():
    assert shown("{{ errors(form) }}{{ stale(form) }}", form=PatternForm()).strip() == ""


def test_a_stale_edit_shows_both_texts_who_and_when():
    form = overtaken(NOW - timedelta(minutes=2))
    html = shown("{{ errors(form) }}{{ stale(form) }}{{ field(form.words) }}", form=form)
    assert "Noor Haddad saved today 11:58" in html
    assert "Hers, a minute earlier." in html
    assert "My second thought." in html
    assert "Not saved yet" not in html


def test_of_a_stale_edit_a_day_and_a_choice_are_told_as_they_are_read_and_what_was_emptied_is_told():
    form = overtaken(NOW)
    (code, label), *_ = [one for one in form.fields["one_of_many"].choices if one[0]]
    form.stale.theirs = {"day": date(1990, 4, 5), "one_of_many": code, "line": "", "number": None}
    html = shown("{{ stale(form) }}", form=form)
    told = re.findall(r"<dd[^>]*>([^<]*)</dd>", html)
    assert told == ["April 5, 1990", label, "empty"], "and of what nobody wrote, nothing"


@pytest.mark.parametrize(
    ("minutes", "soon", "paused", "says", "state"),
    [
        (80, False, False, "1 h 20 min left", "ok"),
        (14, True, False, "14 min left", "soon"),
        (-35, True, False, "35 min late", "missed"),
        (-35, False, True, "paused", "paused"),
        (60 * 24 * 3 + 60, False, False, "3 d 1 h left", "ok"),
    ],
)
def test_a_clock_says_in_words_how_it_stands(minutes, soon, paused, says, state):
    html = shown(
        '{{ clock(due, "Visit", soon_at=soon, paused=paused) }}',
        due=NOW + timedelta(minutes=minutes),
        soon=NOW if soon else NOW + timedelta(seconds=1),
        paused=paused,
    )
    assert says in html
    assert f'class="clock {state}"' in html
    assert ("data-due" in html) is not paused
    assert "Visit" in html


def test_the_moment_of_a_clock_is_told_in_the_zone_of_its_reader():
    actor = SimpleNamespace(zone=None)
    actor.zone = __import__("zoneinfo").ZoneInfo("America/New_York")
    html = shown('{{ clock(due, "Visit") }}', due=NOW + timedelta(hours=1), actor=actor)
    assert "today 09:00" in html


def test_the_label_of_a_clock_is_escaped():
    assert "<script>" not in shown("{{ clock(due, it) }}", due=NOW, it=NASTY)


def test_a_mark_says_its_level_in_words_given_to_it_and_escapes_them():
    assert shown("{{ mark(it, 'now') }}", it=NASTY).count("&lt;script&gt;") == 1


@pytest.mark.parametrize("urgency", [0, 5, 6, 9])
def test_a_triage_code_is_a_letter_before_it_is_a_color(urgency):
    html = shown("{{ triage('B', 'Very soon', urgency) }}", urgency=urgency)
    assert "<b>B</b>" in html
    assert f"u{min(urgency, 6)}" in html


def test_gates_say_in_words_whether_they_are_met():
    html = shown("{% call gate('One', true) %}{% endcall %}{% call gate('Two', false) %}{% endcall %}")
    assert html.index(": met") < html.index(": not met")


def test_an_entry_written_down_late_shows_both_times():
    html = shown(
        "{% call entry(at, 'Noor', 'It happened.', late_at=now) %}In these words.{% endcall %}",
        at=NOW - timedelta(days=2),
    )
    assert "Sun 8 Mar 12:00" in html
    assert "Late entry: recorded today 12:00" in html


def test_tabs_say_where_one_is():
    html = shown("{{ tabs('Which', [('?a', 'A', false), ('?b', 'B', true)]) }}")
    assert 'aria-label="Which"' in html
    assert '<a href="?b" aria-current="page">B</a>' in html


def test_an_empty_place_says_what_fills_it():
    assert "<h2>Nothing</h2><p>Yet.</p></div>" in shown("{{ empty('Nothing', 'Yet.') }}")
    assert "Begin" in shown("{% call empty('Nothing', 'Yet.') %}<a href='#'>Begin</a>{% endcall %}")


@pytest.mark.parametrize(
    ("previous", "onward", "links"), [("", "", 0), ("?page=1", "", 1), ("?page=1", "?page=3", 2)]
)
def test_pages_lead_where_there_are_any(previous, onward, links):
    assert shown("{{ pager(previous, onward) }}", previous=previous, onward=onward).count("<a ") == links


def test_a_notice_is_announced():
    assert 'role="status"' in shown("{% call flash() %}Kept.{% endcall %}")


@pytest.mark.parametrize("kind", ["", "quiet", "danger", "link"])
def test_a_button_is_a_button(kind):
    html = shown("{{ button(it, kind, name='how', value=it) }}", it=NASTY, kind=kind)
    assert html.startswith("<button")
    assert "<script>" not in html
