"""News holds ids, codes, numbers and moments; it goes into the journal and comes back as it was."""

from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakwater.kernel import events
from breakwater.kernel.events import Event, event_from, listeners, name_of, on, type_of_verb

MOMENT = datetime(2026, 3, 10, 12, 30, 15, 123456, tzinfo=UTC)


@pytest.fixture(autouse=True)
def forget_what_is_announced_here():
    """Events and reactions made up in a test are forgotten after it."""
    verbs, heard = dict(type_of_verb), {verb: list(them) for verb, them in events._listeners.items()}
    wished = {verb: list(them) for verb, them in events._wishes.items()}
    yield
    events._wishes.clear()
    events._wishes.update(wished)
    type_of_verb.clear()
    type_of_verb.update(verbs)
    events._listeners.clear()
    events._listeners.update(heard)


def made_up():
    class BoatFound(Event):
        """A boat was found."""

        boat_id: str
        by_id: UUID | None = None
        at: datetime = MOMENT
        crew: int = 0
        is_afloat: bool = True

    return BoatFound


def test_a_verb_is_the_app_and_what_happened():
    assert made_up().verb == "tests.boat_found"


def test_news_cannot_be_changed():
    news = made_up()(boat_id="b")
    with pytest.raises(FrozenInstanceError):
        news.boat_id = "c"


def test_news_is_told_by_name_only():
    with pytest.raises(TypeError):
        made_up()("b")


def test_facts_are_ready_for_the_journal():
    person = uuid4()
    assert made_up()(boat_id="b", by_id=person, crew=3).facts() == {
        "boat_id": "b",
        "by_id": str(person),
        "at": "2026-03-10T12:30:15.123456+00:00",
        "crew": 3,
        "is_afloat": True,
    }


@pytest.mark.parametrize("prose", [["a list"], {"a": "mapping"}, date(2026, 3, 10), object()])
def test_news_holds_nothing_that_could_hold_prose(prose):
    with pytest.raises(TypeError, match="ids, codes, numbers and moments"):
        made_up()(boat_id=prose).facts()


@given(
    st.text(max_size=20),
    st.none() | st.uuids(),
    st.datetimes(timezones=st.just(UTC)),
    st.integers(min_value=-(2**53), max_value=2**53),
    st.booleans(),
)
def test_news_comes_back_as_it_was(boat_id, by_id, at, crew, is_afloat):
    kind = made_up()
    news = kind(boat_id=boat_id, by_id=by_id, at=at, crew=crew, is_afloat=is_afloat)
    assert event_from(kind.verb, news.facts()) == news


def test_every_event_of_ours_says_what_happened():
    ours = [kind for kind in type_of_verb.values() if kind.__module__.startswith("breakwater.")]
    assert len(ours) > 30
    assert [kind.__name__ for kind in ours if not (kind.__doc__ or "").strip()] == []


def test_old_news_without_a_newer_field_can_still_be_told():
    kind = made_up()
    assert event_from(kind.verb, {"boat_id": "b"}) == kind(boat_id="b")


def test_old_news_with_a_field_that_is_gone_can_still_be_told():
    kind = made_up()
    assert event_from(kind.verb, {"boat_id": "b", "sails": 2}) == kind(boat_id="b")


def test_a_reaction_hears_what_it_asked_for():
    kind = made_up()
    on(kind)(ring_the_bell)
    assert listeners(kind.verb) == [ring_the_bell]
    assert listeners("nobody.said_this") == []


def ring_the_bell(entry, by):
    """Ring the bell."""


def test_a_reaction_has_a_lasting_name():
    assert name_of(ring_the_bell) == "kernel.tests.test_events.ring_the_bell"


def test_news_is_wanted_by_those_who_have_something_to_do_about_it():
    found = made_up()
    assert not events.is_wanted(found(boat_id="b"))

    @on(found, when=lambda boat: boat.crew > 0)
    def take_them_ashore(entry, by):
        """Only when there is somebody aboard."""

    assert not events.is_wanted(found(boat_id="b"))
    assert events.is_wanted(found(boat_id="b", crew=2))

    @on(found)
    def tow_it(entry, by):
        """Always."""

    assert events.is_wanted(found(boat_id="b"))
