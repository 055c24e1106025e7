"""What was planned or read is kept, also when a transaction is undone, and forgotten when something is dropped."""

import psycopg
import pytest
from django.db import connection
from psycopg.pq import TransactionStatus
from psycopg_pool import ConnectionPool

from breakwater.kernel.db import address
from breakwater.kernel.patience import WEB, within
from breakwater.kernel.plans import MOST, Lasting, _written, look_at

PLANS = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT 7 + %'"


@pytest.fixture
def line(own_database):
    with Lasting.connect(address(called="plans"), autocommit=True, prepare_threshold=1) as line:
        for _ in range(3):
            line.execute("SELECT 7 + %s", (1,))
        yield line


def planned(line):
    """How many plans of ours PostgreSQL keeps for this connection."""
    return line.execute(PLANS, prepare=False).fetchone()[0]


def undone(line):
    with line.transaction(force_rollback=True):
        line.execute("SELECT 1")


def undone_in_part(line):
    with line.transaction():
        line.execute("SAVEPOINT here")
        line.execute("ROLLBACK TO SAVEPOINT here")


def undone_by_hand(line):
    line.execute("BEGIN")
    line.rollback()


@pytest.mark.parametrize("how", [undone, undone_in_part, undone_by_hand])
def test_it_is_kept_when_something_is_undone(line, how):
    how(line)
    line.execute("SELECT 7 + %s", (1,))
    assert planned(line) == 1


def test_it_is_forgotten_when_something_is_dropped(line):
    line.execute("CREATE TEMPORARY TABLE for_a_while (n integer)")
    line.execute("DROP TABLE for_a_while")
    line.execute("SELECT 1")
    assert planned(line) == 0


def test_there_is_room_for_all_that_pages_ask(line):
    assert line.prepared_max == MOST == 200


def test_a_long_statement_is_read_once(own_database):
    """psycopg reads whatever is long or told many values anew each time it is asked."""
    sql = f"SELECT {' + '.join(['%s'] * 60)} /* {'long ' * 2000} */"
    with connection.cursor() as cursor:
        cursor.execute(sql, [1] * 60)
        read = _written.cache_info()
        cursor.execute(sql, [2] * 60)
        assert cursor.fetchone() == (120,)
    assert _written.cache_info().misses == read.misses


def test_a_line_that_is_there_is_given_out_without_a_word(own_database, monkeypatch):
    with connection.cursor():
        pass
    monkeypatch.setattr(ConnectionPool, "check_connection", lambda line: pytest.fail("PostgreSQL was asked"))
    with connection.pool.connection() as line:
        assert line.pgconn.transaction_status == TransactionStatus.IDLE


def test_a_line_that_was_cut_is_given_to_nobody(own_database, line):
    look_at(line)
    with psycopg.connect(own_database, autocommit=True) as another:
        another.execute("SELECT pg_terminate_backend(%s, 60000)", (line.info.backend_pid,))
    with pytest.raises(psycopg.OperationalError):
        look_at(line)


def test_names_are_looked_for_where_the_functions_of_the_owner_look(own_database):
    """Elsewhere the plan of a function that both ask would be thrown away at each turn."""
    with Lasting.connect(within(own_database, WEB)) as line:
        ours = line.execute("SHOW search_path").fetchone()[0].replace(" ", "")
        theirs = line.execute(
            "SELECT DISTINCT replace(one, ' ', '') FROM pg_proc, unnest(proconfig) one"
            " WHERE prosecdef AND pronamespace = 'public'::regnamespace AND one LIKE 'search_path=%'"
        ).fetchall()
    assert theirs == [(f"search_path={ours}",)]
