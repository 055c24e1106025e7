"""Who is told what waits for them, and what becomes of an urgent notice that nobody looks at."""

import re
from datetime import time, timedelta

import pytest
from django.urls import reverse

from breakwater.cases.actions.closing import close_case
from breakwater.cases.testing import a_case
from breakwater.clocks.actions import Promise, start, stop
from breakwater.clocks.jobs import look_at
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import Refused
from breakwater.kernel.ids import new_id
from breakwater.messaging.actions.notices import see_all_about, see_notice
from breakwater.messaging.actions.reach import end_way
from breakwater.messaging.actions.sending import send
from breakwater.messaging.jobs import go_on_of, send_due
from breakwater.messaging.library import LIBRARY
from breakwater.messaging.models import Notice, Way
from breakwater.messaging.testing import a_message, a_notice, a_rule, a_safe_phone, a_way
from breakwater.messaging.tests.outside import a_gateway, a_mail_server
from breakwater.resources.actions.claims import claim_listing, withdraw_claim
from breakwater.resources.models import Organization
from breakwater.trust.access import acting, system_for
from breakwater.trust.capabilities import Role
from breakwater.trust.dispatch import react
from breakwater.trust.models import AgencyRole, Appointment, Entry
from breakwater.trust.testing import NOON, a_guest, an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return an_actor(Role.SUPERVISOR)


def news_spreads(*actors, at=NOON, times=2):
    """The worker carries everything that was announced to whoever hears it, and once more."""
    for actor in actors:
        agency = actor.agency
        with acting(system_for(agency, now=at)):
            ours = [
                *Entry.objects.filter(agency=agency, to_agency=None),
                *Entry.objects.filter(to_agency=agency),
            ]
        for entry in ours * times:
            react(entry.pk, agency, at=at)


def told(actor):
    as_seen_by(actor)
    return [(one.kind, one.to_id, one.step) for one in Notice.objects.on_the_page_of(actor)]


def test_both_who_claim_one_listing_hear_of_it_and_that_one_is_left(ada):
    bo = an_actor(Role.SUPERVISOR)
    listing = Organization.objects.create(source="county", external_id="1", name="Lantern Shelter")
    for by in (ada, bo):
        with acting(by):
            claim = claim_listing(listing, proof="The license", at=NOON, by=by)
    news_spreads(ada, bo)
    assert [len(told(by)) for by in (ada, bo)] == [1, 1], "told once, however often it is heard"
    assert {kind for kind, *_ in told(ada)} == {"house"}
    with acting(bo):
        withdraw_claim(claim, at=NOON, by=bo)
    news_spreads(ada, bo)
    assert len(told(ada)) == 2


def test_who_supervises_hears_of_a_case_that_ended_in_danger(ada):
    bo = an_actor(agency=ada.agency)
    case = a_case(by=bo, dangers={"self": ("now", "On the roof.")})
    close_case(a_case(by=bo), outcome="moved", at=NOON, by=bo)
    close_case(case, outcome="died", words="Found at two.", at=NOON, by=bo)
    news_spreads(ada)
    assert told(ada) == [("left", ada.user_id, 0)]
    assert told(bo) == []


def test_a_message_is_told_to_whoever_waits_for_it_and_to_nobody_else(ada):
    rosa, bo = an_actor(Role.PARTNER), an_actor(agency=ada.agency)
    as_seen_by(ada)
    case = a_case(by=bo)
    a_guest(case.circle, agency=rosa.agency, until=None, at=NOON, by=ada)
    message = a_message(case, by=ada)
    news_spreads(ada, rosa)
    assert told(ada) == []
    assert told(bo) == [("message", bo.user_id, 0)]
    assert told(rosa) == [("message", None, 0)]
    a_message(case, "At four.", by=as_seen_by(rosa))
    see_all_about(message.thread_id, at=NOON, by=rosa)
    news_spreads(rosa, ada)
    assert told(rosa) == []
    assert told(ada) == [("message", ada.user_id, 0)]
    assert len(told(bo)) == 2


def test_whoever_chose_so_hears_by_mail_and_not_once_they_looked_or_left(ada, settings):
    bo = an_actor(agency=ada.agency)
    a_way(by=bo)
    with pytest.raises(Refused, match="address or number"):
        a_way(by=bo, value=" ")
    case = a_case(by=bo)
    with a_mail_server(settings) as mail:
        a_message(case, by=as_seen_by(ada))
        news_spreads(ada)
        assert send_due(ada.agency, at=NOON) == 1
        assert [one["Subject"] for one in mail.letters] == [LIBRARY.workers["message"].says["en"].subject]
        for reason in ("looked", "left"):
            a_message(case, by=ada)
            news_spreads(ada)
            waits = Notice.objects.get(channel="email", state="waiting")
            if reason == "looked":
                see_notice(waits, at=NOON, by=bo)
            else:
                Appointment.objects.filter(user=bo.user).update(ends_at=NOON)
            assert send(waits.pk, at=NOON, by=system_for(ada.agency, now=NOON)) == "dropped"
        assert len(mail.letters) == 1


def test_who_reads_spanish_is_told_in_spanish(ada, settings):
    rosa, bo = an_actor(agency=ada.agency), an_actor(agency=ada.agency)
    rosa.user.language = "es"
    rosa.user.save()
    for one in (rosa, bo):
        a_way(by=as_seen_by(one), value=f"{one.user_id}@post.example")
        a_message(a_case(by=one), by=as_seen_by(ada))
    news_spreads(ada)
    with a_mail_server(settings) as mail:
        assert send_due(ada.agency, at=NOON) == 2
    told = {one["To"].partition("@")[0]: one["From"].partition(" ")[0] for one in mail.letters}
    assert told == {str(rosa.user_id): "Notas", str(bo.user_id): "Notes"}


def test_quiet_hours_hold_what_is_not_urgent(ada, settings):
    bo = an_actor(agency=ada.agency)
    a_way(by=bo, quiet_from=time(6), quiet_until=time(9), urgent_at_night=True)
    case = a_case(by=bo)
    for is_urgent in (False, True):
        a_message(case, by=as_seen_by(ada), is_urgent=is_urgent)
    news_spreads(ada)
    with a_mail_server(settings) as mail:
        assert send_due(ada.agency, at=NOON) == 1
        assert mail.letters[0]["Subject"] == LIBRARY.workers["urgent"].says["en"].subject
        assert send_due(ada.agency, at=NOON + timedelta(hours=1)) == 1
    as_seen_by(bo)
    end_way("email", at=NOON, by=bo)
    assert not Way.objects.standing().exists()


def test_an_urgent_notice_goes_on_to_who_supervises_and_then_to_the_duty_queue(ada):
    bo, cy = an_actor(agency=ada.agency), an_actor(agency=ada.agency)
    case = a_case(by=bo)
    a_message(case, by=cy, is_urgent=True)
    news_spreads(ada)
    late = NOON + LIBRARY.answer
    assert go_on_of(ada.agency, at=late - timedelta(seconds=1)) == 0
    assert go_on_of(ada.agency, at=late) == 1
    assert told(ada) == [("urgent", ada.user_id, 1)]
    assert go_on_of(ada.agency, at=late) == 0
    assert go_on_of(ada.agency, at=late + LIBRARY.answer) == 1
    assert told(cy) == [("urgent", None, 2)]
    assert go_on_of(ada.agency, at=late + 2 * LIBRARY.answer) == 1
    assert Notice.objects.count() == 3
    see_notice(Notice.objects.get(step=2), at=late, by=cy)
    assert [told(one) for one in (ada, bo, cy)] == [[], [], []]


def test_who_supervises_is_told_by_what_their_role_allows(ada):
    """An agency made a role of its own for it: nobody is left out for what it is called."""
    role = AgencyRole.objects.create(
        agency=ada.agency,
        name="Shift lead",
        capabilities=["cases.read", "cases.work", "trust.confirm_access"],
        made_at=NOON,
    )
    Appointment.objects.filter(user=ada.user).update(role=Role.OWN, own_role=role)
    bo, cy = an_actor(agency=ada.agency), an_actor(agency=ada.agency)
    a_message(a_case(by=bo), by=cy, is_urgent=True)
    news_spreads(ada)
    assert go_on_of(ada.agency, at=NOON + LIBRARY.answer) == 1
    assert told(ada) == [("urgent", ada.user_id, 1)]


def test_what_somebody_saw_to_goes_no_further(ada):
    bo = an_actor(agency=ada.agency)
    a_message(a_case(by=bo), by=as_seen_by(ada), is_urgent=True)
    news_spreads(ada)
    as_seen_by(bo)
    see_notice(Notice.objects.get(), at=NOON, by=bo)
    assert go_on_of(ada.agency, at=NOON + timedelta(days=1)) == 0


def a_promise(kind, *, by, case=None, until):
    """A clock of one's agency, about a case or about nothing of one."""
    case, episode = (case, case.pk) if case else (a_case(by=by), None)
    made = Promise(kind=kind, about=case.pk, started_at=NOON, until=until)
    return start(made, circle=case.circle, episode=episode, at=NOON, by=by)


def test_whom_the_profile_names_is_told_of_a_missed_clock(ada):
    """A next contact: who is accountable, and who supervises. A code's promise: the duty queue as well."""
    bo = an_actor(agency=ada.agency)
    case, soon = a_case(by=bo), NOON + timedelta(minutes=1)
    contact = a_promise("next_contact", case=case, by=bo, until=soon)
    response = a_promise("triage_response", case=case, by=bo, until=soon)
    late = soon + timedelta(minutes=1)
    look_at(ada.agency, at=late)
    news_spreads(ada, at=late)
    heard = set(Notice.objects.values_list("cause", "to"))
    both = {bo.user_id, ada.user_id}
    assert heard == {(contact.pk, to) for to in both} | {(response.pk, to) for to in (*both, None)}
    assert {one.kind for one in Notice.objects.all()} == {"clock"}


def test_a_notice_says_on_our_page_which_promise_of_whom(ada):
    """Outside it says nothing; whoever is signed in reads what is late without opening thirteen cases."""
    case, soon = a_case(by=ada, known_as="Marisol Vega"), NOON + timedelta(minutes=1)
    a_promise("triage_response", case=case, by=ada, until=soon)
    look_at(ada.agency, at=soon)
    news_spreads(ada, at=soon)
    as_seen_by(ada)
    shown = browser_of(ada).get(reverse("messaging:inbox")).content.decode()
    told = shown[shown.index("Waiting for you") :]
    assert "Triage response" in told
    assert "Marisol Vega" in told


def test_a_missed_promise_that_was_ended_and_not_kept_is_told_all_the_same(ada):
    bo, soon = an_actor(agency=ada.agency), NOON + timedelta(minutes=1)
    as_seen_by(bo)
    case = a_case(by=bo)
    excused = a_promise("next_contact", case=case, by=bo, until=soon)
    kept = a_promise("triage_response", case=case, by=bo, until=soon)
    late = soon + timedelta(minutes=1)
    look_at(ada.agency, at=late)
    as_seen_by(bo)
    stop(excused, how=Clock.Ended.EXCUSED, excuse="Its time ran out.", at=late, by=bo)
    stop(kept, how=Clock.Ended.MET, at=soon, by=bo)
    news_spreads(ada, at=late)
    assert set(Notice.objects.values_list("cause", flat=True)) == {excused.pk}


def test_what_is_due_soon_is_told_to_whom_the_profile_names_besides_the_owner_who_has_it_on_the_board(ada):
    bo, late = an_actor(agency=ada.agency), NOON + timedelta(hours=10)
    as_seen_by(bo)
    case = a_case(by=bo)
    contact = a_promise("next_contact", case=case, by=bo, until=late)
    response = a_promise("triage_response", case=case, by=bo, until=late)
    asked = a_promise("glass_review", by=bo, until=late)
    before = late - timedelta(minutes=1)
    look_at(ada.agency, at=before)
    news_spreads(ada, at=before)
    of_these = Notice.objects.filter(cause__in=[contact.pk, response.pk, asked.pk])
    assert set(of_these.values_list("kind", "cause", "to")) == {
        ("soon", response.pk, None),
        ("desk_soon", asked.pk, ada.user_id),
    }
    look_at(ada.agency, at=late)
    news_spreads(ada, at=late)
    assert set(Notice.objects.filter(kind="desk").values_list("cause", "to")) == {(asked.pk, ada.user_id)}


def test_a_consent_that_ends_leads_whoever_works_here_to_that_consent_and_not_to_the_privacy_desk(ada):
    bo, ends = an_actor(agency=ada.agency), NOON + timedelta(hours=10)
    as_seen_by(bo)
    case = a_case(by=bo)
    consent = new_id()
    start(Promise(kind="consent_expiry", about=consent, started_at=NOON, until=ends), circle=case.circle,
          episode=None, at=NOON, by=bo)  # fmt: skip
    look_at(ada.agency, at=ends)
    news_spreads(ada, at=ends)
    as_seen_by(bo)
    shown = browser_of(bo).get(reverse("messaging:inbox")).content.decode()
    assert f'<a href="/privacy/consents/{consent}/">A consent that ends</a>' in shown
    assert 'href="/privacy/"' not in shown


def test_what_is_late_on_the_privacy_desk_is_shown_to_whoever_has_no_way_there_and_left_to_whoever_has(ada):
    """It stays until somebody sees to it who can."""
    bo, late = an_actor(agency=ada.agency), NOON + timedelta(hours=10)
    as_seen_by(bo)
    a_promise("glass_review", by=bo, until=late)
    look_at(ada.agency, at=late)
    news_spreads(ada, at=late)
    Notice.objects.filter(kind="desk").update(to=None)
    for who, can in ((bo, False), (an_actor(Role.PRIVACY_OFFICER, agency=ada.agency), True)):
        as_seen_by(who)
        shown = browser_of(who).get(reverse("messaging:inbox")).content.decode()
        (told,) = (one for one in shown.split("</li>") if "Late on the privacy desk" in one)
        told = told.rpartition("<li")[2]
        assert re.search(r"privacy (officer|desk</a>)\s+<b>", told), (
            "what it is and which promise stand apart"
        )
        assert ('href="/privacy/"' in told, "I see to it" in told) == (can, can)


def test_a_missed_clock_and_a_notice_that_did_not_arrive_are_told_once(ada, settings):
    case = a_case(by=ada)
    soon = NOON + timedelta(minutes=1)
    promise = Promise(kind="next_contact", about=case.pk, started_at=NOON, until=soon)
    start(promise, circle=case.circle, episode=case.pk, at=NOON, by=ada)
    look_at(ada.agency, at=NOON + timedelta(minutes=2))
    point = a_safe_phone(case, by=as_seen_by(ada))
    a_rule(point, by=ada)
    with a_gateway(settings) as gateway:
        gateway.mood = "no"
        assert send(a_notice(case, point, by=ada).pk, at=NOON, by=ada) == "failed"
    news_spreads(ada)
    assert {("clock", ada.user_id, 0), ("undelivered", ada.user_id, 0)} == set(told(ada))
