"""The three ways an act can be refused. Nothing else is caught outside the middleware."""

from collections.abc import Mapping


class Refused(Exception):
    """The act cannot be done now; the message is a sentence the person can act on.

    Args:
        sentence: why, and what to do.
        fields: the same by the field that it is about, where the act was told several things at once.
    """

    def __init__(self, sentence: str = "", *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.fields = dict(fields or {})

    @property
    def sentence(self) -> str:
        """The reason, fit to be shown."""
        return str(self)


class NotPermitted(Refused):
    """This act is never for this actor."""


class Overtaken(Refused):
    """The act was possible a moment ago; somebody was faster."""


class Stale(Overtaken):
    """Somebody saved a newer version while this one was being written.

    Args:
        sentence: what happened, in words.
        theirs: the saved values by field name, so that both texts can be shown side by side.
        who: who saved them, as shown to colleagues.
        at: when they were saved, as a zoned moment.
    """

    def __init__(self, sentence: str, *, theirs: dict[str, object], who: str, at: object) -> None:
        super().__init__(sentence)
        self.theirs = theirs
        self.who = who
        self.at = at
