"""A link goes to a site's desk by itself, through the one gate, in fixed words and without its code."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from breakwater.cases.testing import a_case
from breakwater.kernel.errors import Refused
from breakwater.messaging.actions.sites import Desk, Errand, carry_link
from breakwater.messaging.jobs import send_due
from breakwater.messaging.models import Notice
from breakwater.messaging.tests.outside import a_mail_server
from breakwater.portal.actions.linking import end_link
from breakwater.portal.models import SiteLink
from breakwater.referrals.testing import a_referral
from breakwater.resources.models import Service
from breakwater.resources.testing import a_service
from breakwater.trust.testing import an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db
_LETTERS = re.compile(r"/answers/#([\w-]+)")


def now():
    return datetime.now(UTC)


def test_the_link_goes_by_mail_without_its_code_and_is_kept_no_longer(settings):
    ada = an_actor(now=now() - timedelta(seconds=5))
    service = a_service("Hope Night Shelter")
    Service.objects.filter(pk=service.pk).update(email="desk@hope.example")
    service.refresh_from_db()
    case = a_case(by=ada, at=ada.now, known_as="Marisol Vega")
    sent = a_referral(case, by=ada, to_name="Hope Night Shelter", service=service, words="A bed for one.")
    browser, where = browser_of(ada), f"/site-links/letters/{sent.pk}/"
    settings.MAIL = None
    assert "desk@hope.example" not in browser.get(where).content.decode(), "nothing is offered that cannot go"
    as_seen_by(ada)
    errand = Errand(kind="link", cause=sent.pk, about=sent.pk)
    with pytest.raises(Refused, match="Send the link yourself"):
        carry_link(Desk(channel="email", value="a@b.example"), "x", errand, at=ada.now, by=ada)
    with a_mail_server(settings) as mail:
        assert "By e-mail to desk@hope.example" in browser.get(where).content.decode()
        press(browser, where, by=ada, desk="elsewhere@evil.example")
        as_seen_by(ada)
        assert not Notice.objects.filter(kind="link").exists(), "it goes where the directory says"
        first = press(browser, where, by=ada, desk="desk@hope.example").content.decode()
        as_seen_by(ada)
        end_link(SiteLink.objects.usable().get(), at=now(), by=ada)
        assert Notice.objects.get(kind="link").state == "dropped", "what opens nothing any more is not sent"
        slip = press(browser, where, by=ada, desk="desk@hope.example").content.decode()
        assert "by itself" in slip
        send_due(ada.agency, at=now())
        (letter,) = mail.letters
    text = letter.get_payload(decode=True).decode()
    code = re.search(r"<code>([0-9A-Z]{5})</code>", slip)[1]
    assert letter["To"] == "desk@hope.example"
    assert text.strip().endswith(_LETTERS.search(slip)[1])
    for untold in (code, "Marisol", "bed for one", ada.agency.name, _LETTERS.search(first)[1]):
        assert untold not in text
    as_seen_by(ada)
    assert {(one.link, one.state) for one in Notice.objects.filter(kind="link")} == {
        ("", "dropped"),
        ("", "sent"),
    }
