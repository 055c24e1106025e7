"""An intake that somebody began and left is shown to colleagues, and one of them goes on with it."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from breakwater.cases.actions.left import take_over_intake
from breakwater.cases.models import Case
from breakwater.cases.others import left_intakes
from breakwater.clocks.library import profile
from breakwater.kernel.errors import NotPermitted, Overtaken
from breakwater.kernel.ids import made_at, new_id
from breakwater.trust.access import acting
from breakwater.trust.actions.drafts import drop_draft, keep_draft, set_aside
from breakwater.trust.capabilities import Role
from breakwater.trust.drafts import drafts_of
from breakwater.trust.models import Draft, Entry
from breakwater.trust.testing import an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

FORM = "/cases/intake/"
LEFT = profile("us").care.left_after
TYPED = {"what_is_happening": ["He is at the bridge."], "known_as": ["Sam Ito"]}
SAVED = {name: value for name, (value,) in TYPED.items()} | {"asked_by": "self", "owner": "me"}


@pytest.fixture
def vera(db):
    return an_actor(name="Vera Kelly", now=timezone.now())


@pytest.fixture
def yusuf(vera):
    return an_actor(Role.SUPERVISOR, agency=vera.agency, name="Yusuf Marsh", now=vera.now)


def left_by(writer, *, ago=LEFT, form=FORM, typed=TYPED):
    as_seen_by(writer)
    return keep_draft(form, typed, at=writer.now - ago, by=writer)


def taken_over(draft, by):
    as_seen_by(by)
    take_over_intake(draft.pk, FORM, at=by.now, by=by)


def shown_to(actor):
    as_seen_by(actor)
    return [one.draft_id for one in left_intakes(actor, FORM)]


def sent_for(draft_id, by):
    return press(browser_of(by), reverse("cases:taking_over", args=(draft_id,)), by=by)


def test_a_colleague_is_told_that_somebody_waits_since_when_and_no_word_of_it(vera, yusuf):
    left_by(vera, ago=timedelta(hours=5))
    desk = browser_of(yusuf)
    board, caseloads = (desk.get(one).content.decode() for one in ("/", "/caseloads/"))
    assert "An intake that a colleague began is not saved" in board
    assert all("5 h ago" in page for page in (board, caseloads))
    assert "Vera Kelly" in caseloads.split('id="left"', 1)[1].split("</section>", 1)[0]
    assert not any(word in page for page in (board, caseloads) for word in ("bridge", "Sam Ito"))


def test_whoever_still_types_has_left_nothing_and_no_other_form_is_an_intake(vera, yusuf):
    left_by(vera, ago=LEFT - timedelta(seconds=1))
    left_by(vera, ago=timedelta(days=1), form="/cases/notes/")
    assert shown_to(yusuf) == []
    assert "colleague began" not in browser_of(yusuf).get("/").content.decode()


def test_what_was_set_aside_is_left_as_well_and_ones_own_is_ones_own(vera, yusuf):
    left = left_by(vera)
    set_aside(FORM, by=vera)
    assert shown_to(vera) == []
    assert shown_to(yusuf) == [left.pk]


def test_whoever_goes_on_with_it_finds_every_word_and_its_age_at_the_intake(vera, yusuf):
    left = left_by(vera, ago=timedelta(hours=5))
    assert sent_for(left.pk, yusuf).headers["Location"] == FORM
    as_seen_by(yusuf)
    mine = drafts_of(yusuf).get()
    assert (mine.fields, mine.since) == (TYPED, left.kept_at)
    page = browser_of(yusuf).get(FORM).content.decode()
    assert "Begun by a colleague, and yours now, 5 h ago" in page
    assert "Sam Ito" in page
    assert Entry.objects.get(verb="cases.intake_taken_over", about=left.pk).facts["worker_id"] == str(
        vera.user_id
    )


def test_its_writer_keeps_it_and_reads_who_has_it(vera, yusuf):
    taken_over(left_by(vera), yusuf)
    assert shown_to(an_actor(agency=vera.agency, now=vera.now)) == []
    desk = browser_of(vera)
    assert "Yusuf Marsh went on with this" in desk.get(FORM).content.decode()
    assert "that you began" not in desk.get("/").content.decode()
    as_seen_by(vera)
    assert drafts_of(vera).get().fields == TYPED
    set_aside(FORM, by=vera)
    assert "Yusuf Marsh went on with this" in browser_of(vera).get(FORM).content.decode()


def saved_by(writer, **more):
    return press(browser_of(writer), FORM, by=writer, **SAVED | more)


def cases_of(actor):
    as_seen_by(actor)
    return Case.objects.count()


def test_its_writer_who_still_has_it_open_is_asked_before_there_are_two_cases(vera, yusuf):
    taken_over(left_by(vera), yusuf)
    answer = saved_by(vera)
    page = answer.content.decode()
    assert (answer.status_code, cases_of(vera)) == (422, 0)
    assert "Yusuf Marsh went on with what you began here. Ask them first" in page
    assert "He is at the bridge." in page
    assert 'name="is_agreed" value="1"' in page
    assert drafts_of(vera).get().taken_by == yusuf.user, "it is asked of her until she says so"
    assert saved_by(vera, is_agreed="1").status_code == 303
    assert (cases_of(vera), drafts_of(vera).count()) == (1, 0)


def test_what_goes_into_the_open_case_of_somebody_is_no_second_one(vera, yusuf):
    assert saved_by(vera).status_code == 303
    as_seen_by(vera)
    person = Case.objects.get().person_id
    taken_over(left_by(vera), yusuf)
    assert saved_by(vera, person=person, into_open="1", spoke="1").status_code == 303
    assert cases_of(vera) == 1


def test_whoever_saves_while_a_colleague_takes_it_over_is_asked(own_database, meanwhile):
    with transaction.atomic():
        vera = an_actor(now=timezone.now())
        yusuf = an_actor(Role.SUPERVISOR, agency=vera.agency, now=vera.now)
        left = left_by(vera)
    answer = meanwhile(
        lambda: take_over_intake(left.pk, FORM, at=yusuf.now, by=yusuf), lambda: saved_by(vera), by=yusuf
    )
    assert (answer.status_code, b"went on with what you began here" in answer.content) == (422, True)


def test_what_its_writer_types_after_that_waits_anew(vera, yusuf):
    left = left_by(vera)
    taken_over(left, yusuf)
    as_seen_by(vera)
    keep_draft(FORM, {"what_is_happening": ["The next caller."]}, at=vera.now + timedelta(seconds=1), by=vera)
    assert "that you began" in browser_of(vera).get("/").content.decode()
    later = an_actor(agency=vera.agency, now=vera.now + LEFT * 2)
    assert left.pk in shown_to(later)


def test_left_a_second_time_it_is_shown_with_its_first_age(vera, yusuf):
    left = left_by(vera, ago=timedelta(hours=5))
    taken_over(left, yusuf)
    ana = an_actor(agency=vera.agency, now=vera.now + LEFT)
    as_seen_by(ana)
    again = left_intakes(ana, FORM)
    assert [(one.by, one.since) for one in again] == [("Yusuf Marsh", left.kept_at)]


def test_of_two_one_goes_on_with_it_and_the_other_reads_who(vera, yusuf):
    left = left_by(vera)
    taken_over(left, yusuf)
    ana = an_actor(agency=vera.agency, now=vera.now)
    as_seen_by(ana)
    with pytest.raises(Overtaken, match="Yusuf Marsh has taken this over already"):
        take_over_intake(left.pk, FORM, at=ana.now, by=ana)
    assert drafts_of(ana).count() == 0


def test_pressed_twice_it_is_taken_over_once(vera, yusuf):
    left = left_by(vera)
    for _ in range(2):
        assert sent_for(left.pk, yusuf).status_code == 303
    as_seen_by(yusuf)
    assert drafts_of(yusuf).count() == 1
    assert Entry.objects.filter(verb="cases.intake_taken_over").count() == 1


def test_a_stranger_meets_the_same_as_whoever_asks_for_what_never_was(vera, yusuf):
    left = left_by(vera)
    stranger = an_actor(Role.SUPERVISOR, now=vera.now)
    asked = [sent_for(one, stranger) for one in (left.pk, uuid4())]
    assert {(one.status_code, one.content.replace(str(left.pk).encode(), b"")) for one in asked[:1]} == {
        (404, asked[1].content)
    }
    assert shown_to(stranger) == []
    assert shown_to(yusuf) == [left.pk]


def test_what_was_saved_thrown_away_or_touched_meanwhile_is_not_taken_over(vera, yusuf):
    left = left_by(vera)
    keep_draft(FORM, TYPED, at=vera.now, by=vera)
    assert sent_for(left.pk, yusuf).status_code == 404
    as_seen_by(vera)
    drop_draft(FORM, by=vera)
    assert sent_for(left.pk, yusuf).status_code == 404


def test_whoever_takes_nobody_in_is_not_shown_it_and_cannot_ask_for_it(vera):
    left = left_by(vera)
    ines = an_actor(Role.PRIVACY_OFFICER, agency=vera.agency, now=vera.now)
    assert shown_to(ines) == []
    with pytest.raises(NotPermitted):
        take_over_intake(left.pk, FORM, at=ines.now, by=ines)


def test_the_wall_gives_the_words_to_nobody_who_leaves_no_mark(vera, yusuf):
    left = left_by(vera)
    with acting(yusuf), connection.cursor() as cursor:
        assert Draft.objects.count() == 0
        cursor.execute("SELECT * FROM trust_left_behind(%s, %s)", (FORM, yusuf.now))
        assert [len(row) for row in cursor.fetchall()] == [3]
        moment = (left.pk, FORM, yusuf.now, yusuf.now)
        told = []
        for _ in range(2):
            cursor.execute("SELECT id FROM trust_taken_over(%s, %s, %s, %s)", moment)
            told.append(cursor.fetchall())
    assert told == [[(left.pk,)], []], "once"
    as_seen_by(vera)
    assert Draft.objects.get().taken_by_id == yusuf.user_id


def asked_at_on(desk):
    (field,) = re.findall(r'<input[^>]*name="asked_at"[^>]*>', desk.get(FORM).content.decode())
    return "".join(re.findall(r'value="([^"]{16})', field))


def test_clocks_count_from_the_first_word_that_was_typed_and_not_from_when_the_page_was_opened(vera):
    desk = browser_of(vera)
    assert asked_at_on(desk) == ""
    early = UUID(int=new_id().int - (20 * 60 * 1000 << 80))
    as_seen_by(vera)
    Draft.objects.create(
        pk=early, by=vera.user, agency=vera.agency, form=FORM, fields=TYPED, kept_at=vera.now
    )
    assert asked_at_on(desk) == f"{timezone.localtime(made_at(early), vera.zone):%Y-%m-%dT%H:%M}"
    assert press(desk, FORM, by=vera, **SAVED).status_code == 303
    as_seen_by(vera)
    assert Case.objects.get().asked_at == made_at(early)


def test_what_a_colleague_had_begun_was_asked_for_when_they_began(vera, yusuf):
    taken_over(left_by(vera), yusuf)
    copy = drafts_of(yusuf).get()
    assert copy.first_kept_at == copy.begun_at == vera.now - LEFT
