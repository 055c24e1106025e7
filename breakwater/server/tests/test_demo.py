"""The demo county's record bears the moments at which it was lived; nothing else can be written down anew."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import transaction

from breakwater.cases.models import Note
from breakwater.cases.testing import a_case, a_note
from breakwater.server import env, schema
from breakwater.server.demo import fill, is_here, is_wanted, settle
from breakwater.server.embedded import APP, DATABASE, OWNER, DatabaseTrouble
from breakwater.server.home import Home
from breakwater.simulation.agencies import LINE
from breakwater.trust.models import Entry, Session
from breakwater.trust.testing import an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of
from conftest import owner_of


def test_what_was_lived_in_a_minute_reads_as_it_was_lived(own_database):
    lived = datetime.now(UTC) - timedelta(days=30)
    with transaction.atomic():
        ada = an_actor(now=lived)
        case = a_case(by=ada, at=lived)
        a_note(
            case,
            by=ada,
            at=lived + timedelta(hours=1),
            words="In time.",
            happened_at=lived + timedelta(hours=1),
        )
        a_note(
            case,
            by=ada,
            at=lived + timedelta(hours=9),
            words="In time too.",
            happened_at=lived + timedelta(hours=9),
        )
        a_note(
            case, by=ada, at=lived + timedelta(hours=9), words="Late.", happened_at=lived + timedelta(hours=2)
        )
    settle(owner_of(own_database))
    with transaction.atomic():
        as_seen_by(ada)
        late = {note.words: note.recorded_at - note.happened_at for note in Note.objects.filter(case=case)}
        assert late == {"In time.": timedelta(), "In time too.": timedelta(), "Late.": timedelta(hours=7)}
        assert max(entry.recorded_at for entry in Entry.objects.of_episode(case.pk)) < lived + timedelta(
            hours=10
        )
    for role in (own_database, owner_of(own_database)):
        with psycopg.connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("UPDATE cases_note SET words = 'Other words.'")


CUT_SHORT = "COMMENT ON TABLE trust_agency IS 'The demo county is being filled'"


@pytest.fixture
def home(own_database):
    """A database that somebody names, as its owner and as who serves."""
    return Home(env.read({"DATABASE_URL": own_database, "DATABASE_OWNER_URL": owner_of(own_database)}))


def is_marked(home):
    with psycopg.connect(home.owner_url) as owner:
        return owner.execute("SELECT obj_description('trust_agency'::regclass)").fetchone() != (None,)


def cut_short(home):
    with psycopg.connect(home.owner_url) as owner:
        owner.execute(CUT_SHORT)


def test_a_county_that_was_cut_short_is_never_taken_for_a_whole_one(home):
    assert is_wanted(home)
    with transaction.atomic():
        an_actor()
    assert not is_wanted(home)
    cut_short(home)
    with pytest.raises(DatabaseTrouble, match="Name an empty one in DATABASE_URL"):
        is_wanted(home)


def test_the_county_is_known_and_no_other_agency_is_called_so(home):
    with transaction.atomic():
        an_agency(name="Lantern House")
    assert not is_here(home)
    with transaction.atomic():
        an_agency(name=LINE)
    assert is_here(home)


def test_whoever_signed_in_keeps_what_there_is(home):
    with transaction.atomic():
        ada = an_actor()
        browser_of(ada)
        as_seen_by(ada)
        assert Session.objects.exists()
    cut_short(home)
    assert not is_wanted(home)


def test_what_is_not_empty_is_neither_filled_nor_marked(home):
    with transaction.atomic():
        an_actor()
    assert fill(home, check=False)
    assert not is_marked(home)


def test_a_filling_that_fails_leaves_its_mark(home):
    assert fill(home, "--seed", "no number", check=False)
    assert is_marked(home)


def begins_with_tables(home):
    """Have a database that is made anew here begin with all tables and a right too few: to make them takes long.

    That they are made where there are none is asked whenever the suite makes its own, and in test_outside_database.py.
    """
    with home.cluster.connect() as admin:
        admin.execute("ALTER DATABASE template1 IS_TEMPLATE false")
        admin.execute("DROP DATABASE template1")
        admin.execute(f"CREATE DATABASE template1 TEMPLATE {DATABASE} IS_TEMPLATE true STRATEGY FILE_COPY")
    with psycopg.connect(home.cluster.url(OWNER, "template1")) as owner:
        owner.execute(f"REVOKE SELECT ON trust_agency FROM {APP}")
    assert not schema.is_current(home.cluster.url(APP, "template1"), APP)


def test_ours_is_thrown_away_and_can_be_filled_anew(own_home):
    """What a kill in the middle of a first start leaves."""
    home = Home(env.read({"BREAKWATER_DATA": str(own_home.data)}))
    home.open()
    try:
        home.migrate()
        begins_with_tables(home)
        with psycopg.connect(home.owner_url) as owner:
            owner.execute(CUT_SHORT)
            owner.execute("CREATE TABLE half ()")
        assert is_wanted(home)
        assert schema.is_current(home.app_url, schema.role_in(home.app_url))
        with psycopg.connect(home.owner_url) as owner:
            assert owner.execute("SELECT to_regclass('half')").fetchone() == (None,)
        assert not is_marked(home)
    finally:
        home.close()
