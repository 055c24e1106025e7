"""Which passwords are good enough. Plain values in, plain values out.

After NIST SP 800-63B-4 section 3.1.1.2: length counts, and what is common; which kinds of signs it holds does not.
"""

import re
from collections.abc import Collection

ALONE, BESIDE_A_FACTOR, LONGEST = 15, 8, 256
"""Letters: when it is all that is asked for, beside a second factor, and at most."""

_SHORTEST_WORD = 4
_MARKS = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_REPEATED = re.compile(r"(.{1,5}?)\1+.{0,4}", re.DOTALL)
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn",
)
_LOCAL = (
    "breakwater",
    "harbor",
    "crisis",
    "shelter",
    "password",
    "welcome",
    "letmein",
    "sign in",
    "changeme",
)
"""Words that anybody would try here first."""


def stands_alone(password: str) -> bool:
    """Whether a password is long enough to be all that is asked for."""
    return len(password) >= ALONE


def why_not_password(
    password: str, *, has_factor: bool, common: Collection[str], about: Collection[str]
) -> str:
    """Why a password will not do, in a sentence; nothing when it will.

    Args:
        has_factor: a second factor is asked for besides.
        common: what others have chosen too often, in small letters.
        about: words about the person that others know.
    """
    shortest = BESIDE_A_FACTOR if has_factor else ALONE
    plain = password.casefold()
    judged = (
        (
            len(password) < shortest,
            f"This password is too short: {shortest} letters at least. A sentence of your own is easy to remember.",
        ),
        (len(password) > LONGEST, f"This password is too long: {LONGEST} letters at most."),
        (
            _is_common(plain, common),
            "This password is too common: others use it, and it is among the first to be tried.",
        ),
        (
            any(len(rest) < _SHORTEST_WORD for rest in _without(plain, about)),
            "This password is too similar to your name, or to where you work.",
        ),
    )
    return " ".join(sentence for is_so, sentence in judged if is_so)


def _is_common(plain: str, common: Collection[str]) -> bool:
    """Whether it is a common password, dressed up or not; a word of this house and little else; or a row of keys."""
    bare = _MARKS.sub("", plain)
    if plain in common or (len(bare) < len(plain) and (bare in common or not bare)):
        return True
    if _REPEATED.fullmatch(plain) or any(plain in row * 2 or plain[::-1] in row * 2 for row in _ROWS):
        return True
    return any(len(rest) < _SHORTEST_WORD for rest in _without(plain, _LOCAL))


def _without(plain: str, words: Collection[str]) -> list[str]:
    """What of a password is left when a word is taken out of it, signs and figures aside."""
    found = [word.casefold() for word in words if len(word) >= _SHORTEST_WORD and word.casefold() in plain]
    return [re.sub(r"[\W\d_]+", "", plain.replace(word, "")) for word in found]
