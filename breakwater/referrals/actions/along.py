"""Before a file of a case is opened by somebody without accounts: ask whether it may, and have it accounted for.

A file can name the person where the letter does not, so the law is asked about it as if it did.
"""

from datetime import datetime

from breakwater.attachments.models import Attachment
from breakwater.referrals.actions.sharing import Telling, goes_with, would_go_with
from breakwater.referrals.models import Handoff, Referral
from breakwater.trust.access import Actor
from breakwater.trust.rules.law import HAND_OFF, REFER


def let_file_out(letter: Referral | Handoff, file: Attachment, *, at: datetime, by: Actor) -> str:
    """A file goes to whoever was asked, now. What goes along with it by law.

    Raises:
        Unlawful: it may not.
    """
    return goes_with(letter.case, _telling(letter, file), at=at, by=by)


def would_go_with_file(
    letter: Referral | Handoff, file: Attachment, *, at: datetime, by: Actor
) -> str | None:
    """What would go along with a file at this moment; ``None`` when it may not go. Nothing is written down."""
    return would_go_with(letter.case, _telling(letter, file), at=at, by=by)


def _telling(letter: Referral | Handoff, file: Attachment) -> Telling:
    """What is told, without the name of the file: it may name somebody."""
    act, need, which = HAND_OFF, "", "a hand-off"
    if isinstance(letter, Referral):
        act, need, which = REFER, letter.need, f"a referral for {letter.get_need_display().lower()}"
    return Telling(
        act=act, to_agency=letter.to_agency, to_name=letter.to_name, need=need,
        information=("who", "needs", file.opens), segments=file.segments,
        what=f"A file with {which}: {file.get_kind_display()}, {file.length}",
    )  # fmt: skip
