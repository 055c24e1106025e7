"""The fields of a form, copied for each of its forms: as Django copies them, without asking each how it is copied.

Django copies by the general way of Python, which asks every object how it would be taken apart and put together
again: for the five gates on one page, a tenth of the program's work when one is met. What is copied is the same: the
field, its widget, and what a form may change in them. One with a way of its own is copied in that way.
"""

import copy
from typing import Any

from django import forms

_FIELDS = {forms.Field.__deepcopy__, forms.ChoiceField.__deepcopy__}
_WIDGETS = {forms.Widget.__deepcopy__, forms.Select.__deepcopy__}
_CHOICES = "_choices"


class Copied(dict[str, forms.Field]):
    """Fields by their names, which know how they are copied for one more form."""

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, forms.Field]:
        return {name: _field(one) for name, one in self.items()}


def _field(one: forms.Field) -> forms.Field:
    if type(one).__deepcopy__ not in _FIELDS:
        return copy.deepcopy(one)
    made = _again(one)
    made.widget, made.error_messages = _widget(one.widget), one.error_messages.copy()
    made.validators = one.validators[:]
    return made


def _widget(one: forms.Widget) -> forms.Widget:
    if type(one).__deepcopy__ not in _WIDGETS:
        return copy.deepcopy(one)
    made = _again(one)
    made.attrs = one.attrs.copy()
    return made


def _again(one: Any) -> Any:
    made = object.__new__(type(one))
    made.__dict__.update(one.__dict__)
    if _CHOICES in made.__dict__:
        offered = made.__dict__[_CHOICES]
        made.__dict__[_CHOICES] = list(offered) if isinstance(offered, list) else copy.copy(offered)
    return made
