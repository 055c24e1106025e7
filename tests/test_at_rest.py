"""What endangers people is not readable in the tables, opens only where it was written, and outlives a new key."""

import subprocess
from base64 import urlsafe_b64decode
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random, choices
from threading import Event, Thread

import psycopg
import pytest
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction

from breakwater.cases.actions.notes import Telling, add_note
from breakwater.cases.models import Case, Note
from breakwater.cases.testing import a_case
from breakwater.kernel.cipher import MARK, DataKey, MasterKey, Place, Unreadable
from breakwater.kernel.db import one_row, run_sql
from breakwater.kernel.errors import Refused
from breakwater.kernel.ids import new_id
from breakwater.people.actions.reach import add_contact_point, add_supporter
from breakwater.people.matching import possible_matches
from breakwater.people.models import ContactPoint, Supporter
from breakwater.server.checks import wrong_master_key
from breakwater.server.embedded import binaries
from breakwater.trust import persons
from breakwater.trust.access import acting
from breakwater.trust.actions.consents import raise_segments
from breakwater.trust.actions.drafts import keep_draft
from breakwater.trust.actions.keys import destroy_keys, renew_persons, rotate, wrap_anew
from breakwater.trust.drafts import draft_of
from breakwater.trust.keyring import forget_keys, key_in_use, tokens_of
from breakwater.trust.models import Agency, Segment
from breakwater.trust.models import DataKey as Kept
from breakwater.trust.testing import NOON, an_actor, an_agency
from conftest import owner_of, superuser_of
from tests.luck.test_all_or_nothing import Kill

PHONE, CANARY = "(555) 010-4477", "zqcanary"
SHELTER = {"kind": Agency.Kind.VICTIM_SERVICE, "profile": "us"}


def somebody(by, words=f"{CANARY} happened", phone=PHONE):
    case = a_case(by=by, known_as="Mara Wade", what_is_happening=words)
    point = add_contact_point(
        case.person, kind="phone", value=phone, safety="safe", how=f"{CANARY} how", at=NOON, by=by
    )
    return case, point


def column(table, name, row):
    return one_row(f'SELECT "{name}" FROM {table} WHERE id = %s', (row,))[0]


def in_a_call(case, by, words):
    return add_note(case, Telling(kind="note", words=words, happened_at=NOON), at=NOON, by=by)


@pytest.mark.django_db
def test_a_way_to_reach_somebody_is_encrypted_everywhere_and_read_as_it_was_written():
    by = an_actor()
    _, point = somebody(by)
    assert column("people_contactpoint", "value", point.pk).startswith(MARK)
    found = ContactPoint.objects.get(pk=point.pk)
    assert (found.value, found.how) == (PHONE, f"{CANARY} how")
    assert [one for one in (PHONE, CANARY) if one in repr(vars(found))] == []


@pytest.mark.django_db
@pytest.mark.parametrize(("facts", "is_encrypted"), [({}, False), (SHELTER, True)])
def test_what_happened_is_encrypted_where_a_law_asks_for_it_and_else_stays_searchable(facts, is_encrypted):
    by = an_actor(agency=an_agency(**facts))
    case, _ = somebody(by)
    note = in_a_call(case, by, f"{CANARY} was said")
    assert column("cases_note", "words", note.pk).startswith(MARK) == is_encrypted
    assert column("cases_case", "what_is_happening", case.pk).startswith(MARK) == is_encrypted
    assert Note.objects.get(pk=note.pk).words == f"{CANARY} was said"
    assert Case.objects.get(pk=case.pk).what_is_happening == f"{CANARY} happened"


@pytest.mark.django_db
def test_what_stood_in_plain_is_encrypted_when_a_law_comes_to_protect_it():
    by = an_actor()
    case, _ = somebody(by)
    note = in_a_call(case, by, f"{CANARY} was said")
    raise_segments(case.circle, [Segment.PART2], at=NOON, by=by)
    assert column("cases_note", "words", note.pk).startswith(MARK)
    assert Note.objects.get(pk=note.pk).words == f"{CANARY} was said"
    with pytest.raises(Exception, match="stays written"), transaction.atomic():
        run_sql("UPDATE cases_note SET words = 'enc1:' WHERE id = %s", (note.pk,))
    run_sql("SELECT trust_encrypt('cases_note', 'words', %s, 'enc1:other')", (note.pk,))
    assert Note.objects.get(pk=note.pk).words == f"{CANARY} was said"


@pytest.mark.django_db
def test_words_that_begin_like_a_cell_are_words():
    by = an_actor()
    case, _ = somebody(by)
    note = in_a_call(case, by, f"{MARK}00:not a cell")
    assert Note.objects.get(pk=note.pk).words == f"{MARK}00:not a cell"


@pytest.mark.django_db
def test_a_cell_that_was_moved_copied_cut_or_changed_opens_nowhere():
    by = an_actor()
    case, point = somebody(by)
    twin = add_contact_point(case.person, kind="other", value="twin", safety="safe", how="", at=NOON, by=by)
    cell = column("people_contactpoint", "value", point.pk)
    how = column("people_contactpoint", "how", point.pk)
    flipped = cell[:-6] + ("A" if cell[-6] != "A" else "B") + cell[-5:]
    for row, wrong in (
        (twin, cell), (point, how), (point, cell[:-8]), (point, flipped), (point, PHONE), (point, "enc1:"),
        (point, f"{MARK}{new_id().hex}:{cell.split(':')[2]}"),
    ):  # fmt: skip
        run_sql("UPDATE people_contactpoint SET value = %s WHERE id = %s", (wrong, row.pk))
        with pytest.raises(Unreadable, match="cannot be read now"):
            assert ContactPoint.objects.get(pk=row.pk).value
    supporter = add_supporter(
        case.person, name="Sis", relation="sister", reach="", may_know="", must_not_know=False, at=NOON, by=by
    )
    run_sql("UPDATE people_supporter SET reach = %s WHERE id = %s", (cell, supporter.pk))
    with pytest.raises(Unreadable):
        assert Supporter.objects.get(pk=supporter.pk).reach


def test_no_nonce_comes_twice():
    """Of 96 bits none is more often 1 than 0: among a million the same comes twice in one of 10**17 tries."""
    key, place, many = DataKey.new(new_id(), new_id()), Place("t", "c", "1"), 40_000
    nonces = [urlsafe_b64decode(key.encrypt(b"", place)[38:54]) for _ in range(many)]
    assert len(set(nonces)) == many
    ones = [sum(one[bit // 8] >> bit % 8 & 1 for one in nonces) for bit in range(96)]
    assert all(abs(count - many / 2) < many * 0.015 for count in ones)


def test_a_key_of_another_agency_or_under_another_master_opens_nothing():
    key, place = DataKey.new(new_id(), new_id()), Place("t", "c", "1")
    other = DataKey(key.id, new_id(), key.secret)
    master = MasterKey("m" * 50)
    with pytest.raises(Unreadable):
        other.decrypt(key.encrypt(b"words", place), place)
    with pytest.raises(Unreadable):
        MasterKey("n" * 50).unwrap(master.wrap(key), key.id, key.agency)
    with pytest.raises(Unreadable):
        master.unwrap(master.wrap(key), key.id, new_id())


@pytest.mark.django_db
def test_with_another_master_key_nothing_opens_and_nothing_is_written_in_plain():
    by = an_actor()
    _, point = somebody(by)
    forget_keys()
    right, settings.MASTER_KEY = settings.MASTER_KEY, "another master key"
    try:
        with pytest.raises(Unreadable):
            assert ContactPoint.objects.get(pk=point.pk).value
        with pytest.raises(Unreadable):
            somebody(by)
    finally:
        settings.MASTER_KEY = right


@pytest.mark.django_db
def test_a_question_that_holds_words_is_refused():
    for asked in ({"value": PHONE}, {"value__in": [PHONE]}):
        with pytest.raises(TypeError, match="found by no question"):
            ContactPoint.objects.filter(**asked).exists()
    with pytest.raises(TypeError, match="written by its row"):
        ContactPoint.objects.update(value=PHONE)


@pytest.mark.django_db
def test_a_phone_is_found_within_its_agency_and_its_token_means_nothing_to_another():
    here = an_actor()
    _, point = somebody(here)
    assert [one.reasons for one in possible_matches(here, phone="555 010 4477")] == [["same phone"]]
    there = an_actor()
    _, theirs = somebody(there)
    assert theirs.key != point.key != ""
    assert not {point.key} & set(tokens_of(there.agency_id, "5550104477"))


@pytest.mark.django_db
def test_a_victim_service_agency_keeps_no_token_and_finds_by_name():
    by = an_actor(agency=an_agency(**SHELTER))
    _, point = somebody(by)
    assert point.key == ""
    assert possible_matches(by, phone="555 010 4477") == []
    assert len(possible_matches(by, name="Mara Wade")) == 1


@pytest.mark.django_db
def test_a_draft_is_encrypted(rf):
    by = an_actor()
    draft = keep_draft("/cases/intake/", {"words": [CANARY]}, at=NOON, by=by)
    assert CANARY not in column("trust_draft", "fields", draft.pk)
    request = rf.get("/cases/intake/")
    request.actor = by
    assert draft_of(request) == {"words": CANARY}


def known(facts):
    with transaction.atomic():
        by = an_actor(agency=an_agency(**facts))
        case, point = somebody(by)
        note = in_a_call(case, by, f"{CANARY} was said")
        keep_draft("/cases/intake/", {"words": [CANARY]}, at=NOON, by=by)
    return by, case, point, note


def read_again(by, point, note):
    with acting(by):
        return ContactPoint.objects.get(pk=point.pk).value, Note.objects.get(pk=note.pk).words


def test_no_byte_that_postgresql_writes_holds_any_of_it(own_database):
    """Its tables, its log of changes, what it sorts on disk, and a dump: all of which a thief could carry away."""
    plain, secret = f"zq{new_id().hex}", f"zq{new_id().hex}"
    digits = "".join(choices("23456789", k=10))
    phone = f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"
    with transaction.atomic():
        somebody(an_actor(), words=plain, phone=phone)
        by = an_actor(agency=an_agency(**SHELTER))
        case, point = somebody(by, words=secret, phone=phone)
        in_a_call(case, by, f"{secret} said")
        keep_draft("/cases/intake/", {"words": [secret]}, at=NOON, by=by)
        run_sql("UPDATE people_contactpoint SET how = how WHERE id = %s", (point.pk,))
    with psycopg.connect(superuser_of(own_database), autocommit=True) as root:
        spill(root)
        root.execute("CHECKPOINT")
        write_again(root)
        folder, of_it = root.execute(
            "SELECT current_setting('data_directory'), oid FROM pg_database WHERE datname = current_database()"
        ).fetchone()
        said = written_in(Path(folder), str(of_it)) | {"a dump": dump_of(own_database)}
    heard = {place for place, words in said.items() if plain.encode() in words}
    assert heard == {"base", "pg_wal", "pgsql_tmp", "a dump"}, (
        "what is plain must have been there to be found"
    )
    for word in (secret, phone, phone[5:], digits):
        assert [place for place, words in said.items() if word.encode() in words] == []


def spill(root):
    """Have PostgreSQL write every word of every case into a file of its own, as a large sort does."""
    with root.transaction():
        root.execute("SET LOCAL work_mem = '64kB'")
        root.execute(
            "DECLARE spilled CURSOR WITH HOLD FOR SELECT c.*, p.* FROM generate_series(1, 400) AS many, cases_case c"
            " JOIN people_contactpoint p ON p.person_id = c.person_id ORDER BY random()"
        )


def write_again(root):
    """Have every word stand in the log of changes that is kept: a checkpoint lets what was before it be overwritten.

    More than once, because a page of the log may end in the middle of a word.
    """
    root.execute("SET synchronous_commit = on")
    for _ in range(3):
        root.execute("UPDATE cases_case SET what_is_happening = what_is_happening")
        root.execute("UPDATE people_contactpoint SET how = how")


def written_in(folder, database):
    """Every byte in the folder of a cluster, but for other databases; by the part it stands in."""
    parts = {one.name: one for one in folder.iterdir() if one.name != "base"}
    parts |= {"base": folder / "base" / database, "pgsql_tmp": folder / "base" / "pgsql_tmp"}
    return {
        name: b"".join(bytes_of(file) for file in (part, *part.rglob("*")) if file.is_file())
        for name, part in parts.items()
    }


def bytes_of(file):
    """What it holds, if it is still there: PostgreSQL works on for others meanwhile."""
    with suppress(FileNotFoundError):
        return file.read_bytes()
    return b""


def dump_of(database):
    """What ``pg_dump`` makes of a database."""
    asked = [binaries.find() / "pg_dump", superuser_of(database)]
    return subprocess.run(asked, check=True, capture_output=True).stdout


def test_rotation_changes_every_cell_and_no_word_and_destroys_the_old_key(as_owner):
    by, _, point, note = known(SHELTER)
    with acting(by):
        old = key_in_use().key
    assert as_owner(lambda: rotate(by.agency, at=NOON)) >= 4
    forget_keys()
    assert read_again(by, point, note) == (PHONE, f"{CANARY} was said")
    with acting(by):
        assert not column("cases_note", "words", note.pk).startswith(old.mark)
        assert key_in_use().key.id != old.id
        assert bytes(Kept.objects.get(pk=old.id).wrapped) == b""


def test_a_rotation_killed_at_twenty_points_while_people_write_loses_no_word(
    as_owner, own_database, own_folder
):
    """Killed by PostgreSQL, at statements chosen by chance, and each time gone on with; ten times with other trees."""
    by, case, point, note = known(SHELTER)
    written, is_over, chance = [], Event(), Random(23)
    writers = [Thread(target=write_until, args=(is_over, case, by, written)) for _ in range(20)]
    for writer in writers:
        writer.start()
    killed = sum(
        as_owner_in_a_thread(own_database, partial(act, at=NOON), Kill(chance.randint(1, 80)))
        for act in [partial(rotate, by.agency), renew_persons] * 10
    )
    is_over.set()
    for writer in writers:
        writer.join()
    assert killed >= 15, "most of the points lie within a rotation"
    as_owner(lambda: renew_persons(at=NOON))
    forget_keys()
    assert read_again(by, point, note) == (PHONE, f"{CANARY} was said")
    assert len(persons.trees()) == 1
    with acting(by):
        assert written
        assert {(one.pk, one.words) for one in Note.objects.filter(case=case)} >= set(written)
        assert Kept.objects.filter(agency=by.agency, destroyed_at=None).count() == 1


def write_until(is_over, case, by, written):
    """Add one note after another, each in a transaction of its own."""
    try:
        while not is_over.is_set() and len(written) < 300:
            with acting(by):
                words = f"{CANARY} {len(written)}"
                note = in_a_call(case, by, words)
            written.append((note.pk, words))
    finally:
        connection.close()


def as_owner_in_a_thread(url, act, kill):
    """Do something as the owner on a connection of its own, while others go on. Whether it was killed."""
    ended = []

    def run():
        found = psycopg.conninfo.conninfo_to_dict(owner_of(url))
        mine = connection.settings_dict | {"USER": found["user"], "PASSWORD": found.get("password", "")}
        mine["OPTIONS"] = {name: one for name, one in mine["OPTIONS"].items() if name != "pool"}
        connection.settings_dict = mine
        try:
            with connection.execute_wrapper(kill):
                act()
            ended.append(None)
        except Exception as error:  # noqa: BLE001 - told to the thread that waits
            ended.append(error)
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join()
    assert isinstance(ended[0], OperationalError | InterfaceError | None), ended
    return ended[0] is not None


def test_what_cannot_be_read_keeps_its_key(as_owner):
    by, _, point, _ = known({})
    with acting(by):
        cell = column("people_contactpoint", "value", point.pk)
        run_sql("UPDATE people_contactpoint SET value = %s WHERE id = %s", (cell[:-8], point.pk))
    with pytest.raises(Refused, match=r"1 cells under key 1 .* cannot be read, so it is kept"):
        as_owner(lambda: rotate(by.agency, at=NOON))
    assert not Kept.objects.filter(agency=by.agency).exclude(destroyed_at=None).exists()


def test_a_rotation_that_was_not_ended_is_gone_on_with_and_makes_no_third_key(as_owner):
    by, _, point, _ = known({})
    with acting(by):
        cell = column("people_contactpoint", "value", point.pk)
        run_sql("UPDATE people_contactpoint SET value = %s WHERE id = %s", (cell[:-8], point.pk))
    for _ in range(2):
        with pytest.raises(Refused):
            as_owner(lambda: rotate(by.agency, at=NOON))
    with acting(by):
        assert Kept.objects.filter(agency=by.agency).count() == 2


def test_with_its_keys_destroyed_an_old_dump_opens_nowhere(as_owner):
    by, _, point, note = known(SHELTER)
    other, _, their_point, their_note = known({})
    assert as_owner(lambda: destroy_keys(by.agency, at=NOON)) == 1
    with pytest.raises(Unreadable):
        read_again(by, point, note)
    assert read_again(other, their_point, their_note)[0] == PHONE


def test_a_backup_from_before_opens_nowhere_once_the_master_key_of_then_is_gone(as_owner, own_database):
    """A backup holds the wrapped key as well: what makes it unreadable is a new master key, and a new key under it."""
    by, _, point, _ = known(SHELTER)
    before, now = settings.MASTER_KEY, "n" * 50
    with acting(by):
        kept = Kept.objects.get(agency=by.agency)
        backup = column("people_contactpoint", "value", point.pk)
    as_owner(lambda: wrap_anew(MasterKey(before), master=MasterKey(now)))
    settings.MASTER_KEY = now
    try:
        as_owner(lambda: rotate(by.agency, at=NOON))
        with psycopg.connect(superuser_of(own_database)) as root:
            root.execute(
                "UPDATE trust_datakey SET wrapped = %s, master = %s, destroyed_at = NULL WHERE id = %s",
                (kept.wrapped, kept.master, kept.pk),
            )
            root.execute("UPDATE people_contactpoint SET value = %s WHERE id = %s", (backup, point.pk))
        forget_keys()
        with pytest.raises(Unreadable), acting(by):
            assert ContactPoint.objects.get(pk=point.pk).value
    finally:
        settings.MASTER_KEY = before
    with acting(by):
        assert ContactPoint.objects.get(pk=point.pk).value == PHONE, (
            "whoever kept the old master key reads it"
        )


def test_keys_are_wrapped_anew_and_production_refuses_the_master_before(as_owner, own_database):
    by, _, point, note = known({})
    before, now = settings.MASTER_KEY, "n" * 50
    assert wrong_master_key(own_database, before) == []
    assert "does not open 1 of the 1 keys" in wrong_master_key(own_database, now)[0]
    assert as_owner(lambda: wrap_anew(MasterKey(before), master=MasterKey(now))) == 1
    assert wrong_master_key(own_database, now) == []
    settings.MASTER_KEY = now
    try:
        assert read_again(by, point, note)[0] == PHONE
    finally:
        settings.MASTER_KEY = before
