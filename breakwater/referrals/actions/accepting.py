"""What a house accepts, by its own word: nobody is put into its beds beyond that unasked, and a no says why."""

from datetime import datetime

from breakwater.kernel.errors import Refused
from breakwater.referrals.library import ROUNDS
from breakwater.referrals.suggesting import figures_of
from breakwater.resources.models import Bed, Program
from breakwater.trust.access import Actor


def must_be_accepted(bed: Bed, *, at: datetime, by: Actor) -> None:
    """Go on only while the house takes somebody more, or keeps the bed for its own people, or has told no figure.

    The program is held until the act is done, so that of two who see one place left the second is told.

    Raises:
        Refused: it takes nobody now, and can be asked; or its beds are given by phone only.
    """
    if bed.agency_id == by.agency_id:
        return
    must_be_given_here(bed, by=by)
    alike = Program.objects.running().filter(agency=bed.agency_id, place=bed.place_id, kind=bed.kind)
    held = alike.select_for_update(of=("self",), no_key=True).order_by("pk")
    kept = list(held.values_list("pk", flat=True))
    if any(told.open == 0 for told in figures_of(kept, at=at).values()):
        raise Refused(f"{bed.agency.name} takes nobody now, by what it said itself. Ask it for a bed.")


def must_be_given_here(bed: Bed, *, by: Actor) -> None:
    """Go on only with one's own bed, or one that is not given by phone only.

    Raises:
        Refused: others get it by phone only.
    """
    if bed.is_by_phone and bed.agency_id != by.agency_id:
        raise Refused("This bed is given by phone only. Call those who keep it.")


def must_say_why(reason: str, words: str) -> None:
    """Go on only with a reason of the table.

    Raises:
        Refused: there is none, or another one is not told in words.
    """
    if reason not in ROUNDS.reasons:
        raise Refused("Choose a reason, so that the next search can do better.")
    if reason == "other" and not words.strip():
        raise Refused("Say the other reason in a few words.")
