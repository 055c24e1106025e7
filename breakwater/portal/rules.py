"""To whom a copy or a link is offered, and what may be seen of a number. Plain values in, plain values out."""

from collections.abc import Collection, Iterable

PARTS = ("plan", "steps", "times", "people", "holds", "reach")
"""What somebody can have on their copy."""

_IN_HAND = "Give them their paper instead, or read it aloud together."
_A_SCREEN = ("phone", "email")
_SHORTEST_WORD = 4
_AN_ANSWER = ("sent", "acknowledged", "waiting")
_OF_A_HAND_OFF = ("offered", "accepted")


def why_not_offered(*, device_is_watched: bool, ways: Iterable[tuple[str, str]]) -> str:
    """The sentence that says why no copy on a screen is offered, or ``""`` when it may be.

    Args:
        device_is_watched: a mark on the case says that somebody else reads what is on their device.
        ways: kind and safety of each way to reach them that stands on their record.
    """
    if device_is_watched:
        return f"A mark on this case says that somebody else reads what is on their phone or computer. {_IN_HAND}"
    screens = [safety for kind, safety in ways if kind in _A_SCREEN]
    if "unsafe" in screens and "safe" not in screens:
        return f"Their phone or e-mail is marked as not safe, and no other as safe. {_IN_HAND}"
    return ""


def why_not_to_proxy(
    *, must_not_know: bool, authority: str, is_the_abuser: bool | None, circle_segments: Collection[str]
) -> str:
    """The sentence that says why somebody else is not given the copy, or ``""`` when they may speak for the person.

    Who is said to have hurt them has no right to any of it, whatever paper they hold.
    """
    if must_not_know:
        return "They must not know. Nothing is handed to them."
    if is_the_abuser is None:
        return "Say whether this is the one who may have hurt them."
    if is_the_abuser:
        return "Whoever may have hurt them is given nothing, whatever right they claim."
    if "minor-confidential" in circle_segments:
        return "This young person's record is their own and kept from parents. Hand the copy to them alone."
    return "" if authority.strip() else "Say what gives them the right to have it."


def why_no_such_word(word: str) -> str:
    """The sentence that says why a chosen word will not do, or ``""`` when it will, or none was chosen."""
    if word and len(word.strip()) < _SHORTEST_WORD:
        return f"A word of their own has at least {_SHORTEST_WORD} letters."
    return ""


def hint_of(kind: str, value: str) -> str:
    """As much of a number or address as its owner needs to know it again, and nobody else learns it by."""
    value = value.strip()
    return f"{value[:1]}…" if kind == "email" else f"…{value[-2:]}"


def may_of(*, leads_over: bool) -> str:
    """What somebody must be allowed who hands a link out, takes it back or replies by it.

    Args:
        leads_over: it leads to a hand-off.
    """
    return "referrals.hand_off" if leads_over else "referrals.refer"


def why_no_link(*, stage: str, is_ours: bool, has_accounts: bool, takes_over: bool = False) -> str:
    """The sentence that says why a letter is not answered by a link, or ``""`` when it may be.

    Args:
        takes_over: it is a hand-off, in which a first contact is awaited after the yes.
    """
    if not is_ours:
        return "Only those who sent a letter can hand out a link to it."
    if has_accounts:
        return (
            "They work with Breakwater: the letter lies on their own page. Call them when they do not answer."
        )
    if stage not in (_OF_A_HAND_OFF if takes_over else _AN_ANSWER):
        return "They have answered, or the letter was taken back. There is nothing more to ask by a link."
    return ""


def why_no_standing_link(*, is_listed: bool, gives: bool) -> str:
    """The sentence that says why a place tells its room by no link, or ``""`` when it may."""
    if not is_listed:
        return "This place is not listed any more."
    if not gives:
        return (
            "Nothing is known that they give and can tell by a link. Say first which kind of room they have. What"
            " another agency keeps there it tells itself."
        )
    return ""
