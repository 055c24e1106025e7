"""Files of a case go along with a letter by its link: chosen, opened behind its wall, and accounted for each time."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction

from breakwater.attachments.actions import release
from breakwater.attachments.library import LIMITS
from breakwater.attachments.models import Attachment
from breakwater.attachments.rules import why_not_along
from breakwater.attachments.testing import a_file
from breakwater.cases.testing import a_case
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.kernel.keys import new_key
from breakwater.messaging.testing import a_message
from breakwater.people.disclosed import disclosures
from breakwater.portal.actions.linking import end_link, hand_link
from breakwater.portal.actions.site import open_file
from breakwater.portal.answering import Site, mark_of
from breakwater.portal.library import LINKS
from breakwater.portal.models import SiteFile, SiteLink
from breakwater.portal.testing import a_link
from breakwater.portal.tests.test_site_link import PLACE, knock, opened, phone, press
from breakwater.referrals.actions.loop import withdraw
from breakwater.referrals.models import Referral
from breakwater.referrals.testing import a_referral
from breakwater.trust.actions.consents import raise_segments, take_consent, withdraw_consent
from breakwater.trust.actions.leaving import Recipient
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Consent, Decision, Entry
from breakwater.trust.testing import a_release, an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of
from breakwater.trust.tests.browsing import press as trust_press

pytestmark = pytest.mark.django_db
NAMED = "Marisol eviction.txt"


@pytest.fixture
def ada():
    return an_actor(now=datetime.now(UTC) - timedelta(seconds=5))


@pytest.fixture
def case(ada):
    case = a_case(by=ada, at=ada.now, known_as="Marisol Vega")
    for name, content in ((NAMED, b"Out by Friday."), ("other.txt", b"Her brother's number.")):
        a_message(case, by=ada, attached=(a_file(name=name, content=content, is_scanned=True),))
    as_seen_by(ada)
    return case


@pytest.fixture
def sent(ada, case):
    return a_referral(case, by=ada, to_name="Hope Night Shelter", words="A bed for one.")


def kept(name=NAMED):
    return next(one for one in Attachment.objects.filter(to_agency=None) if one.name == name)


def with_files(sent, *files, by, at=None):
    """A link to a letter with which files go along."""
    found = Referral.objects.get(pk=sent.pk)
    return hand_link(found, files=[one.pk for one in files], at=at or by.now, by=by)


def leads_to(client):
    """Where the letter that is open in a browser leads to its files."""
    return re.findall(r'href="(/answers/files/[0-9a-f-]+/)"', client.get(PLACE).content.decode())


def same(answer, other):
    """Whether two answers are the same, byte for byte."""
    return (answer.status_code, dict(answer.items()), answer.content) == (
        other.status_code, dict(other.items()), other.content,
    )  # fmt: skip


def test_a_file_is_chosen_on_the_page_goes_along_and_is_opened_behind_the_letters_wall(ada, case, sent):
    browser, where = browser_of(ada), f"/site-links/letters/{sent.pk}/"
    assert NAMED in browser.get(where).content.decode()
    key = new_key(ada.user.pk)
    said = {"x": "1", "along": [str(kept().pk)]}
    slip, _ = (trust_press(browser, where, key=key, by=ada, **said).content.decode() for _ in range(2))
    assert (NAMED in slip, "other.txt" in slip) == (True, False)
    as_seen_by(ada)
    assert SiteFile.objects.count() == 1, "pressed twice, handed out once"
    assert "not opened" in browser.get(where).content.decode()
    client = phone()
    knocked = client.post(PLACE, {"letters": slip_letters(slip), "one_time_code": slip_code(slip)})
    assert knocked.status_code == 303
    page = client.get(PLACE).content.decode()
    (leads,) = leads_to(client)
    assert ("Text, 1 kB" in page, "Marisol" in page, "eviction" in page) == (True, False, False)
    answer = client.get(leads)
    assert (answer.status_code, answer.content) == (200, b"Out by Friday.")
    assert answer["Content-Disposition"] == 'attachment; filename="attachment.txt"'
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["Cache-Control"] == "no-store"
    assert client.get(leads).status_code == 200
    as_seen_by(ada)
    assert "opened 2 times" in browser.get(where).content.decode()
    told = [one for one in disclosures(case.circle_id, ada.agency) if "A file" in one.what]
    assert {(one.to, one.what) for one in told} == {
        ("Hope Night Shelter", "A file with a referral for housing: Text, 1 kB")
    }
    assert len(told) == 2, "each opening, and nothing before the first"
    assert Entry.objects.filter(verb="portal.site_file_opened").count() == 2


def slip_letters(slip):
    return re.search(r"/answers/#([\w-]+)", slip)[0]


def slip_code(slip):
    return re.search(r"<code>([0-9A-Z]{5})</code>", slip)[1]


@pytest.mark.parametrize(
    "over",
    [
        "a stranger",
        "time",
        "taken back",
        "withdrawn",
        "answered",
        "another letter's",
        "too often",
        "elsewhere",
    ],
)
def test_everywhere_else_it_is_the_same_404_as_one_that_never_was(ada, case, sent, over):
    handed = with_files(sent, kept(), by=ada)
    client = opened(handed)
    (leads,) = leads_to(client)
    as_seen_by(ada)
    now = datetime.now(UTC)
    if over == "a stranger":
        client = phone()
    elif over == "time":
        SiteLink.objects.update(opened_at=now - timedelta(2), closes_at=now - timedelta(hours=1))
    elif over == "taken back":
        end_link(handed.link, at=now, by=ada)
    elif over == "withdrawn":
        withdraw(sent, words="They found a room.", at=now, by=ada)
    elif over == "answered":
        assert press(client, answer="yes").status_code == 303
    elif over == "another letter's":
        client = opened(with_files(a_referral(case, by=ada), kept("other.txt"), by=ada))
        assert leads_to(client) != [leads]
    elif over == "too often":
        SiteFile.objects.update(times=LINKS.file_opens, opened_at=now)
        assert leads_to(client) == []
    else:
        knock(phone("203.0.113.4"), handed)
    never = client.get(f"/answers/files/{uuid4()}/")
    found = client.get(leads)
    assert found.status_code == 404
    assert same(found, never)
    assert client.head(leads).status_code == client.post(leads).status_code == 405, "nothing is opened unseen"
    as_seen_by(ada)
    assert not Entry.objects.filter(verb="portal.site_file_opened").exists()
    if over in ("taken back", "withdrawn", "answered", "too often"):
        site = Site(link_id=handed.link.pk, agency=ada.agency, letter_id=sent.pk, closes_at=now)
        with pytest.raises(Overtaken, match="no longer open"):
            open_file(site, SiteFile.objects.get(link=handed.link), at=datetime.now(UTC))


def test_the_law_is_asked_for_each_file_its_notice_goes_along_and_a_consent_taken_back_shuts_it(ada, case):
    """The letter names nobody, so it may always be asked; the file would name them."""
    raise_segments(case.circle, ["part2"], at=ada.now, by=ada)
    sent = a_referral(case, by=ada, to_name="Dr. Reed", need="medical", words="A doctor for one.")
    with pytest.raises(Refused), transaction.atomic():
        with_files(sent, kept(), by=ada)
    assert [one.answer for one in ada.refused] == ["refuse"]
    ada.refused.clear()
    ends = ada.now.astimezone(ada.zone).date() + timedelta(30)
    agreed = a_release(
        ada.agency, kind="part2", segments=frozenset({"part2"}), ends=ends, lets_in=False,
        information=frozenset({"who", "care", "needs"}),
    )  # fmt: skip
    take_consent(replace(agreed, to=Recipient(name="Dr. Reed")), circle=case.circle, at=ada.now, by=ada)
    client = opened(with_files(sent, kept(), by=ada))
    page = client.get(PLACE).content.decode()
    assert "42 CFR" in page, "the notice that the law sends along"
    (leads,) = leads_to(client)
    assert client.get(leads).status_code == 200
    as_seen_by(ada)
    permits = Decision.objects.filter(answer="permit", recipient_name="Dr. Reed")
    assert [(one.segments, "A file" in one.what) for one in permits] == [(["part2"], True)]
    withdraw_consent(Consent.objects.get(), words="No.", at=datetime.now(UTC), by=ada)
    page = client.get(PLACE).content.decode()
    assert ("A doctor for one." in page, "/answers/files/" in page) == (True, False)
    assert same(client.get(leads), client.get(f"/answers/files/{uuid4()}/"))


def test_what_cannot_go_is_said_before_a_link_is_made(ada, case, sent):
    a_message(case, by=ada, attached=(a_file(name="raw.txt"),))
    as_seen_by(ada)
    raw = kept("raw.txt")
    with pytest.raises(Refused, match="No scanner looked"), transaction.atomic():
        with_files(sent, raw, by=ada)
    with pytest.raises(Refused, match="not there any more"), transaction.atomic():
        hand_link(sent, files=[uuid4()], at=ada.now, by=ada)
    assert "too large to go along" in why_not_along([(LIMITS.together, True), (1, True)], LIMITS)
    assert "go along with one letter" in why_not_along([(1, True)] * 4, LIMITS)
    assert not SiteLink.objects.exists()
    browser, where = browser_of(ada), f"/site-links/letters/{sent.pk}/"
    assert "raw.txt" not in browser.get(where).content.decode(), "what nobody may open here is not offered"
    pressed = trust_press(browser, where, by=ada, x="1", along=[str(raw.pk)]).content.decode()
    assert "can no longer be chosen" in pressed
    bo = an_actor(agency=ada.agency, now=ada.now)
    as_seen_by(bo)
    release(raw, at=bo.now, by=bo)
    assert leads_to(opened(with_files(sent, raw, by=bo)))


def test_raw_sql_reads_these_files_and_no_other_and_hangs_none_on_a_link(ada, case, sent):
    """Behind the second wall, by statements that no page of ours sends."""
    other = with_files(a_referral(case, by=ada), kept("other.txt"), by=ada)
    client = opened(with_files(sent, kept(), by=ada))
    key = client.cookies[settings.ANSWER_COOKIE].value
    as_seen_by(ada)
    mine = kept()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('breakwater.agency', '', true), set_config('breakwater.user', '', true)"
        )
        for held, reads in ((mark_of(key), [mine.pk]), (mark_of("x"), []), ("", [])):
            cursor.execute("SELECT set_config('breakwater.copy', %s, true)", (held,))
            for column, table in (("id", "attachments_attachment"), ("attachment_id", "attachments_piece")):
                cursor.execute(f"SELECT {column} FROM {table}")
                assert [row[0] for row in cursor.fetchall()] == reads, table
            cursor.execute("SELECT attachment_id FROM portal_sitefile")
            assert [row[0] for row in cursor.fetchall()] == reads
            cursor.execute("UPDATE portal_sitefile SET times = 0, opened_at = NULL")
            assert cursor.rowcount == 0
        cursor.execute("SELECT set_config('breakwater.copy', '', true)")
    stranger = an_actor(Role.CASE_MANAGER, now=ada.now)
    as_seen_by(stranger)
    assert not SiteFile.objects.exists()
    forged = SiteFile(circle_id=case.circle_id, case_id=case.pk, link=other.link, attachment=mine, at=ada.now)
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        forged.save(force_insert=True)
    as_seen_by(ada)
    elsewhere = a_case(by=ada, at=ada.now)
    a_message(elsewhere, by=ada, attached=(a_file(name="theirs.txt", is_scanned=True),))
    a_message(case, by=ada, attached=(a_file(name="raw.txt"),))
    as_seen_by(ada)
    for name in ("theirs.txt", "raw.txt"):
        forged.attachment = kept(name)
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            forged.save(force_insert=True)


def test_a_statement_by_hand_is_refused_as_well(ada, sent):
    handed = with_files(sent, kept(), by=ada)
    with pytest.raises(IntegrityError, match="opened_says_when"), transaction.atomic():
        SiteFile.objects.update(times=1)
    again = SiteFile(
        circle=sent.circle, case_id=sent.case_id, link=handed.link, attachment=kept(), at=ada.now
    )
    with pytest.raises(IntegrityError, match="with_a_link_once"), transaction.atomic():
        again.save(force_insert=True)


def test_a_new_link_brings_its_own_files_or_none(ada, sent):
    first = opened(with_files(sent, kept(), by=ada))
    (leads,) = leads_to(first)
    as_seen_by(ada)
    second = opened(a_link(sent, by=ada))
    assert leads_to(second) == []
    assert {client.get(leads).status_code for client in (first, second)} == {404}
