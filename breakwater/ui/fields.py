"""Form fields that keep what a person typed exactly as typed."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator, RegexValidator
from django.utils import timezone

_CHECK_THE_YEAR = "Check the year: this lies too far from now to be meant."
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
"""Beyond them calendars end, and no zone can be told any more."""

_NO_NUL = ProhibitNullCharactersValidator(message="This text holds a character that cannot be kept (U+0000).")
_WHOLE = RegexValidator(
    "[\ud800-\udfff]", inverse_match=True, message="This text holds half a character, which cannot be kept."
)


class Words(forms.CharField):
    """Free text, kept exactly as typed."""

    widget = forms.Textarea

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"strip": False, "max_length": 20_000} | options))
        _say_it_plainly(self)


class Line(forms.CharField):
    """One line of free text, kept exactly as typed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"strip": False, "max_length": 200} | options))
        _say_it_plainly(self)


def needed(field: forms.Field, *, when: str = "") -> Any:
    """A field that may arrive empty, and is needed all the same: the act says what is missing, and that it was tried.

    Args:
        when: when it is needed, in words that stand where others say *optional*; always without any.
    """
    field.required = False
    field.needed = when  # type: ignore[attr-defined]  # read by the component that shows the label
    return field


def beside(field: forms.Field, *, about: str) -> forms.Field:
    """A field whose label stands there more than once: what it is about is heard after it, and not seen."""
    field.about = about  # type: ignore[attr-defined]  # read by the component that shows the label
    return field


class Day(forms.DateField):
    """A day of a calendar that people live by."""

    widget = forms.DateInput

    def __init__(self, **options: Any) -> None:
        plainly = {"invalid": "Write the date as year-month-day, or leave it empty.", "year": _CHECK_THE_YEAR}
        options["error_messages"] = plainly | options.get("error_messages", {})
        super().__init__(**options)

    def to_python(self, value: Any) -> date | None:
        """The day."""
        day = super().to_python(value)
        if day is not None and not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            raise ValidationError(self.error_messages["year"], code="year")
        return day


class Moment(forms.DateTimeField):
    """A day and a time of day, as a clock on the wall shows it, read in the actor's zone.

    When clocks go back, one hour comes twice: the reading nearest to ``now`` is meant. When they go forward, one hour
    never comes: what was typed is that much after the hour before. Neither keeps anybody from saving.
    """

    widget = forms.DateTimeInput
    now: datetime | None = None

    def __init__(self, **options: Any) -> None:
        plainly = {
            "invalid": "Write day and time, like 2026-11-23 21:40.",
            "year": _CHECK_THE_YEAR,
        }
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        options["error_messages"] = plainly | options.get("error_messages", {})
        super().__init__(**({"input_formats": formats} | options))

    def to_python(self, value: Any) -> datetime | None:
        """The moment, with its zone."""
        if value in self.empty_values:
            return None
        if isinstance(value, datetime):
            return value if value.tzinfo else self._nearest(value)
        for pattern in self.input_formats or ():
            try:
                naive = datetime.strptime(str(value).strip(), pattern)  # noqa: DTZ007 - the zone follows
            except ValueError:
                continue
            return self._nearest(naive)
        raise ValidationError(self.error_messages["invalid"], code="invalid")

    def _nearest(self, naive: datetime) -> datetime:
        if not _FIRST_YEAR <= naive.year <= _LAST_YEAR:
            raise ValidationError(self.error_messages["year"], code="year")
        zone = timezone.get_current_timezone()
        first, second = naive.replace(tzinfo=zone, fold=0), naive.replace(tzinfo=zone, fold=1)
        is_gap = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != naive
        if self.now is None or is_gap:
            return first.astimezone(UTC)
        now = self.now
        return min(first.astimezone(UTC), second.astimezone(UTC), key=lambda moment: abs(moment - now))


def choice(label: str, choices: Any, **options: Any) -> forms.ChoiceField:
    """One of several, as cards to press."""
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, **options)


Choices = Iterable[tuple[Any, Any]]


def offer(form: forms.BaseForm, name: str, choices: Choices | Callable[[], Choices]) -> None:
    """Say what can be chosen in a field, where that is known only now, or how to find out when it is needed."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} is not a field to choose in")
    field.choices = choices if callable(choices) else list(choices)


def _say_it_plainly(field: forms.CharField) -> None:
    others = [one for one in field.validators if not isinstance(one, ProhibitNullCharactersValidator)]
    field.validators = [*others, _NO_NUL, _WHOLE]
