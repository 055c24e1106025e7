"""What forms say when something is not filled in as it must be: our sentences in place of those that Django brings.

Put in place once, before any form is made, so that every field says them: also one that nobody thought of. Blanks are
written as in any sentence of ours, so that a catalog knows the sentence again once Django has filled them.
"""

import re

from django import forms
from django.core import validators

from breakwater.kernel.text import Ours

_NEEDED = Ours("Still missing: fill this in.")
_CHOOSE = Ours("Still missing: choose one.")
_NOT_OFFERED = Ours("This can no longer be chosen. Choose one of those that are here.")
_WHOLE_NUMBER = Ours("Write a whole number.")
_NUMBER = Ours("Write a number.")
_DAY, _TIME = Ours("Write the date as year-month-day."), Ours("Write the time like 21:40.")
_MOMENT, _LENGTH = Ours("Write day and time, like 2026-11-23 21:40."), Ours("Write how long.")
_FILE, _EMPTY = Ours("No file came along. Choose it again."), Ours("This file is empty.")
_ADDRESS = Ours("Write an address that begins with https.")
_UNREADABLE = Ours("This cannot be read. Check what you wrote.")

FIELDS: dict[type[forms.Field], dict[str, str]] = {
    forms.Field: {"required": _NEEDED},
    forms.IntegerField: {"invalid": _WHOLE_NUMBER},
    forms.FloatField: {"invalid": _NUMBER},
    forms.DecimalField: {"invalid": _NUMBER},
    forms.DateField: {"invalid": _DAY},
    forms.TimeField: {"invalid": _TIME},
    forms.DateTimeField: {"invalid": _MOMENT},
    forms.DurationField: {"invalid": _LENGTH, "overflow": _LENGTH},
    forms.ChoiceField: {"required": _CHOOSE, "invalid_choice": _NOT_OFFERED},
    forms.MultipleChoiceField: {"invalid_choice": _NOT_OFFERED, "invalid_list": _CHOOSE},
    forms.ModelChoiceField: {"required": _CHOOSE, "invalid_choice": _NOT_OFFERED},
    forms.ModelMultipleChoiceField: {
        "invalid_choice": _NOT_OFFERED, "invalid_list": _CHOOSE, "invalid_pk_value": _NOT_OFFERED,
    },
    forms.URLField: {"invalid": _ADDRESS},
    forms.UUIDField: {"invalid": _UNREADABLE},
    forms.JSONField: {"invalid": _UNREADABLE},
    forms.FileField: {
        "invalid": _FILE, "missing": _FILE, "empty": _EMPTY, "contradiction": _FILE,
        "max_length": Ours("The name of this file is too long. Rename it."),
    },
}  # fmt: skip
"""By the kind of a field, what it says under which code."""

VALIDATORS: dict[type, str] = {
    validators.MinValueValidator: Ours("This is too small: {limit_value} or more."),
    validators.MaxValueValidator: Ours("This is too large: {limit_value} at most."),
    validators.MinLengthValidator: Ours("This is too short: {limit_value} characters or more."),
    validators.MaxLengthValidator: Ours("Write at most {limit_value} characters; there are {show_value}."),
    validators.RegexValidator: _UNREADABLE,
    validators.EmailValidator: Ours("Write an email address, like name@example.org."),
    validators.URLValidator: _ADDRESS,
    validators.ProhibitNullCharactersValidator: Ours(
        "This text holds a character that cannot be kept (U+0000)."
    ),
    validators.FileExtensionValidator: Ours("Files of this kind are not taken."),
}
"""By the kind of a check, what it says."""

_TOO_MANY = Ours("This number has too many digits.")
DIGITS = {
    "invalid": _NUMBER, "max_digits": _TOO_MANY, "max_decimal_places": _TOO_MANY, "max_whole_digits": _TOO_MANY,
}  # fmt: skip


_BLANK = re.compile(r"\{(\w+)\}")


def say_it_plainly() -> None:
    """Put our sentences in place of Django's."""
    for field, said in FIELDS.items():
        field.default_error_messages = {**field.default_error_messages, **said}
    for check, sentence in VALIDATORS.items():
        check.message = _BLANK.sub(r"%(\1)s", sentence)  # type: ignore[attr-defined]  # every check of Django's has one
    validators.DecimalValidator.messages = dict(DIGITS)
