"""Who this may be: by name, sound, phone and birth date, each with its reason, and only within one's circles."""

from datetime import date, timedelta
from random import Random

import pytest
from django.db import connection

from breakwater.kernel.text import name_key
from breakwater.people.actions.persons import UNKNOWN, add_name, correct, end_name, register
from breakwater.people.actions.words import forget_words
from breakwater.people.jobs import find_those_of
from breakwater.people.matching import AT_LEAST, possible_matches
from breakwater.people.models import Person
from breakwater.trust.access import Actor
from breakwater.trust.actions.circles import open_circle
from breakwater.trust.actions.standing import let_out
from breakwater.trust.capabilities import Role
from breakwater.trust.testing import NOON, a_guest, an_actor, as_seen_by

pytestmark = pytest.mark.django_db

FIRST = "Abena Carmen Catherine Farah Jaime James Jamal Jon Katrin Kathryn Mara Maria Mariana Omar Sade Sam".split()
LAST = "Alvarez Bo Brandt Garcia Garza Kamara Kim Munoz Ramirez Ramos Reyes Rayes Salas Santos Singh Smith".split()


def somebody(by: Actor, known_as: str, phone: str = "", born: date | None = None) -> Person:
    points = [{"kind": "phone", "value": phone, "safety": "safe"}] if phone else []
    circle = open_circle(at=NOON, by=by)
    return register(circle=circle, known_as=known_as, birth_date=born, contact_points=points, at=NOON, by=by)


def found(by: Actor, **asked) -> list[tuple[str, list[str]]]:
    return [(one.person.known_as, one.reasons) for one in possible_matches(by, **asked)]


def test_every_way_to_be_alike_has_its_reason_and_they_add_up(django_assert_num_queries):
    by = an_actor()
    somebody(by, "Catherine Reyes", "(555) 010-4477", date(1990, 4, 5))
    somebody(by, "Kathryn Rayes")
    somebody(by, "Bao Nguyen", born=date(1990, 4, 5))
    somebody(by, "Opal Kim")
    asked = {"name": "Catherine Reyes", "phone": "555 010 4477", "born": date(1990, 4, 5)}
    with django_assert_num_queries(1):
        said = found(by, **asked)
    assert said[0] == ("Catherine Reyes", ["same name", "name sounds alike", "same phone", "same birth date"])
    assert ("Bao Nguyen", ["same birth date"]) in said
    assert "Opal Kim" not in dict(said)


def test_a_name_that_sounds_alike_is_found():
    by = an_actor()
    somebody(by, "Jeffrey")
    assert found(by, name="Geoffrey") == [("Jeffrey", ["name somewhat alike", "name sounds alike"])]


@pytest.mark.parametrize(
    "typed", ["man in green parka", "Green parka", "parka green", "man in a green parka, library"]
)
def test_somebody_known_by_a_description_is_found_by_its_words(typed):
    by = an_actor()
    circle = open_circle(at=NOON, by=by)
    told = {"circle": circle, "known_as": "Man in green parka", "is_described": True, "at": NOON, "by": by}
    parka = register(**told)
    register(**told | {"known_as": UNKNOWN, "circle": open_circle(at=NOON, by=by)})
    assert [name for name, _ in found(by, name=typed)] == ["Man in green parka"]
    assert found(by, name="Name not known") == []
    assert found(an_actor(), name=typed) == []
    as_seen_by(by)
    correct(parka, version=1, changes={"known_as": "Ed Moss", "is_described": False}, at=NOON, by=by)
    assert (found(by, name=typed), found(by, name="Ed Moss")[0][0]) == ([], "Ed Moss")


def test_who_was_described_before_descriptions_were_searched_is_found_by_their_words_after_a_night(
    monkeypatch,
):
    """Their own agency's, in batches; once; and nobody of whom nothing is known."""
    monkeypatch.setattr("breakwater.people.actions.persons._AT_ONCE", 2)
    by, other = an_actor(), an_actor()
    as_seen_by(by)
    for known_as in ("Man in green parka", "Woman with a grey cart", "Boy of ten", UNKNOWN):
        circle = open_circle(at=NOON, by=by)
        nobody = register(circle=circle, known_as=UNKNOWN, is_described=True, at=NOON, by=by)
        Person.objects.filter(pk=nobody.pk).update(known_as=known_as)
    assert found(by, name="green parka") == []
    assert find_those_of(other.agency, at=NOON) == 0
    assert find_those_of(by.agency, at=NOON) == 3
    assert find_those_of(by.agency, at=NOON) == 0
    as_seen_by(by)
    assert [name for name, _ in found(by, name="green parka")] == ["Man in green parka"]
    assert found(by, name="Name not known") == []


@pytest.mark.parametrize("typed", ["mar", "NGU", "nguyen-t"])
def test_a_name_is_found_by_how_it_or_one_of_its_words_begins(typed):
    by = an_actor()
    somebody(by, "Mara Nguyen-Thompson of the harbor house")
    somebody(by, "Omar Okafor")
    assert found(by, name=typed) == [("Mara Nguyen-Thompson of the harbor house", ["name begins like this"])]


def test_two_letters_are_no_beginning():
    by = an_actor()
    somebody(by, "Mara Nguyen-Thompson of the harbor house")
    assert found(by, name="ma") == []


def test_nothing_that_can_be_compared_asks_nothing(django_assert_num_queries):
    by = an_actor()
    with django_assert_num_queries(0):
        assert found(by, name="x", phone="12") == []


def test_most_alike_first_and_no_more_than_asked():
    by = an_actor()
    for known_as in ("Mara Wade", "Mara Wades", "Mara Ward", "Mara Waters"):
        somebody(by, known_as)
    assert [name for name, _ in found(by, name="Mara Wade", most=2)] == ["Mara Wade", "Mara Wades"]


def test_a_stranger_finds_nobody_by_any_way():
    by = an_actor()
    somebody(by, "Catherine Reyes", "(555) 010-4477", date(1990, 4, 5))
    stranger = as_seen_by(an_actor())
    assert found(stranger, name="Catherine Reyes", phone="555 010 4477", born=date(1990, 4, 5)) == []
    as_seen_by(by)
    assert found(stranger, name="Catherine Reyes", phone="555 010 4477", born=date(1990, 4, 5)) == []


def test_whoever_is_let_in_later_finds_them_and_whoever_left_does_not():
    by, guest = an_actor(Role.SUPERVISOR), an_actor()
    person = somebody(as_seen_by(by), "Catherine Reyes")
    a_guest(person.circle, agency=guest.agency, until=None, at=NOON - timedelta(hours=1), by=by)
    assert found(as_seen_by(guest), name="Cathrine Reyes") == [
        ("Catherine Reyes", ["name very alike", "name sounds alike"])
    ]
    as_seen_by(by)
    let_out(person.circle, agency=guest.agency, at=NOON, by=by)
    assert found(as_seen_by(guest), name="Cathrine Reyes") == []
    assert asked_of_the_book("catherine reyes") == []


def test_a_name_that_ended_finds_nobody_and_a_new_one_does():
    by = an_actor()
    person = somebody(by, "Catherine Reyes")
    former = add_name(person, kind="former", text="Odalys Brandt", at=NOON, by=by)
    assert [name for name, _ in found(by, name="Odalis Brandt")] == ["Catherine Reyes"]
    end_name(former, at=NOON, by=by)
    assert found(by, name="Odalis Brandt") == []


def asked_of_the_book(name: str, most: int = 9) -> list:
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id FROM people_like(%s, %s)", (name, most))
        return cursor.fetchall()


def test_nobody_reads_the_book_of_names_but_the_search():
    by = an_actor()
    somebody(by, "Catherine Reyes")
    assert len(asked_of_the_book("catherine reyes")) == 1
    with connection.cursor() as cursor:
        for kept in ("people_namebook", "people_nameword", "people_wordbook"):
            cursor.execute(f"SELECT count(*) FROM {kept}")
            assert cursor.fetchone() == (0,), kept


def test_whoever_is_alike_by_trigrams_is_found_by_words():
    by, chance = an_actor(), Random(7)
    for _ in range(40):
        somebody(by, f"{chance.choice(FIRST)} {chance.choice(LAST)} {chance.choice(LAST)}")
    somebody(by, "Jo Bo")
    somebody(by, "王 小明")
    asked = ["Jo B", "Jon Bob", "王 小明", "Ramos"]
    for _ in range(24):
        typed = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
        at = chance.randrange(1, len(typed) - 2)
        asked += [typed, typed[:at] + typed[at + 1] + typed[at] + typed[at + 2 :]]
    with connection.cursor() as cursor:
        for typed in asked:
            key = name_key(typed)
            cursor.execute("SELECT person_id, similarity(key, %s) FROM people_name", (key,))
            alike = {person: likeness for person, likeness in cursor.fetchall() if likeness >= AT_LEAST}
            cursor.execute("SELECT person_id, likeness FROM people_like(%s, 24)", (key,))
            said = {person: likeness for person, likeness in cursor.fetchall() if likeness >= AT_LEAST}
            assert said == alike, typed
    walks_by_index_only()
    before = compared()
    assert found(by, name="Maria Ramos", most=1)
    assert 0 < compared() - before <= 1 * 8, "names are compared that nobody is shown"


def test_a_name_that_cannot_be_alike_is_not_even_read():
    by = an_actor()
    for number in range(12):
        somebody(by, f"Maria Wolfeschlegelstein-Okonkwo van der Heuvel {number}")
    somebody(by, "Maria Ramosa")
    walks_by_index_only()
    before = compared()
    assert [name for name, _ in found(by, name="Maria Ramos", most=1)] == ["Maria Ramosa"]
    assert compared() - before == 1


def test_whoever_seemed_less_alike_than_they_are_is_read_before_the_last_is_shown():
    """Trigrams of two fall on places of what was typed: by their signatures both are more alike than the third."""
    by = an_actor()
    for known_as in ("Maria Ramoswa", "Maria Ramoswzn"):
        somebody(by, known_as)
    most_alike = somebody(by, "Maria Ramoso")
    assert asked_of_the_book("maria ramos", most=1) == [(most_alike.pk,)]


def test_a_name_that_shares_little_in_each_word_is_found_where_few_others_are():
    by = an_actor()
    somebody(by, "Marko Ramsay")
    assert found(by, name="Maria Ramos") == [("Marko Ramsay", ["name somewhat alike"])]


def test_words_of_nobody_are_forgotten():
    by = an_actor()
    former = add_name(somebody(by, "Catherine Reyes"), kind="former", text="Odalys Reyes", at=NOON, by=by)
    assert forget_words() == 0
    end_name(former, at=NOON, by=by)
    assert forget_words() == 1
    assert len(asked_of_the_book("catherine reyes")) == 1


def test_whoever_is_less_alike_than_all_shown_and_has_another_reason_stands_before_them():
    by = an_actor()
    for known_as in ("Mara Wade", "Mara Wades", "Mara Waden"):
        somebody(by, known_as)
    somebody(by, "Mara Wadersohn-Okafor", "555 010 4477")
    said = found(by, name="Mara Waddel", phone="555 010 4477", most=2)
    assert said[0] == ("Mara Wadersohn-Okafor", ["name somewhat alike", "same phone"])


def walks_by_index_only() -> None:
    """In this transaction: here are so few names that PostgreSQL would read all of them."""
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS; SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")


def compared() -> int:
    """How many names of the book were read in this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT idx_tup_fetch FROM pg_stat_xact_all_tables WHERE relname = 'people_namebook'")
        return cursor.fetchone()[0]
