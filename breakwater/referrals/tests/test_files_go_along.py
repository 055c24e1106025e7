"""Files of a case go along in a hand-off packet by choice, and hang on the papers that an office wants."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.utils import timezone

from breakwater.attachments.actions import Peg, attach
from breakwater.attachments.models import Attachment
from breakwater.attachments.testing import a_file
from breakwater.benefits.actions.applying import want_papers
from breakwater.benefits.actions.filing import keep_paper
from breakwater.benefits.testing import an_application
from breakwater.cases.testing import a_case
from breakwater.kernel.errors import Refused
from breakwater.messaging.testing import a_message
from breakwater.referrals.actions.handoff import Receiver, offer_case
from breakwater.referrals.filed import with_files
from breakwater.referrals.models import Handoff
from breakwater.referrals.packet import USUAL, packet_of
from breakwater.trust.capabilities import Role
from breakwater.trust.testing import an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


@pytest.fixture
def case(ada):
    return a_case(by=ada, at=ada.now, known_as="Marisol Vega")


def test_a_file_that_is_chosen_is_shown_first_goes_along_and_is_read_at_the_far_end(ada, case):
    a_message(case, by=ada, attached=(a_file(name="eviction.txt"), a_file(name="private.txt")))
    rosa = an_actor(Role.PARTNER, name="Rosa Lind", now=ada.now)
    as_seen_by(ada)
    chosen, other = Attachment.objects.order_by("pk")
    browser, where = browser_of(ada), f"/referrals/{case.pk}/hand-off/"
    assert "eviction.txt" in browser.get(where).content.decode()
    said = {"agency": str(rosa.agency_id), "sections": ["happening"], "along": [str(chosen.pk)]}
    shown = press(browser, where, by=ada, **said).content.decode()
    told = shown[shown.index('class="panel packet"') : shown.index("</article>")]
    assert ("eviction.txt" in told, "private.txt" in told) == (True, False)
    mark = re.search(r'name="shown" value="([^"]*)"', shown)[1]
    assert press(browser, where, by=ada, shown=mark, **said).status_code == 303
    as_seen_by(rosa)
    handoff = Handoff.objects.get()
    (copy,) = Attachment.objects.visible_to(rosa)
    assert (copy.about, copy.name, copy.content()) == (handoff.pk, "eviction.txt", b"Come at four.")
    theirs = browser_of(rosa)
    page = theirs.get(f"/referrals/hand-offs/{handoff.pk}/").content.decode()
    assert (f"/attachments/{copy.pk}/" in page, "private.txt" in page) == (True, False)
    assert "eviction.txt" in str(handoff.packet["sections"])
    assert theirs.get(f"/attachments/{chosen.pk}/").status_code == 404, "the original stays at home"
    assert theirs.get(f"/attachments/{copy.pk}/").status_code == 200
    as_seen_by(ada)
    assert Attachment.objects.filter(about=handoff.pk).count() == 1
    assert other.about != handoff.pk


def test_a_file_goes_to_nobody_without_accounts_unlooked_at_and_nobody_else_hangs_one_on_a_hand_off(
    ada, case
):
    a_message(case, by=ada, attached=(a_file(),))
    as_seen_by(ada)
    (kept,) = Attachment.objects.all()
    packet = with_files(packet_of(case, USUAL, by=ada), case, [kept.pk], by=ada)
    assert packet["opened_by"] == ["care"]
    with pytest.raises(Refused, match="No scanner looked"):
        offer_case(case, to=Receiver(name="Long Road"), packet=packet, at=ada.now, by=ada)
    rosa = an_actor(Role.PARTNER, now=ada.now)
    as_seen_by(ada)
    receiver = Receiver(name=rosa.agency.name, agency=rosa.agency)
    handoff = offer_case(case, to=receiver, packet=packet, at=ada.now, by=ada)
    forged = Peg(
        what="handoff", about=handoff.pk, circle_id=handoff.circle_id, from_agency_id=ada.agency_id,
        to_agency_id=rosa.agency_id, opens="care",
    )  # fmt: skip
    for other in (rosa, an_actor(agency=ada.agency, now=ada.now)):
        as_seen_by(other)
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            attach([a_file()], forged, at=ada.now, by=other)


def test_a_paper_that_an_office_wants_is_kept_with_it(ada, case):
    application = an_application(case, by=ada)
    (paper,) = want_papers(application, ["A pay stub"], due_on=None, at=ada.now, by=ada)
    with pytest.raises(Refused, match="Choose a photo"):
        keep_paper(paper, [], at=ada.now, by=ada)
    browser, where = browser_of(ada), f"/benefits/papers/{paper.pk}/files/"
    sent = {"attached": [SimpleUploadedFile("stub.txt", b"Paid.", content_type="text/plain")]}
    assert press(browser, where, by=ada, **sent).status_code == 303
    page = browser.get(f"/benefits/applications/{application.pk}/").content.decode()
    as_seen_by(ada)
    (kept,) = Attachment.objects.all()
    assert (kept.about, kept.opens, f"/attachments/{kept.pk}/" in page) == (paper.pk, "needs", True)
    assert "stub.txt" in browser.get(f"/referrals/{case.pk}/hand-off/").content.decode()
