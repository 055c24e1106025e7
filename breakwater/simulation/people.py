"""Who lives in the county: people as they tell of themselves, and those round them."""

from datetime import date, timedelta
from random import Random
from typing import Any

from breakwater.simulation import names

_DESCRIBED, _NICKNAMED = 0.05, 0.07
_OLDEST, _DAYS = date(1944, 1, 1), 23_000
_MAY_KNOW = (
    "That we are in touch, nothing more.",
    "Everything about the appointments.",
    "That things are all right tonight.",
    "",
)
_RELATIONS = ("sister", "brother", "mother", "friend", "sponsor", "neighbor", "pastor", "aunt", "landlord")
_PRONOUNS = ("she/her", "he/him", "she/her", "he/him", "they/them", "")
_SAFETY = ("safe", "safe", "ask_first", "unsafe")
_MUST_NOT_KNOW = ("The former partner", "The father of the children", "The employer", "")


def somebody(c: Random) -> dict[str, Any]:
    """Somebody new: mostly by name, some by what they are called, a few only as they were seen."""
    roll = c.random()
    if roll < _DESCRIBED:
        return {"known_as": c.choice(names.DESCRIPTIONS), "is_described": True}
    if roll < _DESCRIBED + _NICKNAMED:
        return {"known_as": c.choice(names.NICKNAMES), "safe_contact": c.choice(names.SAFE_CONTACT)}
    language = c.choice(names.LANGUAGES)
    return {
        "known_as": f"{c.choice(names.FIRST)} {c.choice(names.LAST)}",
        "pronouns": c.choice(_PRONOUNS),
        "birth_date": _OLDEST + timedelta(days=c.randrange(_DAYS)),
        "birth_date_is": c.choice(("exact", "exact", "exact", "about")),
        "language": language,
        "needs_interpreter": language not in ("English", "Spanish") or c.random() < 0.05,  # noqa: PLR2004 - a few
        "strengths": c.choice((*names.STRENGTHS, "")),
        "triggers": c.choice((*names.TRIGGERS, "")),
        "safe_contact": c.choice(names.SAFE_CONTACT),
        "contact_points": [{"kind": "phone", "value": phone(c), "safety": c.choice(_SAFETY), "how": ""}],
    }


def in_danger(c: Random) -> dict[str, Any]:
    """What somebody who flees says of who must not know, and how to be reached."""
    point = {"kind": "phone", "value": phone(c), "safety": "ask_first", "how": "Say the agreed word first"}
    return {
        "must_not_know": c.choice(_MUST_NOT_KNOW[:2]),
        "safe_contact": "Text first, mornings only. Never leave a voice message.",
        "contact_points": [point],
    }


def supporter(c: Random) -> dict[str, Any]:
    """Somebody round them."""
    return {
        "name": f"{c.choice(names.FIRST)} {c.choice(names.LAST)}",
        "relation": c.choice(_RELATIONS),
        "reach": phone(c),
        "may_know": c.choice(_MAY_KNOW),
        "must_not_know": c.random() < 0.06,  # noqa: PLR2004 - a few
    }


def phone(c: Random) -> str:
    """A number that nobody has: there is no area 555."""
    return f"(555) 01{c.randrange(10)}-{c.randrange(10_000):04d}"
