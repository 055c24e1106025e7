"""SP-45: every act is done once, however often and from wherever it is sent; with other words it is refused.

That twins at the same moment are one as well is tried in tests/luck/test_once_each.py: all acts pass the same door.
"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import get_resolver

from breakwater.trust.access import put_up_walls
from tests.architecture.world import addresses
from tests.matrix.acts import DONE, act_of, moved, sent_by, that_can_be_done, undone
from tests.matrix.cells import WRITTEN_FOR_AN_ACT, Cell
from tests.matrix.register import pages
from tests.matrix.surfaces import POLICIES
from tests.matrix.world import World

ENDS_EVERY_OTHER_SESSION = {"trust:password", "trust:ending", "trust:codes", "trust:naming", "trust:known"}


def test_every_act_sent_again_is_done_once_and_answered_alike(world):
    assert len(that_can_be_done()) > 80
    found = [wrong for name in that_can_be_done() for wrong in done_again(world, act_of(name))]
    assert "\n".join(found) == ""


def done_again(world: World, act: Cell) -> Iterator[str]:
    """What was wrong when an act was sent a second time, from another device, and with other words."""
    with undone():
        client = world.client(act.actor)
        first, typed = sent_by(client, world, act)
        if first.status_code not in DONE:
            yield f"{act}: not done at all, {first.status_code}"
            return
        for browser in (client, another_device(world, act.actor)):
            again, wrote = sent_once_more(world, browser, act, typed)
            if (again.status_code, again.get("Location"), again.content) != (
                first.status_code, first.get("Location"), first.content
            ):  # fmt: skip
                yield f"{act} again: {again.status_code} {again.get('Location')}, first {first.status_code}"
            if wrote:
                yield f"{act} again: wrote to {wrote}"
        other, wrote = sent_once_more(world, client, act, typed | {"words_besides": "Others."})
        if other.status_code != 422 or wrote:
            yield f"{act} with other words: {other.status_code}, wrote to {wrote}"


def sent_once_more(world: World, client: Client, act: Cell, typed: dict[str, Any]) -> tuple[Any, list[str]]:
    """The answer, and which tables it wrote to besides what every request may."""
    put_up_walls(world.actors[act.actor])
    before = moved()
    answer = client.post(act.page.at(world.ids(act.record)), typed)
    after = moved()
    return answer, sorted(
        {name for name, many in after.items() if many != before[name]} - WRITTEN_FOR_AN_ACT
    )


def another_device(world: World, actor: str) -> Client:
    """The same person, signed in elsewhere."""
    client = Client(raise_request_exception=False)
    client.force_login(world.actors[actor].user)
    return client
