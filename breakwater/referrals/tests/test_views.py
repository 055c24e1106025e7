import re
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from breakwater.cases.actions.notes import Telling, add_note
from breakwater.cases.models import Case
from breakwater.cases.testing import a_case
from breakwater.referrals import views
from breakwater.referrals.actions.handoff import accept_case
from breakwater.referrals.actions.letters import Word
from breakwater.referrals.actions.loop import accept, decline
from breakwater.referrals.actions.placement import arrive
from breakwater.referrals.models import Handoff, Placement, Referral, Stage
from breakwater.referrals.testing import a_bed, a_handoff, a_placement, a_referral, news_reaches
from breakwater.resources.models import Organization, Service
from breakwater.resources.testing import a_place
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Sighting
from breakwater.trust.testing import an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def bo(now):
    return an_actor(Role.PARTNER, agency=an_agency(name="Hope House"), name="Bo Lund", now=now)


@pytest.fixture
def ada(now, bo):
    return an_actor(now=now)


def post(client, url, headers=None, **fields):
    return client.post(url, fields | {"idempotency_key": str(uuid4())}, headers=headers)


def url(name, row):
    return reverse(f"referrals:{name}", args=(row.pk,))


def shown_in(answer):
    found = re.search(rb'name="shown" value="(\w+)"', answer.content)
    return found.group(1).decode() if found else ""


def test_nothing_is_sent_before_it_was_shown_word_for_word(ada, bo, case):
    client = browser_of(ada)
    assert client.get(url("referral", case)).status_code == 200
    asked = {
        "agency": bo.agency.pk, "need": "housing", "words": "A room for two & a cat", "name_told": "yes",
        "reach": "Text only", "to_name": "",
    }  # fmt: skip
    first = post(client, url("referral", case), **asked)
    assert (first.status_code, Referral.objects.count()) == (422, 0)
    for words in (b"Jay &lt;Rivers&gt;", b"A room for two &amp; a cat", b"Text only", b"Hope House"):
        assert words in first.content
    changed = post(client, url("referral", case), **(asked | {"words": "Other words"}), shown=shown_in(first))
    assert (changed.status_code, Referral.objects.count()) == (422, 0)
    sent = post(client, url("referral", case), **asked, shown=shown_in(first))
    assert (sent.status_code, sent["Location"]) == (303, reverse("desk:case", args=(case.pk,)) + "#referrals")
    as_seen_by(ada)
    referral = Referral.objects.get()
    assert (referral.to_agency, referral.known_as, referral.words) == (
        bo.agency, "Jay <Rivers>", "A room for two & a cat",
    )  # fmt: skip
    theirs = browser_of(bo).get(url("letter", referral)).content
    for words in (b"Jay &lt;Rivers&gt;", b"A room for two &amp; a cat", b"Text only"):
        assert words in theirs


def test_a_name_that_is_not_told_is_nowhere_on_the_receivers_pages(ada, bo, case):
    referral = a_referral(case, by=ada, to_agency=bo.agency, to_name="Hope House")
    client = browser_of(bo)
    for page in (reverse("referrals:letters"), url("letter", referral), url("refusal", referral)):
        answer = client.get(page)
        assert (answer.status_code, b"Rivers" in answer.content) == (200, False)
        assert case.number.encode() not in answer.content


def test_a_referral_may_go_to_somebody_outside_or_to_a_service_of_the_directory(ada, bo, case):
    client = browser_of(ada)
    missing = post(client, url("referral", case), need="food", words="Food", name_told="no", to_name="")
    sent = post(
        client, url("referral", case), need="food", words="Food", name_told="no", shown=shown_in(missing)
    )
    assert (sent.status_code, b"Say whom you ask" in sent.content) == (422, True)
    as_seen_by(ada)
    organization = Organization.objects.create(source="t", external_id="1", name="Hope", agency=bo.agency)
    service = Service.objects.create(source="t", external_id="1", name="Pantry", organization=organization)
    there = f"{url('referral', case)}?service={service.pk}&need=food"
    assert b"Pantry" in client.get(there).content
    asked = {"service": service.pk, "need": "food", "words": "Food", "name_told": "no"}
    first = post(client, there, **asked)
    assert post(client, there, **asked, shown=shown_in(first)).status_code == 303
    as_seen_by(ada)
    referral = Referral.objects.get()
    assert (referral.to_name, referral.to_agency, referral.known_as) == ("Pantry, Hope", bo.agency, "")


def test_the_receiver_answers_with_one_press_and_declines_with_a_reason(ada, bo, case, now):
    referral = a_referral(case, by=ada, to_agency=bo.agency, at=now)
    other = a_referral(case, by=ada, to_agency=bo.agency, at=now)
    client = browser_of(bo)
    assert b"We have it" in client.get(reverse("referrals:letters")).content
    for name in ("acknowledgement", "acceptance", "beginning"):
        answer = post(client, url(name, referral))
        assert (answer.status_code, answer["Location"]) == (303, reverse("referrals:letters"))
    missing = post(client, url("refusal", other), words="Typed and kept")
    assert (missing.status_code, b"Typed and kept" in missing.content) == (422, True)
    assert post(client, url("refusal", other), reason="no_capacity", words="").status_code == 303
    late = post(client, url("acceptance", other))
    assert (late.status_code, b"has already declined" in late.content) == (422, True)
    met = post(client, url("need_met", referral), told_by="second_source")
    assert met.status_code == 303
    as_seen_by(ada)
    assert Stage.objects.get(code="need_met").source == f"Bo Lund, {bo.agency.name}"


def test_the_sender_writes_down_what_it_was_told_and_by_whom(ada, case):
    referral = a_referral(case, by=ada)
    client = browser_of(ada)
    assert b"Who there told you?" in client.get(url("acceptance", referral)).content
    assert post(client, url("acceptance", referral)).status_code == 422
    assert post(client, url("acceptance", referral), source="Bo by phone").status_code == 303
    alone = post(client, url("need_met", referral), told_by="second_source", source=ada.name)
    assert (alone.status_code, b"cannot be the second source" in alone.content) == (422, True)
    assert post(client, url("need_met", referral), told_by="sender").status_code == 422
    assert post(client, url("need_not_met", referral), reason="no_contact").status_code == 303
    page = client.get(url("letter", referral)).content
    assert b"Look again" in page
    assert f"need=housing&amp;case={case.pk}".encode() in page


def test_a_referral_is_taken_back_on_a_page(ada, case):
    referral = a_referral(case, by=ada)
    client = browser_of(ada)
    assert client.get(url("withdrawal", referral)).status_code == 200
    assert post(client, url("withdrawal", referral), words="Found a room").status_code == 303
    assert b"Withdrawn" in client.get(url("letter", referral)).content


def test_the_outbox_shows_who_owes_an_answer_and_what_came_back(ada, case):
    a_referral(case, by=ada, to_name="Slow House")
    gone = a_referral(case, by=ada, to_name="Full House")
    decline(gone, word=Word(reason="no_capacity", source="Bo"), at=ada.now, by=ada)
    page = browser_of(ada).get(reverse("referrals:outbox")).content
    for words in (b"Slow House", b"Full House", b"Look again", b"Jay &lt;Rivers&gt;"):
        assert words in page


def test_the_oldest_due_letter_comes_first_whatever_its_kind(ada, bo, case, now):
    a_handoff(case, by=ada, to=bo.agency, at=now)
    a_referral(case, by=ada, to_agency=bo.agency, at=now, need="food")
    page = browser_of(bo).get(reverse("referrals:letters")).content.decode()
    assert page.index("Food") < page.index("Take over a case"), "four hours come before a business day"


def test_free_beds_stand_together_and_do_not_tell_where_a_safe_house_is(ada, bo, case, now):
    hidden = a_place("Rose House", is_confidential=True, address="", city="", postal_code="",
                     latitude=None, longitude=None)  # fmt: skip
    a_bed(keeper=bo.agency, at=now, place=hidden, label="Room 1")
    house = a_place("Open House", city="Dayton")
    for label in ("Bunk 10", "Bunk 9"):
        a_bed(keeper=bo.agency, at=now, place=house, label=label)
    page = " ".join(browser_of(ada).get(url("placement", case)).content.decode().split())
    assert page.count("Open House</b>") == 1
    assert ">2 free<" in page
    assert page.index("Hold Bunk 9") < page.index("Hold Bunk 10")
    assert "Hold Room 1" not in page
    assert "Open House</b>, Dayton" in page


def test_more_free_beds_than_fit_on_a_page_are_on_the_next(ada, bo, case, now, monkeypatch):
    monkeypatch.setattr(views.placement, "PER_PAGE", 2)
    house = a_place("Open House", city="Dayton")
    for number in range(3):
        a_bed(keeper=bo.agency, at=now, place=house, label=f"Bunk {number}", kind="shelter_adult")
    client, shown = browser_of(ada), f"{url('placement', case)}?kind=shelter_adult"
    first = client.get(shown).content.decode()
    assert re.findall(r"Hold (Bunk \d)", first) == ["Bunk 0", "Bunk 1"]
    assert 'rel="next" href="?kind=shelter_adult&amp;page=2"' in first
    second = client.get(f"{shown}&page=2").content.decode()
    assert re.findall(r"Hold (Bunk \d)", second) == ["Bunk 2"]
    said = [re.findall(r">(\d (?:free|of them here))<", one) for one in (first, second)]
    assert said == [["3 free", "2 of them here"], ["3 free", "1 of them here"]]
    assert "No more free beds" in client.get(f"{shown}&page=3").content.decode()


def test_a_bed_is_held_with_one_press_and_its_keepers_write_down_the_arrival(ada, bo, case, now):
    bed = a_bed(keeper=bo.agency, at=now, label="Bed 4")
    client = browser_of(ada)
    assert b"Bed 4" in client.get(url("placement", case)).content
    assert b"Bed 4" not in client.get(f"{url('placement', case)}?kind=detox").content
    held = post(client, url("placement", case), bed=bed.pk, name_told="yes")
    assert (held.status_code, held["Location"]) == (303, reverse("desk:case", args=(case.pk,)) + "#placement")
    keeper = browser_of(bo)
    assert b"Jay &lt;Rivers&gt;" in keeper.get(reverse("referrals:beds")).content
    as_seen_by(ada)
    placement = Placement.objects.get()
    assert keeper.get(url("arrival", placement)).status_code == 200
    assert post(keeper, url("arrival", placement))["Location"] == reverse("referrals:beds")
    again = post(keeper, url("absence", placement))
    assert (again.status_code, b"They have arrived" in again.content) == (422, True)
    assert post(client, url("departure", placement), words="Home").status_code == 303


def test_who_comes_too_late_is_offered_what_is_still_free_in_the_same_fragment(ada, bo, case, now):
    bed, spare = (a_bed(keeper=bo.agency, at=now, label=label) for label in ("Bed 4", "Bed 5"))
    a_placement(a_case(by=ada, at=now), bed, by=ada, at=now)
    client = browser_of(ada)
    late = post(client, url("placement", case), bed=bed.pk, name_told="yes", headers={"HX-Request": "true"})
    assert late.status_code == 422
    page = late.content.decode()
    assert page.lstrip().startswith('<div id="free-beds">')
    assert "Bed 4 was just taken. These are still free." in page
    assert (f'value="{spare.pk}"' in page, f'value="{bed.pk}"' in page) == (True, False)
    whole = post(client, url("placement", case), bed=bed.pk, name_told="yes").content.decode()
    assert "<html" in whole
    assert "These are still free" in whole


def test_somebody_is_moved_to_another_bed_or_the_bed_is_freed(ada, bo, case, now):
    bed, spare = (a_bed(keeper=bo.agency, at=now, label=label) for label in ("Bed 4", "Bed 5"))
    placement = a_placement(case, bed, by=ada, at=now)
    client = browser_of(ada)
    assert b"Bed 5" in client.get(url("moving", placement)).content
    assert post(client, url("moving", placement), bed=spare.pk).status_code == 303
    as_seen_by(ada)
    moved = Placement.objects.standing().get()
    assert client.get(url("cancellation", moved)).status_code == 200
    assert post(client, url("cancellation", moved), words=" ").status_code == 422
    assert post(client, url("cancellation", moved), words="Stays with her sister").status_code == 303


def test_exactly_the_packet_that_was_shown_is_offered(ada, bo, case, now):
    note = add_note(
        case, Telling(kind="note", words="Only for the next one", happened_at=now), at=now, by=ada
    )
    client = browser_of(ada)
    assert b"Only for the next one" in client.get(url("handoff", case)).content
    chosen = {
        "agency": bo.agency.pk,
        "to_name": "",
        "sections": ["who", "dangers"],
        "notes": [note.pk],
        "message": "Hi",
    }
    first = post(client, url("handoff", case), **chosen)
    assert (first.status_code, b"the very packet" in first.content) == (422, True)
    other = post(client, url("handoff", case), **(chosen | {"sections": ["who"]}), shown=shown_in(first))
    assert other.status_code == 422
    assert post(client, url("handoff", case), **chosen, shown=shown_in(first)).status_code == 303
    as_seen_by(ada)
    handoff = Handoff.objects.get()
    shown, theirs = (re.search(rb"<article.*?</article>", page, re.DOTALL).group() for page in (
        first.content, browser_of(bo).get(url("packet", handoff)).content,
    ))  # fmt: skip
    assert shown == theirs
    assert b"Only for the next one" in theirs
    assert b"What is happening" not in theirs


def test_a_case_is_taken_over_from_its_packet(ada, case, now):
    eve = an_actor(agency=an_agency(name="Long Road"), now=now)
    as_seen_by(ada)
    handoff = a_handoff(case, by=ada, to=eve.agency, at=now)
    client = browser_of(eve)
    assert b"Accept and open our case" in client.get(reverse("referrals:letters")).content
    assert post(client, url("handoff_acceptance", handoff))["Location"] == url("taking_over", handoff)
    waits = client.get(url("packet", handoff)).content
    assert (b"Nobody at your agency is accountable" in waits, b"We have reached them" in waits) == (
        True,
        False,
    )
    assert post(client, url("first_contact", handoff)).status_code == 422
    page = client.get(url("taking_over", handoff)).content.decode()
    assert 'value="Jay &lt;Rivers&gt;"' in page
    fields = {
        "what_is_happening": "Came from Harbor", "known_as": "Jay <Rivers>", "asked_by": "partner", "owner": "me",
    }  # fmt: skip
    opened = post(client, url("taking_over", handoff), **fields)
    assert opened.status_code == 303
    again = post(client, url("taking_over", handoff), **fields)
    assert (again.status_code, b"already opened its case" in again.content) == (422, True)
    as_seen_by(eve)
    ours = Case.objects.get()
    assert (ours.came_from, ours.what_is_happening) == (handoff.pk, "Came from Harbor")
    assert ours.number.encode() in client.get(url("packet", handoff)).content
    assert post(client, url("first_contact", handoff)).status_code == 303
    as_seen_by(ada)
    news_reaches(ada.agency, at=timezone.now())
    assert b"Close the case as handed off" in browser_of(ada).get(url("packet", handoff)).content


def test_the_sender_writes_down_the_answer_of_somebody_outside(ada, case):
    handoff = a_handoff(case, by=ada)
    client = browser_of(ada)
    for name in ("handoff_acceptance", "handoff_refusal", "handoff_withdrawal", "first_contact"):
        assert client.get(url(name, handoff)).status_code == 200
    assert post(client, url("handoff_acceptance", handoff), source="Bo by phone").status_code == 303
    unsaid = post(client, url("first_contact", handoff), told_by="person", source="")
    assert unsaid.status_code == 422
    assert post(client, url("first_contact", handoff), told_by="person", source="Jay").status_code == 303


def test_a_hand_off_is_declined_or_taken_back(ada, bo, case, now):
    handoff = a_handoff(case, by=ada, to=bo.agency, at=now)
    client = browser_of(bo)
    assert post(client, url("handoff_refusal", handoff), words="").status_code == 422
    assert post(client, url("handoff_refusal", handoff), words="Full").status_code == 303
    as_seen_by(ada)
    another = a_handoff(case, by=ada, at=now)
    assert post(browser_of(ada), url("handoff_withdrawal", another), words="We keep her").status_code == 303


def test_what_was_shown_is_written_down(ada, bo, case, now):
    referral = a_referral(case, by=ada, to_agency=bo.agency, at=now)
    browser_of(bo).get(url("letter", referral))
    browser_of(bo).get(reverse("referrals:letters"))
    as_seen_by(bo)
    seen = {(sighting.what, *sighting.ids) for sighting in Sighting.objects.filter(by=bo.user)}
    assert {("referrals.referral", referral.pk), ("referrals.letter", referral.pk)} <= seen


def rows_of(ada, bo, case, now):
    bed = a_bed(keeper=bo.agency, at=now)
    return {
        "referral": a_referral(case, by=ada, to_agency=bo.agency, at=now),
        "placement": a_placement(case, bed, by=ada, at=now),
        "handoff": a_handoff(case, by=ada, to=bo.agency, at=now),
        "case": case,
    }


def test_the_receiver_finds_nothing_of_the_case_behind_the_letter(ada, bo, case, now):
    rows = rows_of(ada, bo, case, now)
    client = browser_of(bo)
    for name in ("referral", "placement", "handoff"):
        assert client.get(url(name, case)).status_code == 404
    assert client.get(url("moving", rows["placement"])).status_code == 404


def test_an_administrator_reads_no_letters(now):
    client = browser_of(an_actor(Role.ADMINISTRATOR, now=now))
    for name in ("letters", "outbox", "beds"):
        assert client.get(reverse(f"referrals:{name}")).status_code == 403


@pytest.mark.parametrize("asked", ["0", "-1", "x", "9999999999999", "１", "²"])
def test_a_page_number_that_makes_no_sense_is_the_first_page(ada, asked):
    assert browser_of(ada).get(reverse("referrals:letters"), {"page": asked}).status_code == 200


def test_the_lists_ask_as_little_for_fifty_rows_as_for_ten(bo, now, django_assert_max_num_queries):
    place, ada = a_bed(keeper=bo.agency, at=now).place, an_actor(now=now)

    def asked_with(*numbers):
        as_seen_by(ada)
        for number in numbers:
            case = a_case(by=ada, at=now)
            referral = a_referral(case, by=ada, to_agency=bo.agency, at=now)
            a_handoff(case, by=ada, to=bo.agency, at=now)
            a_placement(case, a_bed(keeper=bo.agency, at=now, place=place), by=ada, at=now)
            if number % 2:
                decline(referral, word=Word(reason="no_funds", source="Bo"), at=now, by=ada)
        return [asked(name, by) for name, by in (("letters", bo), ("outbox", ada), ("beds", bo))]

    def asked(name, by):
        """Ten, where there were nine: what is owed a reply is asked for as well."""
        client = browser_of(by)
        with django_assert_max_num_queries(10) as context:
            assert client.get(reverse(f"referrals:{name}")).status_code == 200
        return len(context)

    assert asked_with(*range(10)) == asked_with(*range(10, 50))


def test_pages_turn(ada, bo, now):
    for _ in range(51):
        a_referral(a_case(by=ada, at=now), by=ada, to_agency=bo.agency, at=now)
    client = browser_of(bo)
    first = client.get(reverse("referrals:letters")).content
    second = client.get(reverse("referrals:letters"), {"page": "2"}).content
    assert (b"?page=2" in first, first.count(b"data-open")) == (True, 50)
    assert (b"?page=1" in second, second.count(b"data-open")) == (True, 1)


def test_every_fragment_of_the_case_page_stands_alone(ada, bo, case, now):
    from django.template.loader import render_to_string
    from django.test import RequestFactory

    rows = rows_of(ada, bo, case, now)
    accept(rows["referral"], word=Word(source="Bo"), at=now, by=ada)
    accept_case(rows["handoff"], word=Word(source="Bo"), at=now, by=ada)
    arrive(rows["placement"], at=now, by=ada)
    request = RequestFactory().get("/")
    panels = {
        "_referrals": {"referrals": list(Referral.objects.of_episode(case.pk))},
        "_placement": {"placements": list(Placement.objects.of_episode(case.pk))},
        "_handoff": {"handoffs": list(Handoff.objects.of_episode(case.pk))},
    }
    for name, context in panels.items():
        for rows_shown in (context, {key: [] for key in context}):
            html = render_to_string(
                f"referrals/{name}.html",
                {"case": case, "actor": ada, "now": now, **rows_shown},
                request=request,
            )
            assert html.strip().startswith("<section")
