"""What the languages of brought words are called, and how much of an instrument is there in one."""

from babel import Locale, UnknownLocaleError

from breakwater.assessments.rules.definition import Definition, Translation
from breakwater.assessments.rules.translating import questions_without
from breakwater.kernel.text import Filled

_WHOLE = "{name} (nobody has verified these words)"
_IN_PART = "{name} ({there} of {all} questions; nobody has verified these words)"


def named(code: str) -> str:
    """A language as those who speak it call it; its code where nobody has told us."""
    try:
        return Locale.parse(code, sep="-").get_display_name() or code
    except (ValueError, UnknownLocaleError):
        return code


def offered_as(definition: Definition, told: Translation) -> str:
    """A language with how much of the instrument is there in it, and whether somebody verified that."""
    every, missing = len(definition.items), len(questions_without(definition, told))
    if missing:
        return Filled(_IN_PART, name=told.name, there=every - missing, all=every)
    return told.name if told.verified else Filled(_WHOLE, name=told.name)
