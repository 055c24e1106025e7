"""No page says a sentence that Django brings: what is refused is said in the words of this house, and what to do."""

import re
from pathlib import Path

import django
from django import forms

from breakwater.ui import plainly
from tests.luck.told import every_form

CATALOG = Path(django.__file__).parent / "conf/locale/en/LC_MESSAGES/django.po"


def sentences_of_django():
    """Every message that Django can say, as its own catalog lists them."""
    found = re.findall(
        r'^(?:msgid|msgid_plural) ((?:".*"\n)+)', CATALOG.read_text(encoding="utf-8"), re.MULTILINE
    )
    return {"".join(re.findall(r'"(.*)"\n', one)).replace('\\"', '"') for one in found} - {""}


def said_by(field):
    """Everything that a field may say."""
    yield from field.error_messages.values()
    for check in field.validators:
        yield from [getattr(check, "message", ""), *getattr(check, "messages", {}).values()]


def told_wrong(field, theirs):
    """What a field would say in Django's words."""
    return [str(one) for one in said_by(field) if str(one) in theirs]


def test_the_catalog_of_django_is_read():
    theirs = sentences_of_django()
    assert "This field is required." in theirs
    assert "Ensure this value is greater than or equal to %(limit_value)s." in theirs


def test_no_field_of_any_form_speaks_in_the_words_of_django():
    theirs = sentences_of_django()
    wrong = {
        f"{form.__name__}.{name}": said
        for form in every_form()
        if form.__module__.startswith("breakwater.")
        for name, field in form.base_fields.items()
        if (said := told_wrong(field, theirs))
    }
    assert wrong == {}


def test_nor_does_one_that_is_made_tomorrow():
    theirs = sentences_of_django()
    fresh = [
        forms.CharField(max_length=3, min_length=2), forms.IntegerField(min_value=1, max_value=2),
        forms.DecimalField(max_digits=3, decimal_places=1), forms.FloatField(), forms.EmailField(),
        forms.URLField(assume_scheme="https"),
        forms.DateField(), forms.TimeField(), forms.DateTimeField(), forms.DurationField(), forms.UUIDField(),
        forms.ChoiceField(), forms.TypedChoiceField(), forms.MultipleChoiceField(), forms.FileField(),
        forms.RegexField("x"), forms.JSONField(), forms.BooleanField(), forms.ModelChoiceField(None),
        forms.ModelMultipleChoiceField(None),
    ]  # fmt: skip
    assert [one for field in fresh for one in told_wrong(field, theirs)] == []
    assert fresh[1].error_messages["invalid"] == plainly.FIELDS[forms.IntegerField]["invalid"]
