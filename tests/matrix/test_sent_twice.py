"""SP-45: every act is done once, however often and from wherever it is sent; with other words it is refused.

That twins at the same moment are one as well is tried in tests/luck/test_once_each.py: all acts pass the same door.
"""

from collections.abc import Iterator
from typing import Any

from django.test import Client

from breakwater.trust.access import put_up_walls
from tests.matrix.acts import DONE, act_of, moved, sent_by, that_can_be_done, undone
from tests.matrix.cells import WRITTEN_FOR_AN_ACT, Cell
from tests.matrix.world import World

SHOWS_A_SECRET_ONCE = {
    "administration:appointing", "administration:inviting", "trust:codes", "trust:resets", "trust:approval",
    "portal:own_copy", "portal:room_link", "portal:room_link_code", "portal:room_link_key", "people:safe_word_code",
}  # fmt: skip
"""Its second answer shows no secret: what was shown is kept nowhere."""
ENDS_THEIR_OWN_WAY_IN = {"administration:suspension": 401}
"""Afterwards nobody of the agency comes in at all, and this is said to them."""
HANDS_THE_BROWSER_OVER = {"portal:giving": 404, "portal:plan_giving": 404}
"""Afterwards the person has this browser in their hands, and finds nothing behind it; another is answered as ever."""
KEEPS_NO_RECEIPT = {"assessments:one"}
"""One answer of a sheet, by itself: the same again writes nothing, and another is held against what was shown."""
DOES_NOTHING_YET = {"trust:asked_to_make"}
"""A browser asks for a challenge, as often as it likes; what it makes of it is sent by another form."""


def test_every_act_sent_again_is_done_once_and_answered_alike(world):
    acts = [act_of(name) for name in that_can_be_done() if name not in DOES_NOTHING_YET]
    assert len(acts) > _MANY
    assert [wrong for act in acts for wrong in done_again(world, act)] == []


_MANY = 80


def done_again(world: World, act: Cell) -> Iterator[str]:
    """What was wrong when an act was sent a second time, from another device, and with other words."""
    with undone():
        client = world.client(act.actor)
        first, typed = sent_by(client, world, act)
        if first.status_code not in DONE:
            yield f"{act}: not done at all, {first.status_code}"
            return
        shut = ENDS_THEIR_OWN_WAY_IN.get(act.page.name)
        shut_here = shut or HANDS_THE_BROWSER_OVER.get(act.page.name)
        for browser, turned_away in ((client, shut_here), (another_device(world, act.actor), shut)):
            again, wrote = sent_once_more(world, browser, act, typed)
            if wrote or not is_alike(act.page.name, first, again, turned_away=turned_away):
                yield f"{act} again: {again.status_code}, first {first.status_code}, wrote to {wrote}"
        other, wrote = sent_once_more(world, client, act, typed | {"besides": "Other words."})
        if wrote or other.status_code != (shut_here or (200 if act.page.name in KEEPS_NO_RECEIPT else 422)):
            yield f"{act} with other words: {other.status_code}, wrote to {wrote}"


def is_alike(name: str, first: Any, again: Any, *, turned_away: int | None) -> bool:
    """Whether the second answer is the first; where that cannot be, whether it tells nothing that was told once."""
    if turned_away:
        return bool(again.status_code == turned_away)
    if name in SHOWS_A_SECRET_ONCE:
        return again.status_code in DONE and again.content != first.content
    if name in KEEPS_NO_RECEIPT:
        return bool(again.status_code == first.status_code)
    told, first_told = ((one.status_code, one.get("Location"), one.content) for one in (again, first))
    return bool(told == first_told and "Idempotent-Replay" in again)


def sent_once_more(world: World, client: Client, act: Cell, typed: dict[str, Any]) -> tuple[Any, list[str]]:
    """The answer, and which tables it wrote to besides what every request may."""
    put_up_walls(world.actors[act.actor])
    before = moved()
    answer = client.post(act.page.at(world.ids(act.record)), typed)
    after = moved()
    return answer, sorted({name for name, many in after.items() if many != before[name]} - WRITTEN_FOR_AN_ACT)


def another_device(world: World, actor: str) -> Client:
    """The same person, signed in elsewhere."""
    client = Client(raise_request_exception=False)
    client.force_login(world.actors[actor].user)
    return client
