"""What a surface asks of whoever comes: the words in which every row of the register is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What a surface asks for.

    Args:
        reads: what the role must be allowed to see the page.
        does: what it must be allowed besides to do the act; without any the surface takes none.
        sends: a sample of the form.
        by: who of the world can really do it; the sample is tried with their hands.
        public: anybody at all may come.
        keyed: it is there only for who holds its key, and nobody of the world does.
        far: what the far end of a letter or a stay must be allowed to do it as well; empty when it is not theirs.
        at_home: the page itself is only for who cares for the person, not for who was let in to read.
        holds: what the page tells, where that is more than the id alone would.
        by_guests: whoever may read there does it for their own agency, and changes nothing of the record by it.
        sent_on: whoever may not see it is sent to a page of their own.
        by_get: why it is an act though it is asked for by GET.
        not_done: why the sample cannot be seen through in a world where everything is still open.
    """

    reads: tuple[str, ...] = ("read",)
    does: tuple[str, ...] = ()
    sends: Mapping[str, object] = field(default_factory=dict)
    by: str = "manager"
    public: bool = False
    keyed: bool = False
    far: tuple[str, ...] = ()
    at_home: bool = False
    holds: str = ""
    by_guests: bool = False
    sent_on: bool = False
    by_get: str = ""
    not_done: str = ""


def reads(*may: str, **sends: object) -> Policy:
    """A page, or a question that is asked by POST."""
    return Policy(reads=may or ("read",), sends=sends)


def acts(*may: str, **sends: object) -> Policy:
    """A form about somebody, on a page that whoever may read may open."""
    return Policy(does=may, sends=sends)


def answers(may: str, far: str, not_done: str = "", **sends: object) -> Policy:
    """An act that both ends of a letter or a stay do: who sent it, on the word of the other; or the other itself."""
    return Policy(does=(may,), far=(far,), sends=sends, not_done=not_done)


def asked(not_done: str = "", **sends: object) -> Policy:
    """An answer of a place that was asked for a bed: theirs alone, though those who asked may read the page."""
    return Policy(does=("not theirs",), far=("answer",), by="receiver", sends=sends, not_done=not_done)


def gated(*may: str, by: str = "manager", not_done: str = "", **sends: object) -> Policy:
    """A form whose page itself is only for those who may do the act."""
    return Policy(reads=("read", *may), does=may, sends=sends, by=by, not_done=not_done, at_home=True)
