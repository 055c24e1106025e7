"""The bridge to PostgreSQL: one constraint becomes one sentence; everything else stays an error."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from breakwater.kernel.db import constraint_of, one_row, refuse_if, run_sql
from breakwater.kernel.errors import Overtaken, Stale

pytestmark = pytest.mark.django_db


@pytest.fixture
def boats():
    """A table of boats, each with its own name; one is called Marlin."""
    run_sql(
        "CREATE TEMPORARY TABLE boats (name text CONSTRAINT a_boat_has_its_own_name UNIQUE) ON COMMIT DROP"
    )
    launch("Marlin")


def launch(name):
    run_sql("INSERT INTO boats VALUES (%s)", (name,))


def afloat():
    return one_row("SELECT count(*) FROM boats")[0]


@pytest.mark.usefixtures("boats")
def test_the_named_constraint_becomes_a_refusal():
    taken = refuse_if("a_boat_has_its_own_name", "There is already a Marlin.")
    with pytest.raises(Overtaken, match="already a Marlin"), taken:
        launch("Marlin")


@pytest.mark.usefixtures("boats")
def test_after_a_refusal_the_transaction_goes_on():
    with pytest.raises(Overtaken), refuse_if("a_boat_has_its_own_name", "There is already a Marlin."):
        launch("Marlin")
    launch("Tern")
    assert afloat() == 2


@pytest.mark.usefixtures("boats")
def test_another_constraint_stays_an_error():
    with (
        pytest.raises(IntegrityError) as caught,
        transaction.atomic(),
        refuse_if("a_boat_floats", "It sinks."),
    ):
        launch("Marlin")
    assert constraint_of(caught.value) == "a_boat_has_its_own_name"


@pytest.mark.usefixtures("boats")
def test_what_is_not_refused_is_kept():
    with refuse_if("a_boat_has_its_own_name", "There is already a Tern."):
        launch("Tern")
    assert afloat() == 2


def test_an_error_without_a_constraint_has_no_name():
    assert constraint_of(ValueError("no")) is None


def test_a_stale_refusal_brings_the_other_text_along():
    stale = Stale("Somebody was faster.", theirs={"words": "new"}, who="Ben", at=timedelta())
    assert (stale.sentence, stale.theirs, stale.who) == ("Somebody was faster.", {"words": "new"}, "Ben")


def test_an_answer_without_rows_is_nothing():
    assert one_row("SELECT 1 WHERE false") is None
    assert connection.in_atomic_block
