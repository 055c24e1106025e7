import pytest

from breakwater.benefits.testing import a_submitted_application, an_interview, some_papers, told
from breakwater.cases.testing import a_case
from breakwater.referrals.packet import USUAL, packet_of
from breakwater.trust.testing import an_actor

pytestmark = pytest.mark.django_db


def test_the_packet_tells_what_must_not_lapse():
    ada = an_actor()
    case = a_case(by=ada)
    application = a_submitted_application(case, by=ada)
    some_papers(application, by=ada)
    an_interview(application, by=ada)
    told(a_submitted_application(case, by=ada, program="wic"), "approved", by=ada)
    assert "benefits" in USUAL
    snap, wic = packet_of(case, ["benefits"], by=ada)["sections"][0]["lines"]
    for said in ("Submitted", "Proof: SN-4471-09", "Missing: ", "The lease", ": SNAP decision"):
        assert said in snap["words"]
    assert "Approved until September 6, 2026" in wic["words"]
