"""What was sealed stays as it was sealed: eight ways to rewrite a journal, by somebody to whom nothing is forbidden.

Each works as the superuser, with the triggers off, and knows how seals are made; only the key is not known to them.
"""

import shutil
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import transaction

from breakwater.kernel.db import run_sql
from breakwater.trust.actions.seals import read_anchors, seal_journal, write_anchors
from breakwater.trust.events import SignedIn
from breakwater.trust.jobs import anchor_every_hour, seal_what_is_settled
from breakwater.trust.journal import record_all
from breakwater.trust.models import Seal
from breakwater.trust.rules.sealing import Chain, Key, sealed
from breakwater.trust.testing import NOON, an_actor, as_seen_by
from breakwater.trust.verifying import verify_journal
from conftest import owner_of, superuser_of

ROWS, BEFORE_THE_GAP = 60, 20


@pytest.fixture
def folder(tmp_path, settings):
    settings.ANCHORS = tmp_path / "anchors"
    return settings.ANCHORS


@pytest.fixture
def journal(own_database, folder):
    """Sixty rows of one agency under four seals, the head anchored: the database's address and the agency."""
    with transaction.atomic():
        ada = an_actor()
        write(ada, BEFORE_THE_GAP)
        run_sql("SELECT nextval('trust_entry_id_seq')")
        write(ada, ROWS - BEFORE_THE_GAP)
    seal_journal(at=NOON, most=15)
    assert write_anchors(at=NOON, folder=folder) == 1
    return own_database, ada


def write(by, many):
    record_all([(SignedIn(), uuid4()) for _ in range(many)], by=by, at=NOON)


def verified(url, folder, key=None):
    """What is found about the journal: rows that are as sealed, and the first fault."""
    with psycopg.connect(owner_of(url), autocommit=True) as owner:
        found = list(
            verify_journal(owner.execute, key=key or settings.SEAL_KEY, anchors=read_anchors(folder))
        )
    faults = [one.broken for one in found if one.broken]
    return sum(one.rows for one in found), faults[0] if faults else None


@contextmanager
def somebody_to_whom_nothing_is_forbidden(url):
    with psycopg.connect(superuser_of(url), autocommit=True) as root:
        root.execute("SET session_replication_role = replica")
        yield root


def rows_of(root):
    return [row for (row,) in root.execute("SELECT id FROM trust_entry ORDER BY id")]


class TestAsSealed:
    def test_every_row_is_held_against_its_seal(self, journal, folder):
        url, _ = journal
        assert Seal.objects.count() == 0, "nobody stands here: the wall holds for seals too"
        assert verified(url, folder) == (ROWS, None)

    def test_what_comes_later_is_sealed_later_and_only_once(self, journal, folder):
        url, ada = journal
        with transaction.atomic():
            as_seen_by(ada)
            write(ada, 7)
        assert verified(url, folder) == (ROWS, None)
        seal_what_is_settled(timestamp=0)
        assert seal_journal(at=NOON) == 0
        assert verified(url, folder) == (ROWS + 7, None)
        anchor_every_hour(timestamp=0)
        anchor_every_hour(timestamp=0)
        assert sum(len(one) for one in read_anchors(folder).values()) == 2

    def test_a_row_of_somebody_who_is_still_writing_is_waited_for(self, journal, folder):
        url, ada = journal
        with psycopg.connect(url) as slow:
            slow.execute("SELECT set_config('breakwater.agency', %s, true)", (str(ada.agency_id),))
            slow.execute("SELECT set_config('breakwater.user', %s, true)", (str(ada.user.pk),))
            slow.execute(
                "INSERT INTO trust_entry (verb, agency_id, by_id, at, facts)"
                " VALUES ('trust.signed_in', %s, %s, now(), '{}')",
                (ada.agency_id, ada.user.pk),
            )
            with transaction.atomic():
                as_seen_by(ada)
                write(ada, 1)
            assert seal_journal(at=NOON) == 0
            slow.commit()
        assert seal_journal(at=NOON) == 2
        assert verified(url, folder) == (ROWS + 2, None)

    def test_a_half_written_anchor_is_passed_over(self, journal, folder):
        url, _ = journal
        with (folder / "journal.jsonl").open("a") as book:
            book.write('{"at": "2026-03-')
        assert verified(url, folder) == (ROWS, None)


class TestRewritten:
    """The first row that is not as it was sealed is named."""

    def test_a_row_was_changed(self, journal, folder):
        with somebody_to_whom_nothing_is_forbidden(journal[0]) as root:
            row = rows_of(root)[20]
            root.execute("""UPDATE trust_entry SET facts = '{"was": "nothing"}' WHERE id = %s""", (row,))
        assert self.fault(journal, folder) == (row, "was changed")

    def test_a_row_was_dated_anew(self, journal, folder):
        with somebody_to_whom_nothing_is_forbidden(journal[0]) as root:
            row = rows_of(root)[33]
            root.execute("UPDATE trust_entry SET at = at - interval '1 second' WHERE id = %s", (row,))
        assert self.fault(journal, folder) == (row, "was changed")

    def test_a_row_was_removed(self, journal, folder):
        with somebody_to_whom_nothing_is_forbidden(journal[0]) as root:
            row = rows_of(root)[15]
            root.execute("DELETE FROM trust_entry WHERE id = %s", (row,))
        assert self.fault(journal, folder) == (row, "was removed")

    def test_two_rows_changed_places(self, journal, folder):
        with somebody_to_whom_nothing_is_forbidden(journal[0]) as root:
            one, other = rows_of(root)[4], rows_of(root)[50]
            for row, to in ((one, -1), (other, one), (-1, other)):
                root.execute("UPDATE trust_entry SET id = %s WHERE id = %s", (to, row))
        assert self.fault(journal, folder) == (one, "was changed")

    def test_a_row_was_slipped_in(self, journal, folder):
        with somebody_to_whom_nothing_is_forbidden(journal[0]) as root:
            row = rows_of(root)[BEFORE_THE_GAP - 1] + 1
            root.execute(
                "INSERT INTO trust_entry (id, verb, agency_id, at, facts)"
                " VALUES (%s, 'trust.signed_in', %s, now(), '{}')",
                (row, journal[1].agency_id),
            )
        assert self.fault(journal, folder) == (row, "was slipped in after it was sealed")

    def test_a_seal_was_put_in_anothers_place_over_rows_that_are_right(self, journal, folder):
        with somebody_to_whom_nothing_is_forbidden(journal[0]) as root:
            root.execute(
                "UPDATE trust_seal SET seal = (SELECT seal FROM trust_seal WHERE number = 1) WHERE number = 2"
            )
            row = rows_of(root)[15]
        found = self.fault(journal, folder)
        assert (found[0], "put in another's place" in found[1]) == (row, True)

    def test_the_end_was_cut_off(self, journal, folder):
        with somebody_to_whom_nothing_is_forbidden(journal[0]) as root:
            row = rows_of(root)[45]
            root.execute("DELETE FROM trust_entry WHERE id >= %s", (row,))
            root.execute("DELETE FROM trust_seal WHERE number = 4")
        assert self.fault(journal, folder)[0] == row

    @pytest.mark.parametrize("key", ["", "a guess at the key that nobody was told about, long enough"])
    def test_the_rest_of_the_chain_was_made_anew_without_the_key(self, journal, folder, key):
        with somebody_to_whom_nothing_is_forbidden(journal[0]) as root:
            row = rows_of(root)[20]
            root.execute("UPDATE trust_entry SET verb = 'trust.signed_out' WHERE id = %s", (row,))
            seal_anew(root, journal[1].agency_id, key)
        assert self.fault(journal, folder)[0] == rows_first(journal[0])

    def test_an_older_backup_was_put_in_its_place(self, journal, folder, tmp_path):
        url, ada = journal
        shutil.copytree(folder, tmp_path / "older")
        with transaction.atomic():
            as_seen_by(ada)
            write(ada, 5)
        seal_journal(at=NOON)
        write_anchors(at=NOON, folder=folder)
        with somebody_to_whom_nothing_is_forbidden(url) as root:
            gone = rows_of(root)[ROWS]
            root.execute("DELETE FROM trust_entry WHERE id >= %s", (gone,))
            root.execute("DELETE FROM trust_seal WHERE number > 4")
        assert verified(url, tmp_path / "older") == (ROWS, None), "without the newer anchor nobody could tell"
        assert self.fault(journal, folder)[0] == gone

    def test_all_of_it_was_written_anew_by_somebody_with_the_key(self, journal, folder):
        with somebody_to_whom_nothing_is_forbidden(journal[0]) as root:
            root.execute(
                "UPDATE trust_entry SET verb = 'trust.signed_out' WHERE id = %s", (rows_of(root)[20],)
            )
            seal_anew(root, journal[1].agency_id, settings.SEAL_KEY)
        _, how = self.fault(journal, folder)
        assert "not the one that was anchored" in how

    def test_another_key_is_said_to_be_another_key(self, journal, folder):
        _, fault = verified(journal[0], folder, key="another key")
        assert "sealed with another key" in fault.how

    def fault(self, journal, folder):
        _, fault = verified(journal[0], folder)
        return fault.row, fault.how


def rows_first(url):
    with psycopg.connect(owner_of(url)) as owner:
        return owner.execute("SELECT min(id) FROM trust_entry").fetchone()[0]


def seal_anew(root, agency, master):
    """Make every seal of a chain again, as somebody who has read the code."""
    chain = Chain(agency, "entry")
    key, before = Key(master, chain), None
    named = Key(settings.SEAL_KEY, chain).name
    root.execute("SELECT set_config('breakwater.agency', %s, false)", (str(agency),))
    for number, rows in root.execute("SELECT number, rows FROM trust_seal ORDER BY number").fetchall():
        digests = root.execute(
            "SELECT id, digest FROM trust_digests('entry', %s, %s, 1000)", (rows[0] - 1, rows[-1])
        ).fetchall()
        before = sealed(key, digests, after=before)
        root.execute(
            "UPDATE trust_seal SET marks = %s, seal = %s, key = %s WHERE number = %s",
            (before.marks, before.seal, named, number),
        )
