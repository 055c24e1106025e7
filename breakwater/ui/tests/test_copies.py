"""Each form has fields of its own: what one form changes in them, no other sees."""

import copy

import pytest
from django import forms

from breakwater.ui.copies import Copied
from breakwater.ui.fields import Day, Line, Moment, Words, choice


class Own(forms.CharField):
    """One that is copied in a way of its own."""

    def __deepcopy__(self, memo):
        made = super().__deepcopy__(memo)
        made.was_asked = True
        return made


def declared():
    return Copied(
        words=Words(label="Words"), line=Line(), day=Day(), moment=Moment(),
        which=choice("Which?", [("a", "A"), ("b", "B")]),
        chosen=forms.MultipleChoiceField(choices=[("a", "A")], widget=forms.CheckboxSelectMultiple),
        listed=forms.ChoiceField(choices=[("a", "A")]),
        looked_up=forms.ChoiceField(choices=lambda: [("a", "A")]),
        both=forms.SplitDateTimeField(),
        own=Own(),
    )  # fmt: skip


NAMES = list(declared())


def what_it_is(field):
    """All that a form or a template can see of a field, as it is now."""
    widget = field.widget
    return {
        "field": now(field, "widget", "fields", "_choices", "was_asked"),
        "widget": now(widget, "widgets", "_choices"),
        "types": (type(field), type(widget), [type(one) for one in getattr(widget, "widgets", ())]),
        "choices": list(getattr(field, "choices", ())),
        "shown": list(getattr(widget, "choices", ())),
    }


def now(thing, *but):
    """What a thing holds; its lists and dictionaries may change afterwards."""
    held = {name: value for name, value in vars(thing).items() if name not in but}
    return {name: copy.copy(one) if isinstance(one, dict | list) else one for name, one in held.items()}


@pytest.mark.parametrize("name", NAMES)
def test_a_copy_is_what_django_would_make(name):
    fields = declared()
    ours, theirs = copy.deepcopy(fields)[name], copy.deepcopy(fields[name])
    assert what_it_is(ours) == what_it_is(theirs)


@pytest.mark.parametrize("name", NAMES)
def test_what_one_form_changes_no_other_sees(name):
    fields = declared()
    before = what_it_is(copy.deepcopy(fields)[name])
    one = copy.deepcopy(fields)[name]
    one.required, one.label, one.initial = not one.required, "Another", "x"
    one.error_messages["required"] = "Another sentence."
    one.validators.append(len)
    one.widget.attrs["class"] = "another"
    for offers in (one, one.widget):
        if isinstance(getattr(offers, "choices", None), list):
            offers.choices.append(("z", "Z"))
    assert what_it_is(copy.deepcopy(fields)[name]) == before


def test_a_field_with_a_way_of_its_own_is_copied_in_it():
    assert copy.deepcopy(declared())["own"].was_asked
