"""What comes to be protected by a law after a case was offered: no link to that packet is made, and none opens it."""

import pytest
from django.conf import settings
from django.db import connection, transaction

from breakwater.cases.testing import a_note
from breakwater.kernel.errors import Refused
from breakwater.portal.answering import mark_of
from breakwater.portal.testing import a_link_to_receiver
from breakwater.portal.tests.test_site_link import knock, opened, phone
from breakwater.portal.tests.test_site_packet import SECTIONS, ada, case, offer, text_of
from breakwater.referrals.actions import handoff as offering
from breakwater.referrals.actions.handoff import Receiver, offer_case
from breakwater.referrals.packet import packet_of
from breakwater.referrals.views import handoff as page
from breakwater.trust.access import as_nobody
from breakwater.trust.actions.consents import raise_segments
from breakwater.trust.testing import as_seen_by
from breakwater.trust.tests.browsing import browser_of
from breakwater.trust.tests.browsing import press as trust_press

pytestmark = pytest.mark.django_db
__all__ = ["ada", "case"]


@pytest.fixture
def note(ada, case):
    return a_note(case, words="What she told in therapy.", by=ada, at=ada.now)


@pytest.fixture
def offered(ada, case, note):
    packet = packet_of(case, SECTIONS, notes=[note.pk], by=ada)
    return offer_case(case, to=Receiver(name="Hope House"), packet=packet, at=ada.now, by=ada)


def test_a_link_is_not_made_and_it_is_said_to_offer_it_anew(ada, note, offered):
    raise_segments(note, ["psychotherapy-notes"], at=ada.now, by=ada)
    with pytest.raises(Refused, match="offer it anew"), transaction.atomic():
        a_link_to_receiver(offered, by=ada)


def test_a_link_that_was_made_opens_nothing_and_what_is_open_closes(ada, note, offered):
    handed = a_link_to_receiver(offered, by=ada)
    client = opened(handed)
    assert "in therapy" in text_of(client)
    as_seen_by(ada)
    raise_segments(note, ["psychotherapy-notes"], at=ada.now, by=ada)
    assert "in therapy" not in text_of(client)
    assert knock(phone("203.0.113.4"), handed).status_code == 422


def test_behind_the_wall_of_its_link_lies_no_packet_either(ada, note, offered):
    client = opened(a_link_to_receiver(offered, by=ada))
    key = mark_of(client.cookies[settings.ANSWER_COOKIE].value)
    as_seen_by(ada)
    raise_segments(note, ["psychotherapy-notes"], at=ada.now, by=ada)
    with as_nobody(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('breakwater.copy', %s, true)", (key,))
        cursor.execute("SELECT count(*) FROM referrals_handoff")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT set_config('breakwater.copy', '', true)")


def test_what_was_protected_before_it_was_offered_keeps_nothing_closed(ada, case, note):
    raise_segments(note, ["psychotherapy-notes"], at=ada.now, by=ada)
    assert "Marisol Vega" in text_of(opened(a_link_to_receiver(offer(case, by=ada), by=ada)))


def test_the_packet_is_read_while_the_record_is_held(ada, case, note, monkeypatch):
    """Whoever protects something waits, or was waited for: what is offered is what may be."""
    held = []
    monkeypatch.setattr(offering, "hold_circle", lambda circle: held.append("held") or circle)
    monkeypatch.setattr(page, "packet_of", lambda *args, **facts: held.append("read") or {})
    monkeypatch.setattr(page, "with_files", lambda told, *args, **facts: told)
    monkeypatch.setattr(offering, "shown_before", lambda *args, **facts: {})
    said = {"to_name": "Hope House", "sections": list(SECTIONS), "message": "Call her Mari."}
    trust_press(browser_of(ada), f"/referrals/{case.pk}/hand-off/", by=ada, **said)
    assert held[:2] == ["held", "read"]
