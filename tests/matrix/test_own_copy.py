"""Whoever holds a key that needs no sign-in, at every address. The helped person and who speaks for them: their own
page tells what the law gives them of their own record, and nothing of anybody else's. A site with a letter, a phone at
a place: nothing but that letter, and no record. Everywhere else they are all asked to sign in like any stranger."""

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from breakwater.kernel.errors import Refused
from breakwater.people.actions.reach import add_supporter
from breakwater.portal.testing import a_church, a_link, a_link_to_receiver, a_room_link, an_own_copy
from breakwater.portal.tests import test_room_link as at_a_place
from breakwater.portal.tests import test_site_link as at_a_site
from breakwater.portal.tests.opening import NOTES, open_with
from breakwater.referrals.actions.handoff import withdraw_offer
from breakwater.referrals.models import Handoff
from breakwater.referrals.testing import a_handoff, a_referral
from breakwater.resources.testing import a_service
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


_NOTHING_THERE = (302, 401, 404, 405)
RECORD = "plain"


def own_copy(world, by):
    """The person, with their own copy."""
    return open_with(an_own_copy(world.cases[RECORD], by=by)[1])[0]


def site_link(world, by):
    """A site that was sent a letter."""
    service = a_service("Hope Night Shelter", organization="Hope House")
    told = {"to_name": "Hope Night Shelter, Hope House", "service": service, "words": "A bed for one."}
    return at_a_site.opened(a_link(a_referral(world.cases[RECORD], by=by, **told), by=by))


def packet_link(world, by):
    """A receiver without accounts to whom a case is handed over."""
    case = world.cases[RECORD]
    withdraw_offer(Handoff.objects.get(case=case, closed_at=None), words="We ask a house.", at=by.now, by=by)
    offered = a_handoff(case, by=by, sections=("triage",), message="Please take them over.")
    return at_a_site.opened(a_link_to_receiver(offered, by=by))


def room_phone(world, by):
    """A phone at a place that tells its room."""
    return at_a_place.let_in(a_room_link(a_church(), by=by))


HELD = {
    "own_copy": (own_copy, settings.NOTES_COOKIE, NOTES),
    "site_link": (site_link, settings.ANSWER_COOKIE, at_a_site.PLACE),
    "packet_link": (packet_link, settings.ANSWER_COOKIE, at_a_site.PLACE),
    "room_phone": (room_phone, settings.ROOM_COOKIE, at_a_place.ROOM),
}
"""How somebody comes to it, in which cookie it lies, and what it opens."""


def key_of(world, held):
    """The key that somebody holds."""
    opens, cookie, _ = HELD[held]
    by = as_seen_by(world.owner(RECORD))
    return opens(world, by).cookies[cookie].value


def browser(**cookies):
    client = Client(raise_request_exception=False)
    for name, value in cookies.items():
        client.cookies[name] = value
    return client


@pytest.mark.parametrize("held", ["own_copy", "site_link", "room_phone"])
def test_everywhere_else_they_are_asked_to_sign_in(world, held, whole):
    key, (_, cookie, _) = key_of(world, held), HELD[held]

    def shows_something(where):
        answers = (
            browser(**{cookie: key}).get(where),
            browser(**{cookie: key}).post(where, {"x": "1"}),
        )
        return any(
            one.status_code not in _NOTHING_THERE or world.cage.heard_in(one.content) for one in answers
        )

    asked = share((one for one in pages().values() if not POLICIES[one.name].public), whole=whole)
    assert [one.name for one in asked if shows_something(one.at(world.ids(RECORD)))] == []


@pytest.mark.parametrize("held", HELD)
def test_a_key_opens_its_own_door_and_no_other(world, held):
    key, (_, cookie, page) = key_of(world, held), HELD[held]
    assert is_open(browser(**{cookie: key}).get(page), page)
    cookies = {name for _, name, _ in HELD.values()} | {settings.SESSION_COOKIE_NAME, settings.LEFT_COOKIE}
    for other in cookies - {cookie}:
        for where in {one for _, _, one in HELD.values()} | {"/"}:
            assert not is_open(browser(**{other: key}).get(where), where), (other, where)
    for where in {one for _, _, one in HELD.values()} - {page}:
        assert not is_open(browser(**{cookie: key}).get(where), where)


def is_open(answer, where):
    """Whether a page shows more than the box in which a code is typed."""
    box = browser().get(where)
    said = [one.content.decode().partition("</title>")[2].count("<form") for one in (answer, box)]
    return answer.status_code == 200 and (said[0] > said[1] or b"one_time_code" not in answer.content)


@pytest.mark.parametrize("held", ["site_link", "packet_link", "room_phone"])
def test_what_a_place_is_shown_tells_of_a_record_no_more_than_its_letter(world, held):
    found = list[str]()
    with listening(world.cage, found):
        key, (_, cookie, page) = key_of(world, held), HELD[held]
        shown = browser(**{cookie: key}).get(page)
        told = "\n".join(f"{name}: {value}" for name, value in shown.items())
        heard = world.cage.heard_in(shown.content + told.encode() + shown.cookies.output().encode())
    assert (shown.status_code, found, heard) == (200, [], set())
