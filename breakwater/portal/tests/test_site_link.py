"""A site without accounts answers one letter by a link and a code, and reads nothing behind it."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from breakwater.cases.testing import a_case
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.kernel.keys import new_key
from breakwater.messaging.models import Notice
from breakwater.portal.actions.linking import end_link, reply_to_site
from breakwater.portal.actions.site import Said, say_yes
from breakwater.portal.answering import Site, mark_of
from breakwater.portal.models import SiteLink, SiteQuestion
from breakwater.portal.rules import why_no_link
from breakwater.portal.testing import a_link
from breakwater.referrals.actions.loop import withdraw
from breakwater.referrals.models import Referral, Stage
from breakwater.referrals.testing import a_referral
from breakwater.resources.models import Capacity, Organization, Phone
from breakwater.resources.testing import a_service
from breakwater.trust.actions.consents import raise_segments, take_consent, withdraw_consent
from breakwater.trust.actions.leaving import Recipient
from breakwater.trust.actions.suspensions import suspend
from breakwater.trust.capabilities import Role
from breakwater.trust.dispatch import react
from breakwater.trust.models import Consent, Decision, Entry
from breakwater.trust.testing import a_release, an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of
from breakwater.trust.tests.browsing import press as trust_press

pytestmark = pytest.mark.django_db
PLACE = "/answers/"
LATER = timedelta(seconds=5)


@pytest.fixture
def ada():
    return an_actor(now=datetime.now(UTC) - LATER)


@pytest.fixture
def case(ada):
    return a_case(
        by=ada, at=ada.now, known_as="Marisol Vega", what_is_happening="She left the house on Elm Street."
    )


@pytest.fixture
def sent(ada, case):
    """A letter to a service of the directory that has no accounts."""
    service = a_service("Hope Night Shelter", organization="Hope House")
    return a_referral(
        case, by=ada, to_name="Hope Night Shelter, Hope House", service=service, words="A bed for one."
    )


def phone(address="198.51.100.9"):
    return Client(REMOTE_ADDR=address)


def knock(client, handed, code=None):
    """Somebody at the site follows the link and types the code."""
    link = f"https://breakwater.example{PLACE}#{handed.letters}"
    return client.post(PLACE, {"letters": link, "one_time_code": code or handed.code.lower()})


def opened(handed):
    client = phone()
    answer = knock(client, handed)
    assert (answer.status_code, answer["Location"]) == (303, PLACE)
    return client


def press(client, where="answer", **said):
    """Press a button of the letter, with the key of its form."""
    page = client.get(PLACE).content.decode()
    key = re.search(r'idempotency_key" value="([^"]*)"', page)[1]
    return client.post(f"{PLACE}{where}/", {"who": "Jo Lane", "idempotency_key": key} | said)


def test_the_link_and_the_code_open_one_letter_and_nothing_behind_it(ada, case, sent):
    handed = a_link(sent, by=ada)
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5}", handed.code)
    kept = SiteLink.objects.get()
    assert not {handed.letters, handed.code} & {kept.token, kept.code, kept.key}
    client = opened(handed)
    page = client.get(PLACE)
    text = page.content.decode()
    for shown in (ada.agency.name, "A bed for one.", "Housing", "How much room you have"):
        assert shown in text
    for behind in ("Marisol", "Elm Street", case.number, handed.letters, handed.code, "Breakwater"):
        assert behind not in text
    assert ("<title>An answer</title>" in text, page["Cache-Control"]) == (True, "no-store")
    assert Client().get(f"/case/{case.pk}/").status_code == 302
    assert client.get(f"/case/{case.pk}/").status_code == 302
    as_seen_by(ada)
    told = Entry.objects.filter(about=kept.pk).order_by("pk")
    assert [one.verb for one in told] == ["portal.link_handed", "portal.link_opened"]
    assert all(handed.letters not in str(one.facts) for one in told)
    (read,) = Stage.objects.filter(code="acknowledged")
    assert read.source == "Hope Night Shelter, Hope House, by a link and its code"


@pytest.mark.parametrize(
    "over", ["wrong code", "wrong link", "time", "taken back", "letter", "suspended", "answered"]
)
def test_what_is_over_or_half_known_opens_nothing(ada, sent, over):
    handed, client = a_link(sent, by=ada), phone()
    if over == "wrong code":
        assert knock(client, handed, "AAAAA" if handed.code != "AAAAA" else "BBBBB").status_code == 422
    elif over == "wrong link":
        assert client.post(PLACE, {"letters": "x" * 43, "one_time_code": handed.code}).status_code == 422
    elif over == "time":
        SiteLink.objects.update(starts_at=ada.now - timedelta(3), expires_at=ada.now - timedelta(1))
    elif over == "taken back":
        end_link(handed.link, at=ada.now, by=ada)
        with pytest.raises(Overtaken, match="over already"):
            end_link(handed.link, at=ada.now, by=ada)
    elif over == "letter":
        withdraw(sent, words="They found a room.", at=ada.now, by=ada)
    elif over == "suspended":
        boss = an_actor(Role.ADMINISTRATOR, agency=ada.agency, now=ada.now)
        suspend(reason="A leak.", looked_after_by=None, at=ada.now, by=boss)
    elif over == "answered":
        assert press(opened(handed), answer="yes").status_code == 303
    if over not in ("wrong code", "wrong link"):
        assert knock(client, handed).status_code == 422
    assert not client.cookies.get(settings.ANSWER_COOKIE)
    assert "A bed for one." not in client.get(PLACE).content.decode()


@pytest.mark.parametrize("over", ["time", "taken back", "letter", "opened elsewhere"])
def test_an_open_letter_closes(ada, sent, over):
    handed = a_link(sent, by=ada)
    client = opened(handed)
    as_seen_by(ada)
    now = datetime.now(UTC)
    if over == "time":
        SiteLink.objects.update(opened_at=now - timedelta(2), closes_at=now - timedelta(hours=1))
    elif over == "taken back":
        end_link(handed.link, at=now, by=ada)
    elif over == "letter":
        withdraw(sent, words="They found a room.", at=now, by=ada)
    else:
        knock(phone("203.0.113.4"), handed)
    text = client.get(PLACE).content.decode()
    assert ("A bed for one." in text, "The code that you were told" in text) == (False, True)
    key = str(new_key(handed.link.pk))
    said = {"who": "Jo", "answer": "yes", "idempotency_key": key}
    assert client.post(f"{PLACE}answer/", said)["Location"] == PLACE
    as_seen_by(ada)
    assert not Stage.objects.filter(code="accepted").exists()


def test_a_name_is_told_by_a_link_only_while_what_it_rests_on_holds(ada, case):
    """The disclosure is asked and accounted for when the link is handed out, and again when the letter is read."""
    raise_segments(case.circle, ["part2"], at=ada.now, by=ada)
    ends = ada.now.astimezone(ada.zone).date() + timedelta(30)
    release = a_release(
        ada.agency, kind="part2", segments=frozenset({"part2"}), ends=ends, lets_in=False,
        information=frozenset({"who", "care", "needs"}),
    )  # fmt: skip
    release = replace(release, to=Recipient(name="Dr. Reed"))
    take_consent(release, circle=case.circle, at=ada.now, by=ada)
    named = a_referral(case, by=ada, to_name="Dr. Reed", known_as="Marisol", need="medical")
    handed = a_link(named, by=ada)
    client = opened(handed)
    text = client.get(PLACE).content.decode()
    assert "Marisol" in text
    assert "42 CFR" in text, "the notice that the law sends along"
    as_seen_by(ada)
    assert Decision.objects.filter(answer="permit", about=case.pk, recipient_name="Dr. Reed").count() == 3
    withdraw_consent(Consent.objects.get(), words="No.", at=datetime.now(UTC), by=ada)
    assert "Marisol" not in client.get(PLACE).content.decode()
    assert knock(phone("203.0.113.4"), handed).status_code == 422
    as_seen_by(ada)
    with pytest.raises(Refused), transaction.atomic():
        a_link(named, by=ada, at=datetime.now(UTC))
    ada.refused.clear()


def test_yes_is_written_down_as_theirs_told_once_and_uses_the_link_up(ada, case, sent):
    handed = a_link(sent, by=ada)
    client = opened(handed)
    nameless = press(client, answer="yes", who="")
    assert nameless.status_code == 422
    answer = press(client, answer="yes", words="From nine on.")
    assert (answer.status_code, answer["Location"]) == (303, PLACE)
    text = client.get(PLACE).content.decode()
    assert ("This link is used up" in text, "A bed for one." in text) == (True, False)
    again = client.post(f"{PLACE}answer/", {"who": "Jo", "answer": "no", "reason": "other"})
    assert again["Location"] == PLACE
    as_seen_by(ada)
    stage = Stage.objects.get(code="accepted")
    assert stage.source == "Jo Lane, Hope Night Shelter, Hope House, by a link and its code"
    assert (stage.told_by, stage.words, stage.by) == ("receiver", "From nine on.", None)
    assert Referral.objects.get().stage == "accepted"
    heard = Entry.objects.get(verb="portal.site_answered")
    for _ in range(2):
        react(heard.pk, ada.agency, at=datetime.now(UTC))
    as_seen_by(ada)
    assert Notice.objects.filter(kind="answer", cause=handed.link.pk).count() == 1
    with pytest.raises(Refused, match="have answered"):
        a_link(sent, by=ada)


def test_no_says_why_and_a_question_is_replied_to_by_the_same_link(ada, sent):
    handed = a_link(sent, by=ada)
    client = opened(handed)
    assert "Write the question" in press(client, answer="question").content.decode()
    assert press(client, answer="question", words="A pet?").status_code == 303
    assert "no reply yet" in press(client, answer="question", words="Two?").content.decode()
    as_seen_by(ada)
    owed = Clock.objects.filter(kind="referral_question", about=sent.pk)
    assert [one.ended_how for one in owed] == [""], "somebody owes a reply"
    question = SiteQuestion.objects.get()
    with pytest.raises(Refused, match="Say something"):
        reply_to_site(question, words=" ", at=ada.now, by=ada)
    reply_to_site(question, words="None.", at=ada.now, by=ada)
    with pytest.raises(Overtaken, match="has replied"):
        reply_to_site(question, words="One.", at=ada.now, by=ada)
    assert [one.ended_how for one in owed.all()] == ["met"]
    again = opened(handed)
    assert press(again, answer="question", words="Stairs?").status_code == 303
    assert "None." in again.get(PLACE).content.decode()
    assert "Choose a reason" in press(again, answer="no").content.decode()
    assert press(again, answer="no", reason="no_capacity").status_code == 303
    as_seen_by(ada)
    assert Stage.objects.get(code="declined").reason == "no_capacity"
    assert sorted(one.ended_how for one in owed.all()) == ["excused", "met"], (
        "an answer leaves no question hanging"
    )


def test_a_second_link_asks_again_while_the_first_question_waits(ada, sent):
    assert press(opened(a_link(sent, by=ada)), answer="question", words="A pet?").status_code == 303
    as_seen_by(ada)
    assert press(opened(a_link(sent, by=ada)), answer="question", words="Stairs?").status_code == 303
    as_seen_by(ada)
    owed = Clock.objects.filter(kind="referral_question", about=sent.pk)
    for question, ended in zip(SiteQuestion.objects.order_by("at", "pk"), ("", "met"), strict=True):
        reply_to_site(question, words="None.", at=ada.now, by=ada)
        assert owed.get().ended_how == ended


def test_whoever_reads_by_a_link_sees_where_the_sender_is_called_and_nobody_elses_number(ada, sent):
    listed = Organization.objects.create(agency=ada.agency, name=ada.agency.name, source="by hand")
    others = Organization.objects.create(agency=an_agency(), name="Other", source="theirs")
    for whose, number in ((listed, "555 0142"), (others, "555 0199")):
        Phone.objects.create(organization=whose, number=number, source=whose.source)
    told = opened(a_link(sent, by=ada)).get(PLACE).content.decode()
    assert ("tel:555 0142" in told, "0199" in told) == (True, False)


def test_a_figure_is_told_of_their_own_house_and_of_no_other(ada, case, sent):
    client = opened(a_link(sent, by=ada))
    assert press(client, "room", free="3").status_code == 303
    assert press(client, "room", free="-1").status_code == 422
    figure = Capacity.objects.get()
    assert (figure.service, figure.free) == (sent.service, 3)
    assert figure.told_by == "Jo Lane, Hope Night Shelter, Hope House, by a link and its code"
    as_seen_by(ada)
    outside = opened(a_link(a_referral(case, by=ada), by=ada))
    assert "How much room" not in outside.get(PLACE).content.decode()
    assert "not in the directory" in press(outside, "room", free="3").content.decode()


def test_nobody_nameless_answers_nor_does_anybody_a_letter_that_was_closed_meanwhile(ada, sent):
    link, now = a_link(sent, by=ada).link, datetime.now(UTC)
    site = Site(link_id=link.pk, agency=ada.agency, letter_id=sent.pk, closes_at=now + LATER)
    with pytest.raises(Refused, match="Say who you are"):
        say_yes(site, Said(who=" "), at=now)
    with pytest.raises(Overtaken, match="no longer open"):
        say_yes(site, Said(who="Jo"), at=now)
    assert not Stage.objects.filter(code="accepted").exists()


def test_the_page_shows_link_and_code_once_and_only_to_those_who_sent_the_letter(ada, case, sent):
    client, where, key = browser_of(ada), f"/site-links/letters/{sent.pk}/", new_key(ada.user.pk)
    shown, again = (trust_press(client, where, key=key, by=ada, x="1") for _ in range(2))
    (code,) = re.findall(r"<code>([0-9A-Z]{5})</code>", shown.content.decode())
    assert "/answers/#" in shown.content.decode()
    assert f"<code>{code}</code>" not in again.content.decode()
    as_seen_by(ada)
    assert SiteLink.objects.count() == 1
    partner = an_actor(now=ada.now)
    as_seen_by(ada)
    inside = a_referral(case, by=ada, to_agency=partner.agency)
    assert "They work with Breakwater" in client.get(f"/site-links/letters/{inside.pk}/").content.decode()
    assert browser_of(partner).get(f"/site-links/letters/{inside.pk}/").status_code == 404


def test_a_form_of_another_letter_does_nothing(ada, sent):
    client = opened(a_link(sent, by=ada))
    said = {"who": "Jo", "answer": "yes", "idempotency_key": str(new_key("another"))}
    assert "open for too long" in client.post(f"{PLACE}answer/", said).content.decode()
    assert client.post(f"{PLACE}answer/", {"answer": "?"})["Location"] == PLACE
    as_seen_by(ada)
    assert not Stage.objects.filter(code="accepted").exists()


def test_a_new_link_ends_the_one_before_and_only_ours_to_somebody_without_accounts_has_one(ada, case, sent):
    first = a_link(sent, by=ada)
    second = a_link(sent, by=ada)
    assert knock(phone(), first).status_code == 422
    assert opened(second)
    partner = an_actor(now=ada.now)
    as_seen_by(ada)
    inside = a_referral(case, by=ada, to_agency=partner.agency)
    with pytest.raises(Refused, match="work with Breakwater"):
        a_link(inside, by=ada)
    assert "Only those who sent" in why_no_link(stage="sent", is_ours=False, has_accounts=False)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("answered_at = now(), opened_at = NULL, closes_at = NULL, key = ''", "only_an_open_link_answers"),
        ("expires_at = starts_at", "a_link_expires"),
        ("opened_at = now()", "an_open_letter_closes_and_is_held_by_a_key"),
    ],
)
def test_a_statement_by_hand_is_refused_as_well(ada, sent, change, name):
    a_link(sent, by=ada)
    with pytest.raises(IntegrityError, match=name), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE portal_sitelink SET {change}")


def test_whoever_holds_an_open_letter_reads_that_one_row_and_writes_nothing(ada, case, sent):
    """Behind the second wall, by statements that no page of ours sends."""
    other = a_referral(case, by=ada, words="Another.")
    client = opened(a_link(sent, by=ada))
    key = client.cookies[settings.ANSWER_COOKIE].value
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('breakwater.agency', '', true), set_config('breakwater.user', '', true)"
        )
        cursor.execute("SELECT set_config('breakwater.copy', %s, true)", (mark_of(key),))
        cursor.execute("SELECT id FROM referrals_referral")
        assert [row[0] for row in cursor.fetchall()] == [sent.pk]
        cursor.execute("UPDATE referrals_referral SET to_name = 'x'")
        assert cursor.rowcount == 0
        for table in ("cases_case", "people_person", "portal_sitelink", "trust_consent", "plans_step"):
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone() == (0,), table
        cursor.execute("SELECT set_config('breakwater.copy', '', true)")
    assert other.pk != sent.pk


def test_whose_role_hands_out_no_links_is_told_that_and_not_that_the_form_was_wrong(ada, sent):
    guest = an_actor(Role.PARTNER, agency=ada.agency, now=ada.now)
    where = reverse("portal:site_links", args=[sent.pk])
    assert browser_of(guest).get(where).status_code == 200
    answer = trust_press(browser_of(guest), where, by=guest)
    assert answer.status_code == 403
    assert "Your role (partner worker) does not allow this" in answer.content.decode()
