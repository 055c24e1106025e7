"""Who calls is known by a word that the person chose, and by nothing that others know of them."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from breakwater.kernel.db import one_row
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.people.actions.callers import choose_word, end_word, hand_code, try_caller
from breakwater.people.actions.persons import add_name, register
from breakwater.people.actions.reach import add_contact_point, add_supporter
from breakwater.people.models import SafeWord
from breakwater.people.rules import why_no_safe_word
from breakwater.trust.actions.circles import open_circle
from breakwater.trust.actions.consents import take_consent
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Entry, Grant, Knock
from breakwater.trust.rules import FREE_BY_NAME
from breakwater.trust.testing import a_release, an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

SAID = "Zanahoria azul"


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


def a_person(by, known_as="Marisol Vega"):
    at = by.now - timedelta(hours=2)
    return register(circle=open_circle(at=at, by=by), known_as=known_as, at=at, by=by)


@pytest.fixture
def person(ada):
    return a_person(ada)


@pytest.fixture
def word(person, ada):
    return choose_word(person, word=SAID, known_by="in_person", at=ada.now, by=ada)


def where(name, person):
    return reverse(f"people:{name}", args=[person.pk])


def calls(by, person, said):
    return press(browser_of(by), where("caller", person), by=by, word=said)


def told(verb):
    return [one.facts for one in Entry.objects.filter(verb=verb).order_by("pk")]


@pytest.mark.django_db
class TestAWord:
    @pytest.mark.parametrize("said", [SAID, "ZANAHORIA  AZUL", "zanahoria-azúl!", "zanahoriaazul"])
    def test_is_heard_without_capitals_accents_and_spaces(self, person, ada, word, said):
        assert try_caller(person, said, at=ada.now, by=ada)

    def test_that_is_another_does_not_match_and_each_try_is_in_the_journal_without_what_was_said(
        self, person, ada, word
    ):
        assert not try_caller(person, "zanahoria", at=ada.now, by=ada)
        assert try_caller(person, SAID, at=ada.now, by=ada)
        one = {"safe_word_id": str(word.pk)}
        assert told("people.caller_tried") == [one | {"matches": False}, one | {"matches": True}]

    def test_can_be_read_by_nobody(self, person, ada, word):
        kept = SafeWord.objects.get(pk=word.pk).word
        assert "anahoria" not in kept.casefold()
        (column,) = one_row("SELECT word FROM people_safeword WHERE id = %s", (word.pk,)) or ("",)
        assert column
        assert kept not in column, "the hash itself stands under the person's key"

    def test_takes_the_place_of_the_one_before(self, person, ada, word):
        choose_word(person, word="Heron lamp", known_by="by_word", at=ada.now, by=ada)
        assert [try_caller(person, said, at=ada.now, by=ada) for said in (SAID, "heron lamp")] == [
            False,
            True,
        ]
        how = [(one["how"], one["known_by"]) for one in told("people.safe_word_changed")]
        assert how == [("chosen", "in_person"), ("chosen", "by_word")]

    def test_is_given_up_and_then_nobody_is_known_by_one(self, person, ada, word):
        end_word(person, at=ada.now, by=ada)
        with pytest.raises(Refused, match="They have no word yet"):
            try_caller(person, SAID, at=ada.now, by=ada)
        with pytest.raises(Overtaken, match="They have no word now"):
            end_word(person, at=ada.now, by=ada)

    def test_is_never_changed_for_somebody_who_called_and_knew_much(self, person, ada, word):
        with pytest.raises(Refused, match="Say how you know that it is them"):
            choose_word(person, word="Heron lamp", known_by="knew_her_birthday", at=ada.now, by=ada)

    def test_holds_one_at_a_time(self, person, ada, word):
        with pytest.raises(IntegrityError, match="one_safe_word_at_a_time"), transaction.atomic():
            SafeWord.objects.create(
                circle=person.circle, person=person, kind="chosen", word="x", starts_at=ada.now
            )

    def test_does_not_end_before_it_begins(self, word):
        with pytest.raises(IntegrityError, match="safe_word_ends_after_it_starts"), transaction.atomic():
            SafeWord.objects.update(ends_at=word.starts_at - timedelta(days=1))

    def test_is_not_what_others_know_of_them(self, person, ada):
        add_name(person, kind="nickname", text="Cricket", at=ada.now, by=ada)
        add_contact_point(
            person, kind="address", value="12 Juniper Row", safety="safe", how="", at=ada.now, by=ada
        )
        told = {"reach": "", "may_know": "", "must_not_know": True}
        add_supporter(person, name="Roberto", relation="brother", at=ada.now, by=ada, **told)
        type(person).objects.filter(pk=person.pk).update(birth_date=date(1991, 4, 17))
        person.refresh_from_db()
        for guess in ("marisol", "Vega1991", "cricket", "juniper row", "ROBERTO!", "born 17041991"):
            with pytest.raises(Refused, match="Who knows them knows this too"):
                choose_word(person, word=guess, known_by="in_person", at=ada.now, by=ada)


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("abc", "too short"),
        ("oooo oooo", "too short"),
        ("20261129", "think of this first"),
        ("Password", "think of this first"),
        (SAID, ""),
        ("Синий трамвай", ""),
        ("茉莉花茶", ""),
    ],
)
def test_a_word_is_one_that_nobody_would_guess(word, why):
    assert why in why_no_safe_word(word, known=["Marisol Vega", "", "he"], common={"password"})
    assert bool(why) == bool(why_no_safe_word(word, known=["Marisol Vega", "", "he"], common={"password"}))


@pytest.mark.django_db
class TestACode:
    def test_is_handed_to_whoever_is_there_and_takes_the_place_of_a_word(self, person, ada, word):
        code = hand_code(person, at=ada.now, by=ada)
        assert try_caller(person, code.lower(), at=ada.now, by=ada)
        assert not try_caller(person, SAID, at=ada.now, by=ada)

    def test_is_shown_once(self, person, ada):
        page = press(browser_of(ada), where("safe_word_code", person), by=ada)
        assert page.status_code == 200
        as_seen_by(ada)
        assert SafeWord.objects.get().kind == "handed"
        assert b'<p class="panel codes">' not in browser_of(ada).get(where("safe_word", person)).content


@pytest.mark.django_db
class TestThePage:
    def test_is_one_press_from_where_somebody_looks(self, person, ada):
        shown = browser_of(ada).get(reverse("desk:person", args=[person.pk])).content.decode()
        assert "Do not confirm on the phone that this person is known here" in shown
        assert where("caller", person) in shown
        assert where("safe_word", person) in shown

    def test_tells_match_from_no_match_and_never_the_word(self, person, ada, word):
        right, wrong = calls(ada, person, "zanahoria AZUL"), calls(ada, person, "heron lamp")
        assert (right.status_code, wrong.status_code) == (200, 200)
        assert b"It matches." in right.content
        assert b"It does not match." in wrong.content
        for page in (right, wrong, browser_of(ada).get(where("safe_word", person))):
            said = page.content.decode().casefold()
            assert "zanahoria" not in said
            assert "heron" not in said
        again = browser_of(ada).get(where("caller", person)).content.decode()
        assert again.count("It matched") == again.count("It did not match") == 1

    @pytest.mark.parametrize(
        "said",
        [
            "\u202e crab lamp \u202c",
            "⛵️ harbor crab ⛵️",
            "%s {0} <b>crab",
            "ｃｒａｂ\u200b ﬁsh",
            "c" * 30 + "rab" * 10,
        ],
    )
    def test_takes_whatever_is_typed_and_knows_it_again(self, person, ada, said):
        chosen = press(browser_of(ada), where("safe_word", person), by=ada, word=said, known_by="called_back")
        assert chosen.status_code == 303
        assert b"It matches." in calls(ada, person, said.upper()).content
        assert b"It does not match." in calls(ada, person, "xy" + said[2:]).content

    @pytest.mark.parametrize("said", ["", "!!! ---", "crab\0", "c" * 61])
    def test_is_not_asked_to_compare_nothing_or_too_much(self, person, ada, word, said):
        assert calls(ada, person, said).status_code in (200, 422)
        assert b"It matches." not in calls(ada, person, said).content

    def test_asks_for_no_word_where_there_is_none(self, person, ada):
        shown = browser_of(ada).get(where("caller", person)).content.decode()
        assert "They have no word yet" in shown
        assert 'name="word"' not in shown
        assert b"They have no word yet" in calls(ada, person, "heron lamp").content

    def test_slows_down_whoever_guesses_and_no_other_person(self, person, ada, word):
        other = a_person(as_seen_by(ada), known_as="Jo")
        choose_word(other, word="heron lamp", known_by="called_back", at=ada.now, by=ada)
        answers = [calls(ada, person, "heron") for _ in range(FREE_BY_NAME + 1)]
        assert [one.status_code for one in answers] == [200] * FREE_BY_NAME + [429]
        waits = calls(ada, person, SAID)
        assert waits.status_code == 429, "not with the right word either"
        assert b"call the person where it is safe" in waits.content
        assert b"It matches." in calls(ada, other, "heron lamp").content
        as_seen_by(ada)
        assert Knock.objects.filter(got_in=False).count() == FREE_BY_NAME

    def test_does_not_change_what_a_word_is_when_it_is_refused(self, person, ada, word):
        page = press(
            browser_of(ada), where("safe_word", person), by=ada, word="marisol", known_by="in_person"
        )
        assert page.status_code == 422
        assert b"Who knows them knows this too" in page.content
        assert b'value="marisol"' not in page.content
        assert press(browser_of(ada), where("safe_word_ending", person), by=ada).status_code == 303


@pytest.mark.django_db
class TestOtherAgencies:
    @pytest.mark.parametrize("name", ["caller", "safe_word"])
    def test_without_access_learn_nothing(self, person, ada, word, name):
        stranger = an_actor(now=timezone.now())
        nobody = reverse(f"people:{name}", args=[uuid4()])
        pages = [browser_of(stranger).get(one) for one in (where(name, person), nobody)]
        assert [one.status_code for one in pages] == [404, 404]
        assert pages[0].content == pages[1].content
        as_seen_by(stranger)
        assert not SafeWord.objects.exists()
        with pytest.raises(NotPermitted, match="does not stand in this person's circle"):
            try_caller(person, SAID, at=stranger.now, by=stranger)

    def test_that_read_by_consent_hear_who_calls_and_change_nothing(self, person, ada, word):
        rosa = an_actor(agency=an_agency(name="Lantern Shelter", kind="shelter"), now=timezone.now())
        boss = as_seen_by(an_actor(Role.SUPERVISOR, agency=ada.agency, now=ada.now))
        earlier, ends = ada.now - timedelta(hours=1), ada.now.astimezone(ada.zone).date() + timedelta(9)
        agreed = a_release(rosa.agency, ends=ends, information=frozenset({"who"}), lets_in=True)
        take_consent(agreed, circle=person.circle, at=earlier, by=boss)
        assert Grant.objects.get(agency=rosa.agency).basis == "consent"
        assert b"It matches." in calls(rosa, person, SAID).content
        for name, typed in (
            ("safe_word", {"word": "heron lamp", "known_by": "in_person"}),
            ("safe_word_code", {}),
        ):
            assert press(browser_of(rosa), where(name, person), by=rosa, **typed).status_code in (403, 422)
        as_seen_by(rosa)
        assert not SafeWord.objects.update(ends_at=rosa.now)
