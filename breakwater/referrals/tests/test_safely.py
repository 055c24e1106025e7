"""What a hand-off tells of how to keep somebody safe, and which laws go along with it."""

import pytest

from breakwater.cases.testing import a_case
from breakwater.plans.library import FORM
from breakwater.plans.testing import a_lesson, a_safety_plan
from breakwater.referrals.packet import informing, packet_of
from breakwater.trust.actions.consents import raise_segments
from breakwater.trust.testing import NOON, an_actor

pytestmark = pytest.mark.django_db


def test_the_next_worker_reads_what_helps_and_the_plan_as_it_stands():
    ada = an_actor()
    case = a_case(by=ada, triggers="Sirens")
    assert [one["lines"] for one in packet_of(case, ["safety_plan"], by=ada)["sections"]] == [[]]
    a_lesson(case, by=ada, words="Loud music", effect=9)
    plan = a_safety_plan(case, by=ada, own_coping="A bath", reasons="")
    packet = packet_of(case, ["card", "safety_plan"], by=ada)
    told = {line["label"]: line["words"] for section in packet["sections"] for line in section["lines"]}
    assert told["Do: it helps"] == "Loud music\n(it helps 9 of 10)\nA bath\n(in their own plan)"
    assert told["Leave out: it makes it worse"] == "Sirens"
    assert told[FORM.sections["own_coping"].title["en"]] == "A bath"
    assert told[FORM.sections["reasons"].title["en"]] == "Nothing yet"
    assert (informing(packet), packet["segments"]) == ({"who", "care"}, [])
    raise_segments(plan, ["part2"], at=NOON, by=ada)
    for section in ("card", "safety_plan"):
        assert packet_of(case, [section], by=ada)["segments"] == ["part2"]
    assert packet_of(case, ["who"], by=ada)["segments"] == []
