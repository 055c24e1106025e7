"""A record at which one says why first: no page about anything of it opens, at any address, before somebody did."""

import pytest

from breakwater.trust.actions.looks import flag_record
from breakwater.trust.testing import as_seen_by
from tests.matrix.register import pages
from tests.matrix.share import share
from tests.matrix.surfaces import HOLDS

RECORD = "plain"
OF_NOBODY = {"", "house", "premises", "listing", "own", "directory"}
"""Kinds of things that are the agency's own. What they tell of the record counts all the same."""
TELLS_ANYWAY = {
    "privacy:incident": "what got out, in words of the agency's own; it is of no one record",
}


def opens(page, world, by):
    """Why a page counts as one that opened without a question; ``""`` when it asked, or was none for them."""
    answer = world.client(by).get(page.at(world.ids(RECORD)))
    if answer.status_code != 200:
        return ""
    about = {HOLDS[one] for one in page.ids} - OF_NOBODY
    told = {
        one.text for one in world.cage.heard_in(answer.content) if one.text.startswith(f"zq{RECORD}")
    }  # fmt: skip
    return f"{page.name} {sorted(about)} {sorted(told)}" if about or told else ""


@pytest.mark.parametrize("by", ["manager", "supervisor", "officer"])
def test_every_page_about_a_record_asks_why_first(world, by, whole):
    officer = as_seen_by(world.actors["officer"])
    flag_record(world.cases[RECORD].circle, news_on=None, at=officer.now, by=officer)
    asked = share((one for one in pages().values() if one.ids and one.name not in TELLS_ANYWAY), whole=whole)
    why = pages()["privacy:why"].at(world.ids(RECORD))
    assert world.client(by).get(why).status_code == 200, "there one says why"
    assert [said for one in asked if (said := opens(one, world, by))] == []


def test_before_it_is_one_such_they_open(world):
    known = pages()
    for name in ("portal:site_links", "referrals:offer_taking", "referrals:ask", "privacy:letting_out"):
        assert opens(known[name], world, "supervisor"), name
