"""Looking for a bed in the county: somebody is called in vain, then many places are asked at once.

A yes holds a bed by the clock of the database, which knows nothing of a county's past: so nobody says yes to a round.
"""

from datetime import timedelta
from typing import Any

from breakwater.portal.actions.linking import hand_link_to_place
from breakwater.referrals.actions.answering import decline_ask
from breakwater.referrals.actions.asking import Wish, ask_many, call_off
from breakwater.referrals.actions.outside import Heard, hear_no
from breakwater.referrals.actions.placement import Guest, arrive, leave, place
from breakwater.referrals.models import Ask, Round
from breakwater.resources.fit import Wants
from breakwater.resources.models import Bed, Program
from breakwater.simulation.life import Life
from breakwater.simulation.town import Town

_WISH = Wish(
    kind=Bed.Kind.SHELTER_ADULT, also=(Bed.Kind.RESPITE, Bed.Kind.CRISIS_CHAIR), wants=Wants(age=30),
    words="One adult, tonight. Can come by bus.",
)  # fmt: skip
_RANG_OUT = "Rang twenty times; nobody at the desk."
_NOES = (("full", "Full since noon."), ("no_staff", "One of us on tonight; the empty ones stay empty."))


def asks_around(life: Life, town: Town, hours: float) -> None:
    """One is called in vain, then all are asked; all say no, and nobody is asked any more."""
    opened = _asks(life, hours)
    asks = Ask.objects.select_related("to_agency").filter(round=opened).order_by("program__place__name", "pk")
    for number, ask in enumerate(asks, 1):
        _says_no(ask, life, town, hours + 0.03 * number)
    call_off(opened, **life.acts(hours + 0.2))


def asks_just_now(life: Life) -> None:
    """All are asked, and none has answered yet; whoever has no account can answer by a link."""
    hours = (life.now - life.asked_at) / timedelta(hours=1) - 0.1
    for ask in Ask.objects.filter(round=_asks(life, hours), to_agency=None):
        hand_link_to_place(ask, **life.acts(hours + 0.05))


def stays_a_night(life: Life, town: Town, hours: float) -> None:
    """The clinic rings back: a chair is free after all. They come, and leave in the morning."""
    chair = town.a_free_bed(Bed.Kind.CRISIS_CHAIR, life.c, life.at(hours))
    guest = Guest(known_as=life.case.person.known_as.split()[0])
    held = place(life.case, chair, guest=guest, **life.acts(hours))
    for act, later in ((arrive, hours + 1), (leave, hours + 12)):
        with town.at(chair.agency.name, life.at(later), carer=True) as by:
            act(held, at=by.now, by=by)
        town.hear(life.at(later))


def _asks(life: Life, hours: float) -> Round:
    told: dict[str, Any] = {
        "kind": "call",
        "reached": False,
        "with_whom": "Recuperation beds",
        "words": _RANG_OUT,
    }
    life.note(hours - 0.1, **told)
    askable = Program.objects.askable_by(life.house.agency).filter(kind__in=_WISH.kinds)
    programs = list(askable.select_related("place", "agency", "service").order_by("place__name", "pk"))
    return ask_many(life.case, _WISH, programs, **life.acts(hours))


def _says_no(ask: Ask, life: Life, town: Town, hours: float) -> None:
    reason, words = life.c.choice(_NOES)
    if ask.to_agency is None:
        hear_no(ask, Heard(source="The night desk", words=words, reason=reason), **life.acts(hours))
        return
    with town.at(ask.to_agency.name, life.at(hours)) as by:
        decline_ask(ask, reason=reason, words=words, at=by.now, by=by)
    town.hear(life.at(hours))
