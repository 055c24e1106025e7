"""A case is handed over to a receiver without accounts: by a link and a code it reads the packet, answers, confirms."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from breakwater.attachments.models import Attachment
from breakwater.attachments.testing import a_file
from breakwater.cases.actions.closing import close_case
from breakwater.cases.testing import a_case
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.messaging.models import Notice
from breakwater.messaging.testing import a_message
from breakwater.people.actions.reach import add_contact_point
from breakwater.people.disclosed import disclosures
from breakwater.portal.actions.linking import end_link, hand_link_to_receiver, reply_to_site
from breakwater.portal.actions.site import Said
from breakwater.portal.actions.taking import confirm_reached
from breakwater.portal.answering import AWAITED, HAND_OFF, Site, mark_of
from breakwater.portal.library import LINKS
from breakwater.portal.models import SiteFile, SiteLink, SiteQuestion
from breakwater.portal.testing import a_link_to_receiver
from breakwater.portal.tests.test_site_files import kept, leads_to
from breakwater.portal.tests.test_site_link import PLACE, knock, opened, phone, press
from breakwater.referrals.actions.handoff import (
    Receiver,
    accept_case,
    offer_case,
    shown_before,
    withdraw_offer,
)
from breakwater.referrals.actions.letters import Word
from breakwater.referrals.actions.meeting import Together, note_meeting
from breakwater.referrals.completing import handed_over
from breakwater.referrals.filed import with_files
from breakwater.referrals.models import Handoff, HandoffStage, Meeting
from breakwater.referrals.packet import USUAL, packet_of
from breakwater.referrals.testing import a_handoff, a_referral
from breakwater.resources.testing import a_service
from breakwater.trust.actions.consents import raise_segments, take_consent, withdraw_consent
from breakwater.trust.actions.drafts import keep_draft
from breakwater.trust.actions.leaving import Recipient
from breakwater.trust.actions.suspensions import suspend
from breakwater.trust.capabilities import Role
from breakwater.trust.dispatch import react
from breakwater.trust.models import Consent, Decision, Entry
from breakwater.trust.testing import a_release, an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of
from breakwater.trust.tests.browsing import press as trust_press

pytestmark = pytest.mark.django_db
SECTIONS = ("who", "happening", "safety")
LATER, HOUR = timedelta(seconds=5), timedelta(hours=1)


@pytest.fixture
def ada():
    return an_actor(now=datetime.now(UTC) - LATER)


@pytest.fixture
def case(ada):
    case = a_case(
        by=ada, at=ada.now, known_as="Marisol Vega", what_is_happening="She left the house on Elm Street.",
        safe_contact="After six, by text.",
    )  # fmt: skip
    for name, content in (
        ("Marisol eviction.txt", b"Out by Friday."),
        ("other.txt", b"Her brother's number."),
    ):
        a_message(case, by=ada, attached=(a_file(name=name, content=content, is_scanned=True),))
    as_seen_by(ada)
    return case


def offer(case, *files, by, to="Hope House", sections=SECTIONS):
    """A case that was offered to somebody without accounts, perhaps with files."""
    told = packet_of(case, sections, message="She likes to be called Mari.", by=by)
    packet = with_files(told, case, [kept(one).pk for one in files], is_named=False, by=by)
    return offer_case(case, to=Receiver(name=to), packet=packet, at=by.now, by=by)


@pytest.fixture
def offered(ada, case):
    return offer(case, "Marisol eviction.txt", by=ada)


def now():
    return datetime.now(UTC)


def stages(handoff):
    told = HandoffStage.objects.filter(handoff=handoff).order_by("at", "recorded_at")
    return [one.code for one in told]


def text_of(client):
    return client.get(PLACE).content.decode()


def test_what_was_shown_to_whoever_offers_is_what_the_receiver_reads_word_for_word(ada, case):
    service = a_service("Long Road", organization="Long Road Services")
    browser, where = browser_of(ada), f"/referrals/{case.pk}/hand-off/"
    first = browser.get(f"{where}?service={service.pk}").content.decode()
    assert ("Long Road Services" in first, 'name="to_name"' in first) == (True, False)
    keep_draft(where, {"service": [str(service.pk)]}, at=ada.now, by=ada)
    assert 'name="to_name"' in browser.get(f"{where}?service=").content.decode(), (
        "somebody else, whatever was begun"
    )
    said = {
        "service": str(service.pk), "sections": list(SECTIONS), "message": "Call her Mari.",
        "along": [str(kept("Marisol eviction.txt").pk)],
    }  # fmt: skip
    shown = trust_press(browser, where, by=ada, **said).content.decode()
    assert "They have no account" in shown
    mark = re.search(r'name="shown" value="([^"]*)"', shown)[1]
    assert trust_press(browser, where, by=ada, shown=mark, **said).status_code == 303
    as_seen_by(ada)
    handoff = Handoff.objects.get()
    assert (handoff.to_name, handoff.service) == ("Long Road, Long Road Services", service)
    page = browser.get(f"/referrals/hand-offs/{handoff.pk}/").content.decode()
    assert f"/site-links/hand-offs/{handoff.pk}/" in page
    slip = trust_press(browser, f"/site-links/hand-offs/{handoff.pk}/", by=ada, x="1").content.decode()
    assert "Marisol eviction.txt" in slip, "they know what goes along"
    client = phone()
    letters = re.search(r"/answers/#([\w-]+)", slip)[0]
    code = re.search(r"<code>([0-9A-Z]{5})</code>", slip)[1]
    assert client.post(PLACE, {"letters": letters, "one_time_code": code}).status_code == 303
    read = text_of(client)
    packet = re.compile(r'<article class="panel packet".*?</article>', re.DOTALL)
    assert packet.search(read)[0] == packet.search(shown)[0]
    for told in ("Marisol Vega", "Elm Street", "After six, by text.", "Call her Mari.", "Text, 1 kB"):
        assert told in read
    for never in ("Marisol eviction", "Breakwater", "other.txt"):
        assert never not in read
    assert "<title>An answer</title>" in read


def test_a_yes_keeps_the_link_open_until_the_first_contact_and_the_case_stays_ours(ada, case, offered):
    client = opened(a_link_to_receiver(offered, by=ada))
    as_seen_by(ada)
    waits = Clock.objects.running().of(offered.pk)
    assert [one.kind for one in waits] == ["handoff_acceptance"]
    assert press(client, answer="reached").status_code == 422, "not before a yes"
    assert press(client, answer="reached", how="call").status_code == 422, "nor by a call that was held"
    assert press(client, answer="yes", who="").status_code == 422
    assert press(client, answer="yes").status_code == 303
    as_seen_by(ada)
    link = SiteLink.objects.get()
    assert link.stands_at(now()) == "opened"
    assert link.expires_at - now() > LINKS.contact_lasts - timedelta(minutes=1)
    assert [one.kind for one in waits.all()] == ["handoff_first_contact"]
    with pytest.raises(Refused, match="hand-off"):
        close_case(case, outcome="handed_off", at=now(), by=ada)
    read = text_of(client)
    assert ("After six, by text." in read, "We have reached them" in read, "Yes, we take" in read) == (
        True, True, False,
    )  # fmt: skip
    assert press(client, answer="reached", words="She is at our house.").status_code == 303
    read = text_of(client)
    assert ("This link is used up" in read, "After six, by text." in read) == (True, False)
    as_seen_by(ada)
    assert stages(offered) == ["offered", "accepted", "first_contact"]
    contact = HandoffStage.objects.get(code="first_contact")
    assert (contact.told_by, contact.source) == ("receiver", "Jo Lane, Hope House, by a link and its code")
    assert not waits.all()
    assert not Meeting.objects.exists()
    told = list(Entry.objects.filter(verb="portal.site_answered").order_by("pk"))
    assert [one.facts["code"] for one in told] == ["accepted", "first_contact"]
    for one in told:
        react(one.pk, ada.agency, at=now())
    assert Notice.objects.filter(kind="answer").values("cause").distinct().count() == 2


def test_they_say_when_they_reached_them_by_the_clock_of_those_who_sent_it():
    early = an_actor(now=now() - 5 * HOUR)
    offered = offer(a_case(by=early, at=early.now), by=early)
    accept_case(offered, word=Word(source="Jo, by phone"), at=early.now + HOUR, by=early)
    client = opened(a_link_to_receiver(offered, by=early, at=now()))
    ahead = press(client, answer="reached", told_at=f"{now() + 30 * HOUR:%Y-%m-%dT%H:%M}")
    assert (ahead.status_code, "once you have" in ahead.content.decode()) == (422, True)
    then = now() - 3 * HOUR
    typed = then.astimezone(early.zone).strftime("%Y-%m-%dT%H:%M")
    assert press(client, answer="reached", told_at=typed).status_code == 303
    as_seen_by(early)
    reached = HandoffStage.objects.get(handoff=offered, code="first_contact")
    assert timedelta() <= then - reached.at < timedelta(minutes=1)


def test_a_no_says_why_and_uses_the_link_up(ada, offered):
    client = opened(a_link_to_receiver(offered, by=ada))
    answer = press(client, answer="no")
    assert (answer.status_code, "Say why" in answer.content.decode()) == (422, True)
    assert press(client, answer="no", words="We have no women's beds.").status_code == 303
    assert "This link is used up" in text_of(client)
    as_seen_by(ada)
    assert stages(offered) == ["offered", "declined"]
    with pytest.raises(Refused, match="They have answered"):
        a_link_to_receiver(offered, by=ada, at=now())


def test_a_call_with_three_told_by_the_link_is_the_first_contact_and_counts_as_warm(ada, case, offered):
    client = opened(a_link_to_receiver(offered, by=ada))
    press(client, answer="yes")
    assert press(client, answer="reached", how="call", words="We all spoke.").status_code == 303
    as_seen_by(ada)
    (met,) = Meeting.objects.all()
    assert (met.kind, met.outcome, met.receiver) == (
        "call", "spoke", "Jo Lane, Hope House, by a link and its code",
    )  # fmt: skip
    assert stages(offered) == ["offered", "accepted", "first_contact"]
    counted = handed_over(ada, at=now() + timedelta(days=9))
    assert (counted.in_time, counted.warm, counted.all) == (1, 1, 1)


def test_what_they_ask_has_a_clock_and_is_replied_to_on_the_same_link_also_after_a_yes(ada, case, offered):
    client = opened(a_link_to_receiver(offered, by=ada))
    for before in (True, False):
        assert press(client, answer="question", words="Is there a pet?").status_code == 303
        as_seen_by(ada)
        owed = Clock.objects.running().filter(kind="referral_question", about=offered.pk)
        assert owed.exists()
        sent = browser_of(ada).get("/referrals/sent/").content.decode()
        assert f"/site-links/hand-offs/{offered.pk}/" in sent
        as_seen_by(ada)
        question = SiteQuestion.objects.get(replied_at=None)
        if before:
            reply_to_site(question, words="A small dog.", at=now(), by=ada)
            assert "A small dog." in text_of(client)
            press(client, answer="yes")
        else:
            press(client, answer="reached")
        as_seen_by(ada)
        assert not owed.all().exists()


@pytest.mark.parametrize("over", ["wrong code", "time", "taken back", "withdrawn", "suspended", "a new link"])
@pytest.mark.parametrize("accepted", [False, True], ids=["offered", "accepted"])
def test_what_is_over_or_half_known_opens_no_packet(ada, case, offered, over, accepted):
    handed, client = a_link_to_receiver(offered, by=ada), phone()
    open_one = opened(handed)
    if accepted:
        press(open_one, answer="yes")
    as_seen_by(ada)
    if over == "wrong code":
        assert knock(client, handed, "AAAAA" if handed.code != "AAAAA" else "BBBBB").status_code == 422
        return
    if over == "time":
        moved = now() - timedelta(3)
        SiteLink.objects.update(
            starts_at=moved, opened_at=moved, expires_at=now() - HOUR, closes_at=now() - HOUR
        )
    elif over == "taken back":
        end_link(handed.link, at=now(), by=ada)
    elif over == "withdrawn":
        withdraw_offer(offered, words="Her sister takes her in.", at=now(), by=ada)
    elif over == "suspended":
        boss = an_actor(Role.ADMINISTRATOR, agency=ada.agency, now=ada.now)
        suspend(reason="A leak.", looked_after_by=None, at=ada.now, by=boss)
    else:
        a_link_to_receiver(offered, by=ada, at=now())
    assert knock(client, handed).status_code == 422
    read = text_of(open_one)
    assert ("Marisol" in read, "The code that you were told" in read) == (False, True)
    assert not client.cookies.get(settings.ANSWER_COOKIE)


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", "'; DROP TABLE --", "{{ 7 * 7 }} %s", "\u202eاسم", "🏠" * 20]
)
def test_whatever_they_type_is_kept_as_it_is_and_read_as_words(ada, offered, typed):
    client = opened(a_link_to_receiver(offered, by=ada))
    assert press(client, answer="yes", who="x" * 81).status_code == 422
    assert press(client, answer="yes", words=f"a\x00{typed}").status_code == 422
    assert press(client, answer="yes", who=typed, words=typed).status_code == 303
    as_seen_by(ada)
    told = HandoffStage.objects.get(code="accepted")
    assert (told.words, told.source) == (typed, f"{typed}, Hope House, by a link and its code")
    page = browser_of(ada).get(f"/referrals/hand-offs/{offered.pk}/").content.decode()
    assert (typed in unescape(page), "<script>alert" in page) == (True, False)


def test_a_second_opening_ends_the_first(ada, offered):
    handed = a_link_to_receiver(offered, by=ada)
    first, second = opened(handed), opened(handed)
    assert ("Marisol" in text_of(first), "Marisol" in text_of(second)) == (False, True)


def agreed_to(to, *, kind, segment, by):
    """What the person signed for one receiver, for a month."""
    ends = by.now.astimezone(by.zone).date() + timedelta(30)
    agreed = a_release(
        by.agency, kind=kind, segments=frozenset({segment}), ends=ends, lets_in=False,
        information=frozenset({"who", "care", "needs"}),
    )  # fmt: skip
    return replace(agreed, to=Recipient(name=to))


@pytest.mark.parametrize(
    ("segment", "kind", "notice"),
    [("part2", "part2", "42 CFR"), ("vsp", "vsp_release", ""), ("minor-confidential", "minor_own", "")],
)
def test_the_law_is_asked_when_it_is_offered_handed_out_and_read_and_a_consent_taken_back_shuts_it(
    ada, case, segment, kind, notice
):
    raise_segments(case.circle, [segment], at=ada.now, by=ada)
    with pytest.raises(Refused), transaction.atomic():
        offer(case, by=ada)
    ada.refused.clear()
    take_consent(
        agreed_to("Hope House", kind=kind, segment=segment, by=ada), circle=case.circle, at=ada.now, by=ada
    )
    told = packet_of(case, SECTIONS, by=ada)
    before = shown_before(case, to=Receiver(name="Hope House"), packet=told, at=ada.now, by=ada)
    offered = offer(case, "Marisol eviction.txt", by=ada)
    goes_with = offered.packet.get("goes_with", "")
    assert (before.get("goes_with", ""), notice in goes_with) == (goes_with, True), (
        "shown before it was offered"
    )
    handed = a_link_to_receiver(offered, by=ada)
    client = opened(handed)
    read = text_of(client)
    assert (notice in read, "Marisol Vega" in read) == (True, True)
    (leads,) = leads_to(client)
    assert client.get(leads).content == b"Out by Friday."
    as_seen_by(ada)
    permits = Decision.objects.filter(answer="permit", recipient_name="Hope House").order_by("pk")
    assert [(one.what[:9], one.act) for one in permits] == [
        *[("A hand-of", "hand_off")] * 3, ("A file wi", "hand_off"),
    ]  # fmt: skip
    accounted = [one.what for one in disclosures(case.circle_id, ada.agency) if "A file" in one.what]
    assert accounted == ["A file with a hand-off: Text, 1 kB"]
    withdraw_consent(Consent.objects.get(), words="No.", at=now(), by=ada)
    assert "Marisol" not in text_of(client)
    assert client.get(leads).status_code == 404
    assert knock(phone("203.0.113.4"), handed).status_code == 422
    as_seen_by(ada)
    with pytest.raises(Refused), transaction.atomic():
        a_link_to_receiver(offered, by=ada, at=now())
    ada.refused.clear()


def test_where_they_are_hidden_stands_in_no_packet(ada, case):
    """A way to reach them that tells the house they hide in is left out, whoever is asked to take them over."""
    told = {"kind": "phone", "value": "(555) 010-9999", "safety": "safe", "how": "the house in the hills"}
    hidden = add_contact_point(case.person, **told, at=ada.now, by=ada)
    raise_segments(hidden, ["location-confidential"], at=ada.now, by=ada)
    read = text_of(opened(a_link_to_receiver(offer(case, by=ada), by=ada)))
    assert ("After six, by text." in read, "010-9999" in read, "hills" in read) == (True, False, False)


def test_the_file_of_the_packet_and_no_other_goes_with_each_link_and_ends_with_it(ada, case, offered):
    client = opened(a_link_to_receiver(offered, by=ada))
    (leads,) = leads_to(client)
    press(client, answer="yes")
    assert client.get(leads).status_code == 200, "whoever takes them over reads it after the yes too"
    second = opened(a_link_to_receiver(Handoff.objects.get(), by=ada, at=now()))
    (again,) = leads_to(second)
    assert again != leads
    assert client.get(leads).status_code == 404
    press(second, answer="reached")
    assert second.get(again).status_code == 404
    as_seen_by(ada)
    assert {one.attachment.name for one in SiteFile.objects.all()} == {"Marisol eviction.txt"}
    assert Attachment.objects.count() == 2, "nothing was copied"


def test_a_file_is_opened_and_a_link_made_in_one_order_so_that_neither_waits_for_the_other(ada, offered):
    client = opened(a_link_to_receiver(offered, by=ada))
    (leads,) = leads_to(client)

    def holds(act):
        with CaptureQueriesContext(connection) as asked:
            act()
        tables = ("trust_circle", "referrals_handoff", "portal_sitelink")
        locks = [one["sql"] for one in asked if " FOR " in one["sql"] and "UPDATE" in one["sql"]]
        told = [re.search(r'FROM "(\w+)"', one)[1] for one in locks]
        return list(dict.fromkeys(one for one in told if one in tables))

    assert holds(lambda: client.get(leads)) == ["trust_circle", "referrals_handoff", "portal_sitelink"]
    as_seen_by(ada)
    assert holds(lambda: a_link_to_receiver(offered, by=ada, at=now()))[:2] == [
        "trust_circle",
        "referrals_handoff",
    ]


def test_what_no_scanner_looked_at_is_not_offered_to_a_stranger(ada, case):
    a_message(case, by=ada, attached=(a_file(name="raw.txt"),))
    as_seen_by(ada)
    with pytest.raises(Refused, match="No scanner looked"):
        offer(case, "raw.txt", by=ada)


def test_a_link_leads_to_ours_to_nobody_with_accounts_and_is_handed_out_by_who_may(ada, case, offered):
    intake = an_actor(Role.INTAKE_WORKER, agency=ada.agency, now=ada.now)
    as_seen_by(intake)
    with pytest.raises(NotPermitted), transaction.atomic():
        a_link_to_receiver(offered, by=intake)
    as_seen_by(ada)
    handed = a_link_to_receiver(offered, by=ada)
    as_seen_by(intake)
    with pytest.raises(NotPermitted), transaction.atomic():
        end_link(handed.link, at=ada.now, by=intake)
    as_seen_by(ada)
    other = a_case(by=ada, at=ada.now)
    inside = a_handoff(other, by=ada, to=an_agency(name="Harbor"))
    with pytest.raises(Refused, match="They work with Breakwater"):
        a_link_to_receiver(inside, by=ada)
    page = browser_of(ada).get(f"/referrals/hand-offs/{inside.pk}/").content.decode()
    assert "/site-links/" not in page
    accept_case(offered, word=Word(source="Jo, by phone"), at=now(), by=ada)
    late = a_link_to_receiver(Handoff.objects.get(pk=offered.pk), by=ada, at=now())
    assert late.link.expires_at - late.link.starts_at == LINKS.contact_lasts
    assert "We have reached them" in text_of(opened(late)), "a yes by phone, and the contact by the link"


def test_raw_sql_reads_this_packet_and_no_other_and_writes_nothing(ada, case, offered):
    key = mark_of(opened(a_link_to_receiver(offered, by=ada)).cookies[settings.ANSWER_COOKIE].value)
    as_seen_by(ada)
    a_handoff(a_case(by=ada, at=ada.now), by=ada, sections=USUAL)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('breakwater.agency', '', true), set_config('breakwater.user', '', true)"
        )
        for held, reads in ((key, [offered.pk]), (mark_of("x"), []), ("", [])):
            cursor.execute("SELECT set_config('breakwater.copy', %s, true)", (held,))
            cursor.execute("SELECT id FROM referrals_handoff")
            assert [row[0] for row in cursor.fetchall()] == reads
            for table in ("referrals_handoffstage", "referrals_meeting", "cases_case", "portal_sitelink"):
                cursor.execute(f"SELECT count(*) FROM {table}")
                assert cursor.fetchone()[0] == 0, table
            cursor.execute("UPDATE referrals_handoff SET stage = 'accepted'")
            assert cursor.rowcount == 0
        cursor.execute("SELECT set_config('breakwater.copy', '', true)")


def test_a_statement_by_hand_leads_no_link_astray(ada, case, offered):
    handed = a_link_to_receiver(offered, by=ada)
    link = SiteLink.objects.get()
    both = {"referral": a_referral(case, by=ada)}
    for also, why in ((both, "leads_to_one_thing"), ({}, "one_usable_link_to_a_hand_off")):
        forged = SiteLink(
            circle=link.circle, case_id=link.case_id, agency=link.agency, by=link.by, token=why, code="y",
            starts_at=link.starts_at, expires_at=link.expires_at, handoff=offered, **also,
        )  # fmt: skip
        with pytest.raises(IntegrityError, match=why), transaction.atomic():
            forged.save(force_insert=True)
    inside = a_handoff(a_case(by=ada, at=ada.now), by=ada, to=an_agency(name="Harbor"))
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        SiteLink.objects.filter(pk=handed.link.pk).update(handoff=inside)
    with pytest.raises(IntegrityError, match="stays as it was sent"), transaction.atomic():
        Handoff.objects.filter(pk=offered.pk).update(service=a_service("Elsewhere"))


def test_a_call_with_three_that_the_worker_writes_down_is_the_contact_and_counts_and_is_told_once(
    ada, offered
):
    handed = a_link_to_receiver(offered, by=ada)
    client = opened(handed)
    press(client, answer="yes")
    as_seen_by(ada)
    told = Together(kind="visit", outcome="spoke", receiver="Jo Lane", sender=ada.name)
    note_meeting(Handoff.objects.get(), told, held_at=now(), at=now(), by=ada)
    assert stages(offered) == ["offered", "accepted", "first_contact"]
    counted = handed_over(ada, at=now() + timedelta(days=9))
    assert (counted.in_time, counted.warm) == (1, 1)
    assert "Marisol" not in text_of(client), "there is nothing more to confirm"
    site = Site(
        link_id=handed.link.pk, agency=ada.agency, letter_id=offered.pk, kind=HAND_OFF, stands=AWAITED, closes_at=now()
    )  # fmt: skip
    with pytest.raises(Overtaken, match="no longer open"):
        confirm_reached(site, Said(who="Jo"), at=now())


def test_the_page_of_links_says_what_it_is_for_and_hand_link_is_refused_once_it_is_over(ada, offered):
    withdraw_offer(offered, words="Her sister takes her in.", at=ada.now, by=ada)
    page = browser_of(ada).get(f"/site-links/hand-offs/{offered.pk}/").content.decode()
    assert "There is nothing more to ask by a link" in page
    assert "Make the link" not in page
    as_seen_by(ada)
    with pytest.raises(Refused, match="nothing more to ask"):
        hand_link_to_receiver(Handoff.objects.get(), at=ada.now, by=ada)
