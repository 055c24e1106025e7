"""The ways to find a bed. Each is a search that says how many minutes pass before it goes on."""

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from datetime import timedelta

from breakwater.referrals.library import ROUNDS
from breakwater.referrals.suggesting import Suggestion, Told, Truth, order_of
from breakwater.resources.rules import trust_at
from breakwater.simulation.comparing.assumptions import Figures
from breakwater.simulation.comparing.desk import Desk, Standing
from breakwater.simulation.comparing.world import TRIES, Request

Search = Generator[float, None, bool]
"""Minutes that pass, again and again; at the end whether somebody was taken."""

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Way:
    """One way to search. ``asks_again`` is whether its board asks places whose figures grow old."""

    code: str
    label: str
    words: str
    search: Callable[[Desk, Request, "Terms"], Search]
    asks_again: bool = False


@dataclass(frozen=True)
class Terms:
    """What a search goes by, besides the county: the assumptions, and the half-life of the kind of bed."""

    figures: Figures
    half_life: timedelta


def phone_round(desk: Desk, request: Request, terms: Terms) -> Search:
    """Call one after another, first whoever took somebody last."""
    return (yield from _call(desk, request, terms, desk.by_last_yes()))


def plain_board(desk: Desk, request: Request, terms: Terms) -> Search:
    """Read the numbers: call who lists the most free beds first, and then the others."""
    yield terms.figures.look
    listed = sorted(desk.by_last_yes(), key=lambda place: -place.figure(desk.now).free)
    return (yield from _call(desk, request, terms, listed))


def our_board(desk: Desk, request: Request, terms: Terms) -> Search:
    """Call in the order that our board suggests."""
    yield terms.figures.look
    return (yield from _call(desk, request, terms, _suggested(desk, request, terms)))


def ask_many(desk: Desk, request: Request, terms: Terms) -> Search:
    """Ask the first few of our board at once, in writing; the first yes wins. Nobody in time: call who said nothing."""
    yield terms.figures.look
    suggested = _suggested(desk, request, terms)
    asked = [(_answers_after(desk, request, one), number, one, one.figure(desk.now).free > 0)
             for number, one in enumerate(suggested[: int(terms.figures.at_once)])]  # fmt: skip
    said_no, passed = set(), 0.0
    for _ in asked:
        desk.asks(request)
    for after, _, place, listed in sorted(asked, key=lambda one: one[:2]):
        yield after - passed
        passed = after
        if desk.chance(request, place).answers_after is None:
            desk.count(request, place, listed=listed, said_yes=False)
        elif desk.answer(request, place, listed=listed):
            return True
        else:
            said_no.add(place.house.number)
    left = [place for place in suggested if place.house.number not in said_no]
    return (yield from _call(desk, request, terms, left))


def _call(desk: Desk, request: Request, terms: Terms, places: Iterable[Standing]) -> Search:
    """Call each, and once more whoever did not pick up."""
    left = list(places)
    for number in range(TRIES):
        silent = []
        for place in left:
            chance, listed = desk.chance(request, place), place.figure(desk.now).free > 0
            desk.asks(request)
            if not chance.picks_up[number]:
                silent.append(place)
                yield terms.figures.rings
                continue
            yield chance.minutes[number]
            if desk.answer(request, place, listed=listed):
                return True
        left = silent
    return False


def _suggested(desk: Desk, request: Request, terms: Terms) -> list[Standing]:
    """The places in the order of the product."""
    return sorted(desk.places, key=lambda place: order_of(_suggestion(desk, request, place, terms)))


def _suggestion(desk: Desk, request: Request, place: Standing, terms: Terms) -> Suggestion:
    figure = place.figure(desk.now)
    asked, accepted = place.truth
    told = Told(accepting=figure.free, trust=trust_at(timedelta(hours=figure.age), terms.half_life))
    return Suggestion(
        program_id=place.house.id,
        fit=place.house.listed[request.wants],
        told=told,
        truth=Truth(asked, accepted),
    )


def _answers_after(desk: Desk, request: Request, place: Standing) -> float:
    after = desk.chance(request, place).answers_after
    return ROUNDS.answer_within / _MINUTE if after is None else after


WAYS = (
    Way("phone", "Phone round", "No board: one call after another, first to whoever took somebody last", phone_round),
    Way("plain", "Plain board", "A number for each place; calls, the largest number first", plain_board),
    Way("ours", "Our board", "Fit, trust by age and truth as they are shown here; calls, in its order", our_board,
        asks_again=True),
    Way("many", "Our board, asking many", "The first five of it are asked at once, in writing", ask_many,
        asks_again=True),
)  # fmt: skip
