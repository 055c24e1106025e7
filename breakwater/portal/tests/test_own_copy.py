"""A person has their own copy: by a code, once, for ten minutes; they read what was chosen and do five things there."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from breakwater.cases.actions.closing import close_case
from breakwater.cases.actions.follow_up import Try, attempt
from breakwater.cases.models import FollowUp
from breakwater.cases.testing import a_case
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.kernel.keys import new_key
from breakwater.people.actions.reach import add_contact_point, add_supporter, end_contact_point
from breakwater.people.models import ContactPoint
from breakwater.plans.actions.needs import drop_step
from breakwater.plans.models import Step
from breakwater.plans.testing import a_safety_plan, a_step
from breakwater.portal.actions.handing import answer_own_act, take_back
from breakwater.portal.actions.own import Press, ask_for_a_call, say_how_safe
from breakwater.portal.holding import left_as
from breakwater.portal.library import LASTING, SPEECH
from breakwater.portal.models import OwnAct, OwnCopy
from breakwater.portal.testing import an_own_copy, held_open
from breakwater.portal.tests.opening import NOTES, has_key, open_with, press, read
from breakwater.referrals.actions.loop import withdraw
from breakwater.referrals.models import Referral, Stage
from breakwater.referrals.testing import a_referral
from breakwater.trust.access import acting
from breakwater.trust.actions.consents import take_consent
from breakwater.trust.actions.suspensions import suspend
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Consent, Entry, Grant
from breakwater.trust.testing import a_release, an_actor, an_agency, as_seen_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return an_actor(now=datetime.now(UTC))


@pytest.fixture
def case(ada):
    """Somebody with a plan, a step, a referral, a number and somebody who must not know."""
    case = a_case(by=ada, at=ada.now, known_as="Marisol Vega", must_not_know="Rob")
    a_safety_plan(case, by=ada, own_coping="A bath\nThe river")
    a_step(case, by=ada, words="See the room on Elm Street")
    a_referral(case, by=ada, to_name="Hope House")
    told = {"at": ada.now, "by": ada}
    add_contact_point(case.person, kind="phone", value="(555) 010-7788", safety="safe", how="", **told)
    add_contact_point(case.person, kind="address", value="12 Hidden Lane", safety="safe", how="", **told)
    for name, hidden in (("Ana Vega", False), ("Rob Stone", True)):
        add_supporter(
            case.person, name=name, relation="family", reach="(555) 010-1111", may_know="" if hidden else "All",
            must_not_know=hidden, **told,
        )  # fmt: skip
    return case


def opened(case, ada, **facts):
    """A browser with the copy open."""
    _, code = an_own_copy(case, by=ada, **facts)
    client, answer = open_with(code)
    assert (answer.status_code, answer["Location"]) == (303, NOTES)
    as_seen_by(ada)
    return client


def test_a_code_opens_once_shows_what_was_chosen_and_nothing_that_endangers(case, ada):
    hidden = an_agency(kind="victim_service", name="Safe Haven")
    take_consent(
        a_release(hidden, ends=ada.now.astimezone(ada.zone).date() + timedelta(30)),
        circle=case.circle,
        at=ada.now,
        by=ada,
    )
    copy, code = an_own_copy(case, by=ada)
    client, answer = open_with(f" {code.lower().replace('-', ' ')} ")
    assert answer.status_code == 303
    page = client.get(NOTES)
    text = page.content.decode()
    for shown in ("The river", "See the room on Elm Street", "Ana Vega", "…88", "A place to live", "988"):
        assert shown in text
    assert ada.agency.name in text
    for kept in ("Marisol", "Rob", "Hidden Lane", "7788", "Safe Haven", "Hope House", "Breakwater", "crisis"):
        assert kept not in text
    assert page["Cache-Control"] == "no-store"
    assert 590 < int(page["Refresh"].partition(";")[0]) <= 600
    assert "<title>Notes</title>" in text
    assert open_with(code)[1].status_code == 422
    as_seen_by(ada)
    told = Entry.objects.filter(about=copy.pk).order_by("pk")
    assert [one.verb for one in told] == ["portal.copy_handed", "portal.copy_opened"]
    assert OwnCopy.objects.get(pk=copy.pk).stands_at(datetime.now(UTC)) == "open"


def test_only_the_chosen_parts_are_there_and_in_their_language(case, ada):
    client = opened(case, ada, parts=("times",), language="es")
    text = read(client)
    assert '<html lang="es">' in text
    assert SPEECH["es"].says["contact"] in text
    assert SPEECH["es"].says["leave"] in text
    for kept in ("The river", "Elm Street", "Ana Vega", "…88", ada.agency.name):
        assert kept not in text


def test_leaving_closes_it_for_good_and_takes_everything_along(case, ada):
    client = opened(case, ada)
    answer = client.post(reverse("portal:out"), {})
    assert (answer.status_code, answer["Location"]) == (303, LASTING.exit(ada.agency.profile))
    assert answer["Clear-Site-Data"] == '"cache"'
    assert not has_key(client)
    assert "The river" not in read(client)
    as_seen_by(ada)
    assert Entry.objects.filter(verb="portal.copy_left").count() == 1
    assert OwnCopy.objects.get().stands_at(datetime.now(UTC)) == "opened, and closed again"


def test_a_copy_that_was_left_without_a_network_is_shown_to_nobody_who_comes_back(case, ada):
    client = opened(case, ada)
    client.cookies[settings.LEFT_COOKIE] = "1"
    asked = client.post(reverse("portal:call"), {"words": "Now"})
    assert (asked.status_code, asked["Location"], OwnAct.objects.count()) == (303, NOTES, 0)
    back = client.get(NOTES)
    assert "The river" not in back.content.decode()
    assert 'name="one_time_code"' in back.content.decode()
    assert back["Clear-Site-Data"] == '"cache"'
    assert not has_key(client)
    assert not client.cookies[settings.LEFT_COOKIE].value
    as_seen_by(ada)
    assert OwnCopy.objects.get().stands_at(datetime.now(UTC)) == "opened, and closed again"
    assert "max-age=600" in left_as(LASTING.open_for).lower(), "it lasts no longer than the copy"


@pytest.mark.parametrize("over", ["time", "taken back", "suspended", "no longer ours"])
def test_an_open_copy_closes_by_itself_and_by_others(case, ada, over):
    client = opened(case, ada)
    assert "The river" in read(client)
    as_seen_by(ada)
    if over == "time":
        OwnCopy.objects.update(
            opened_at=ada.now - timedelta(minutes=11), closes_at=ada.now - timedelta(minutes=1)
        )
    elif over == "taken back":
        take_back(OwnCopy.objects.get(), at=datetime.now(UTC), by=ada)
        with pytest.raises(Overtaken, match="over already"):
            take_back(OwnCopy.objects.get(), at=datetime.now(UTC), by=ada)
    elif over == "suspended":
        boss = an_actor(Role.ADMINISTRATOR, agency=ada.agency, now=ada.now)
        suspend(reason="A stolen laptop.", looked_after_by=None, at=ada.now, by=boss)
    else:
        standing = Grant.objects.filter(circle=case.circle, agency=ada.agency)
        standing.update(ends_at=ada.now)
    assert "The river" not in read(client)
    assert client.post(reverse("portal:call"), {"idempotency_key": "x"})["Location"] == NOTES
    if over == "no longer ours":
        as_seen_by(ada)
        standing.update(ends_at=None)  # its case is open, and whoever holds an open case reaches it


def test_a_code_that_is_too_old_replaced_or_without_its_word_opens_nothing(case, ada):
    _, first = an_own_copy(case, by=ada)
    copy, code = an_own_copy(case, by=ada, word="Blue Heron")
    assert OwnCopy.objects.waiting().count() == 1
    assert code not in (copy.code, copy.word)
    assert open_with(first)[1].status_code == 422
    assert open_with(code)[1].status_code == 422
    assert open_with(code, "green heron")[1].status_code == 422
    as_seen_by(ada)
    OwnCopy.objects.filter(pk=copy.pk).update(
        starts_at=ada.now - timedelta(2), expires_at=ada.now - timedelta(1)
    )
    assert open_with(code, "blue heron")[1].status_code == 422
    as_seen_by(ada)
    OwnCopy.objects.filter(pk=copy.pk).update(expires_at=ada.now + timedelta(1))
    assert open_with(code, " BLUE  heron")[1].status_code == 303


def test_a_need_is_met_on_their_own_word_and_once(case, ada):
    client, referral = opened(case, ada), Referral.objects.get()
    answer = press(client, "need_met", referral.pk)
    assert (answer.status_code, answer["Location"]) == (303, NOTES)
    text = read(client)
    assert SPEECH["en"].says["did_need_met"] in text
    assert "A place to live" not in text
    again = client.post(
        reverse("portal:need_met", args=[referral.pk]), {"idempotency_key": str(OwnAct.objects.get().key)}
    )
    assert again.status_code in (303, 422)
    as_seen_by(ada)
    stage = Stage.objects.get(code="need_met")
    assert (stage.told_by, stage.by, OwnAct.objects.count()) == ("person", None, 1)
    assert Referral.objects.get().stage == "need_met"


def test_the_same_press_again_is_the_same_act_and_another_persons_key_is_none(case, ada):
    client = opened(case, ada)
    key = str(new_key(OwnCopy.objects.get().pk))
    for _ in range(2):
        answer = client.post(reverse("portal:call"), {"words": "After five", "idempotency_key": key})
        assert answer.status_code == 303
    strange = client.post(reverse("portal:call"), {"idempotency_key": str(new_key("somebody else"))})
    assert strange.status_code == 422
    assert SPEECH["en"].says["gone_stale"] in strange.content.decode()
    as_seen_by(ada)
    assert [(one.kind, one.words) for one in OwnAct.objects.all()] == [("call", "After five")]


def test_asking_to_be_called_starts_a_clock_that_an_attempt_as_it_is_safe_ends(case, ada):
    client = opened(case, ada)
    for _ in range(2):
        assert press(client, "call", words="Never leave a message").status_code == 303
    as_seen_by(ada)
    owed = FollowUp.objects.standing().get(case=case, kind="follow_up_asked")
    clock = Clock.objects.running().of(case.pk).get(kind="follow_up_asked")
    assert clock.due_at == owed.planned_for
    assert timedelta(hours=3) < owed.planned_for - ada.now < timedelta(hours=5)
    unsafe = add_contact_point(
        case.person, kind="phone", value="(555) 010-2020", safety="unsafe", how="", at=ada.now, by=ada
    )
    later = datetime.now(UTC)
    with pytest.raises(Refused, match="not safe"):
        attempt(owed, Try(outcome="no_answer", contact_point=unsafe), at=later, by=ada)
    attempt(owed, Try(outcome="reached"), at=later, by=ada)
    assert not Clock.objects.running().of(case.pk).filter(kind="follow_up_asked").exists()


def test_what_is_not_safe_holds_at_once_and_what_became_safe_is_asked_about_first(case, ada):
    client, point = opened(case, ada), ContactPoint.objects.get(kind="phone")
    assert press(client, "way", point.pk, safety="unsafe").status_code == 303
    as_seen_by(ada)
    now = ContactPoint.objects.get(kind="phone", ends_at=None)
    assert (now.safety, now.value, now.pk != point.pk) == ("unsafe", "(555) 010-7788", True)
    assert press(client, "way", now.pk, safety="safe").status_code == 303
    assert SPEECH["en"].says["did_looser"] in read(client)
    as_seen_by(ada)
    assert ContactPoint.objects.get(kind="phone", ends_at=None).safety == "unsafe"
    said = OwnAct.objects.get(kind="looser")
    assert Clock.objects.running().of(said.pk).get().kind == "own_word"
    with pytest.raises(Refused, match="what you do about it"):
        answer_own_act(said, answer="perhaps", at=datetime.now(UTC), by=ada)
    answer_own_act(said, answer="agreed", at=datetime.now(UTC), by=ada)
    assert ContactPoint.objects.get(kind="phone", ends_at=None).safety == "safe"
    assert not Clock.objects.running().of(said.pk).exists()
    with pytest.raises(Overtaken, match="waits for nobody"):
        answer_own_act(said, answer="left", at=datetime.now(UTC), by=ada)


def test_a_way_that_is_gone_meanwhile_is_left(case, ada):
    client, point = opened(case, ada), ContactPoint.objects.get(kind="phone")
    press(client, "way", point.pk, safety="unsafe")
    as_seen_by(ada)
    now = ContactPoint.objects.get(kind="phone", ends_at=None)
    press(client, "way", now.pk, safety="safe")
    as_seen_by(ada)
    end_contact_point(now, at=datetime.now(UTC), by=ada)
    said = OwnAct.objects.get(kind="looser")
    with pytest.raises(Overtaken, match="ended meanwhile"):
        answer_own_act(said, answer="agreed", at=datetime.now(UTC), by=ada)
    assert answer_own_act(said, answer="left", at=datetime.now(UTC), by=ada).answer == "left"


def test_a_consent_that_they_take_back_ends_at_once(case, ada):
    clinic = an_agency(name="Elm Clinic", kind="clinic")
    as_seen_by(ada)
    ends = ada.now.astimezone(ada.zone).date() + timedelta(30)
    consent = take_consent(a_release(clinic, lets_in=True, ends=ends), circle=case.circle, at=ada.now, by=ada)
    client = opened(case, ada)
    assert "Elm Clinic" in read(client)
    assert press(client, "taking_back", consent.pk).status_code == 303
    assert "Elm Clinic" not in read(client)
    as_seen_by(ada)
    ended = Consent.objects.get(pk=consent.pk)
    assert (ended.ended_how, "own copy" in ended.withdrawn_words) == ("withdrawn", True)
    assert not Grant.objects.standing(datetime.now(UTC)).filter(consent=consent).exists()


def test_what_cannot_be_done_is_said_in_their_words_and_nothing_is_written(case, ada):
    client, referral = opened(case, ada, language="es"), Referral.objects.get()
    other = a_referral(a_case(by=ada, at=ada.now), by=ada)
    sentence = SPEECH["es"].says["not_now"]
    page = read(client)
    as_seen_by(ada)
    withdraw(referral, words="They found a room.", at=datetime.now(UTC), by=ada)
    drop_step(Step.objects.get(), reason="They go elsewhere.", at=datetime.now(UTC), by=ada)
    close_case(case, outcome="declined", words="No more.", what_worked="", at=datetime.now(UTC), by=ada)
    key = {"idempotency_key": str(new_key(OwnCopy.objects.get().pk))}
    point = ContactPoint.objects.get(kind="phone")
    for where, typed in (
        (reverse("portal:need_met", args=[referral.pk]), {}),
        (reverse("portal:need_met", args=[other.pk]), {}),
        (reverse("portal:call"), {}),
        (reverse("portal:way", args=[point.pk]), {"safety": "safe"}),
        (reverse("portal:way", args=[point.pk]), {"safety": "whatever"}),
    ):
        answer = client.post(where, typed | key)
        assert (answer.status_code, sentence in answer.content.decode()) == (422, True), where
    as_seen_by(ada)
    assert OwnAct.objects.count() == 0
    assert SPEECH["es"].says["call_ask"] in page


def test_what_is_pressed_as_the_copy_is_taken_back_is_not_done(case, ada):
    copy, code = an_own_copy(case, by=ada)
    point = ContactPoint.objects.get(kind="phone")
    with held_open(code) as holder:
        press_it = Press(key=new_key(copy.pk), at=datetime.now(UTC))
        with pytest.raises(Refused, match="safe, or not safe"):
            say_how_safe(holder, point, safety="ask_first", press=press_it)
        with acting(ada):
            take_back(copy, at=ada.now, by=ada)
        with pytest.raises(Overtaken, match="copy is closed"):
            ask_for_a_call(holder, press_it)
    as_seen_by(ada)
    assert not OwnAct.objects.exists()


def test_an_open_copy_is_taken_back_although_the_server_believes_it_is_over(case, ada):
    """How long it stands open is said by the database, and by no other clock."""
    copy, code = an_own_copy(case, by=ada)
    ahead = datetime.now(UTC) + LASTING.open_for + timedelta(seconds=1)
    with held_open(code) as holder:
        ask_for_a_call(holder, Press(key=new_key(copy.pk), at=ahead))
        with acting(ada):
            take_back(copy, at=ahead, by=ada)
    as_seen_by(ada)
    assert OwnCopy.objects.get(pk=copy.pk).ended_at == ahead


def test_whoever_only_reads_hands_nothing_out_and_takes_nothing_back(case, ada):
    copy, _ = an_own_copy(case, by=ada)
    volunteer = an_actor(Role.PARTNER, agency=ada.agency, now=ada.now)
    for act in (lambda: an_own_copy(case, by=volunteer), lambda: take_back(copy, at=ada.now, by=volunteer)):
        with pytest.raises(NotPermitted), transaction.atomic():
            act()
