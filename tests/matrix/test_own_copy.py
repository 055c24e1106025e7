"""The helped person and who speaks for them, at every address: their own page tells what the law gives them of their
own record, and nothing of anybody else's; everywhere else they are asked to sign in like any stranger."""

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from breakwater.kernel.errors import Refused
from breakwater.people.actions.reach import add_supporter
from breakwater.portal.testing import an_own_copy
from breakwater.portal.tests.opening import NOTES, open_with
from breakwater.trust.testing import as_seen_by
from tests.matrix.leaks import listening
from tests.matrix.register import pages
from tests.matrix.share import share
from tests.matrix.surfaces import POLICIES
from tests.matrix.world import OWNERS

THEIRS = {
    "coping": "45 CFR 164.524: their own safety plan, in their own words",
    "step": "who does what by when",
    "supporter": "who stands round them and may know",
    "relation": "as what",
    "agreed": "45 CFR 164.508(c): what they agreed to, as they signed it",
}
"""The places of a record whose words the person's own page shows. It names nobody, not even them."""


def heard(world, said, record):
    """Which places of a record are told, and whatever of another is."""
    found = world.cage.heard_in(said)
    places = {place for place in THEIRS for one in found if one.text.startswith(f"zq{record}{place}")}
    return places, [
        one.text for one in found if not any(one.text.startswith(f"zq{record}{place}") for place in THEIRS)
    ]


@pytest.mark.parametrize("record", OWNERS)
def test_their_own_page_tells_theirs_and_nothing_else(world, record):
    by, found = as_seen_by(world.owner(record)), list[str]()
    _, code = an_own_copy(world.cases[record], by=by)
    with listening(world.cage, found):
        client, opened = open_with(code)
        page = client.get(NOTES)
    places, others = heard(world, page.content, record)
    assert (opened.status_code, page.status_code) == (303, 200)
    assert places == THEIRS.keys()
    assert others == []
    headers = "\n".join(f"{name}: {value}" for one in (opened, page) for name, value in one.items())
    assert world.cage.heard_in(headers.encode()) == set()
    assert found == []


@pytest.mark.parametrize("record", OWNERS)
def test_who_speaks_for_them_is_told_no_more_and_of_what_a_law_protects_nothing(world, record):
    """45 CFR 164.502(g)(3): a minor's own record is kept from whoever speaks for them; others need a consent."""
    by = as_seen_by(world.owner(record))
    case = world.cases[record]
    ana = add_supporter(
        case.person,
        name="Ana",
        relation="guardian",
        reach="",
        may_know="All",
        must_not_know=False,
        at=by.now,
        by=by,
    )
    told = {"supporter": ana, "authority": "Court order"}
    if case.circle.segments:
        with pytest.raises(Refused), transaction.atomic():
            an_own_copy(case, by=by, is_the_abuser=False, **told)
        by.refused.clear()
        return
    _, code = an_own_copy(case, by=by, is_the_abuser=False, **told)
    places, others = heard(world, open_with(code)[0].get(NOTES).content, record)
    assert (places, others) == (THEIRS.keys(), [])


def test_who_is_said_to_have_hurt_them_is_handed_nothing(world):
    by = as_seen_by(world.owner("plain"))
    case = world.cases["plain"]
    rob = add_supporter(
        case.person,
        name="Rob",
        relation="father",
        reach="",
        may_know="All",
        must_not_know=False,
        at=by.now,
        by=by,
    )
    with pytest.raises(Refused, match="given nothing"):
        an_own_copy(case, by=by, supporter=rob, authority="Father", is_the_abuser=True)


def test_everywhere_else_they_are_asked_to_sign_in(world, whole):
    by = as_seen_by(world.owner("plain"))
    _, code = an_own_copy(world.cases["plain"], by=by)
    key = open_with(code)[0].cookies[settings.NOTES_COOKIE].value
    client = Client(raise_request_exception=False)

    def shows_something(where):
        client.cookies.clear()
        client.cookies[settings.NOTES_COOKIE] = key
        answers = (client.get(where), client.post(where, {"x": "1"}))
        return any(
            one.status_code not in (302, 401, 404, 405) or world.cage.heard_in(one.content) for one in answers
        )

    asked = share((one for one in pages().values() if not POLICIES[one.name].public), whole=whole)
    assert [one.name for one in asked if shows_something(one.at(world.ids("plain")))] == []
