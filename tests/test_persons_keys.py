"""Who is erased takes their key along: no dump from before opens what stood about them. Nobody else loses a word."""

import shutil
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction

from breakwater.cases.testing import a_case
from breakwater.kernel.cipher import MARK, Place, Unreadable, person_of
from breakwater.kernel.db import run_sql
from breakwater.kernel.tree import FILE, leaf_of
from breakwater.people.actions.reach import add_contact_point
from breakwater.people.models import ContactPoint
from breakwater.privacy.jobs import destroy_keys_of_all
from breakwater.privacy.tests.test_keeping import THEN, Desk
from breakwater.server.checks import wrong_person_keys
from breakwater.trust import persons
from breakwater.trust.access import acting
from breakwater.trust.actions.keys import _circle, renew_persons, rotate
from breakwater.trust.encrypted import ENCRYPTED
from breakwater.trust.keyring import decrypt, encrypt, forget_keys
from breakwater.trust.models import DataKey, Erasure
from breakwater.trust.testing import NOON, an_actor, an_agency
from tests.test_at_rest import PHONE, column, somebody

_OF_AN_AGENCY = {
    "trust_draft": "what somebody began to type; gone within days, or when it is saved",
    "trust_receipt": "what a request was answered, which may hold a piece of any page; gone after a week",
    "messaging_way": "how a worker is reached",
    "portal_roomlink": "which place tells its room",
    "portal_roomdevice": "whose phone it is at a place",
    "referrals_ride": "a ride is shared by several, and says nothing of any of them",
    "referrals_stop": "where a ride stops, for all who are in it",
}
"""What is encrypted with an agency's key alone, and why."""


def two_people():
    """An agency with two people, the cells of whose phones a thief carried away long ago."""
    with transaction.atomic():
        desk = Desk()
        by = desk.ada
        other = a_case(by=by)
        points = [
            add_contact_point(case.person, kind="phone", value=PHONE, safety="safe", how="", at=THEN, by=by)
            for case in (desk.case, other)
        ]
        stolen = [(column("people_contactpoint", "value", one.pk), place(one)) for one in points]
    return desk, SimpleNamespace(erased=stolen[0], other=stolen[1], point=points[1])


def place(point):
    return Place("people_contactpoint", "value", str(point.pk))


def erase(desk):
    """Two people of the agency erase the one whose time is over."""
    with transaction.atomic():
        proposed = desk.proposed()
    with transaction.atomic():
        return desk.decided(proposed)


def opens(stolen):
    try:
        return decrypt(*stolen).decode() == PHONE
    except Unreadable:
        return False


def test_once_erased_nothing_of_somebody_opens_again_though_a_thief_has_the_dump_and_every_key_of_the_database(
    own_folder,
):
    desk, stolen = two_people()
    assert opens(stolen.erased)
    erased = erase(desk)
    assert not opens(stolen.erased)
    assert opens(stolen.other), "nobody else loses a word"
    with acting(desk.ines):
        assert Erasure.objects.get(pk=erased.pk).erased_at, "the tombstone stays"
        assert DataKey.objects.filter(agency=desk.agency, destroyed_at=None).exists(), (
            "the agency's key stays too"
        )
    with pytest.raises(Unreadable), acting(desk.ada):
        encrypt(b"anew", stolen.erased[1], leaf_of(erased.circle_id))


def test_a_folder_brought_back_from_a_copy_loses_the_keys_of_the_erased_again(own_folder, tmp_path):
    desk, stolen = two_people()
    shutil.copytree(own_folder, tmp_path / "copy")
    erase(desk)
    shutil.copytree(tmp_path / "copy", own_folder, dirs_exist_ok=True)
    assert opens(stolen.erased), "who keeps a copy of the folder from before reads it: the handbook says so"
    destroy_keys_of_all(at=desk.now)
    assert not opens(stolen.erased)
    assert opens(stolen.other)


def test_what_cannot_be_cut_at_once_is_cut_within_the_hour_and_the_record_is_gone_meanwhile(own_folder):
    desk, stolen = two_people()
    kept = (own_folder / FILE).rename(own_folder / "aside")
    erased = erase(desk)
    assert erased.erased_at
    kept.rename(own_folder / FILE)
    assert opens(stolen.erased)
    destroy_keys_of_all(at=desk.now)
    assert not opens(stolen.erased)


def test_nothing_is_left_of_the_old_trees_in_their_folder(own_folder):
    desk, _ = two_people()
    with (own_folder / FILE).open("rb") as held:
        erase(desk)
        assert not held.read().strip(b"\0"), "what stood there is written over"
    assert {one.name for one in own_folder.iterdir()} == {FILE, "lock"}
    assert (own_folder / FILE).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("lost", ["nothing there", "another's", "torn"])
def test_without_its_folder_nothing_opens_nothing_is_written_and_no_new_tree_is_planted(own_folder, lost):
    desk, stolen = two_people()
    file = own_folder / FILE
    shutil.move(file, own_folder / "aside")
    if lost == "another's":
        persons.begin()
    if lost == "torn":
        file.write_text((own_folder / "aside").read_text()[:40])
    before = file.read_bytes() if file.exists() else None
    forget_keys()
    assert not opens(stolen.other)
    with pytest.raises(Unreadable), acting(desk.ada):
        somebody(desk.ada)
    with pytest.raises(Unreadable), transaction.atomic():
        somebody(an_actor())
    assert (file.read_bytes() if file.exists() else None) == before
    shutil.move(own_folder / "aside", file)
    assert opens(stolen.other)


def test_production_starts_with_the_folder_that_the_database_was_written_with_and_no_other(
    own_folder, own_database
):
    assert wrong_person_keys(own_database, own_folder) == []
    two_people()
    assert wrong_person_keys(own_database, own_folder) == []
    own_folder.chmod(0o750)
    assert "is open to others" in wrong_person_keys(own_database, own_folder)[0]
    own_folder.chmod(0o700)
    (own_folder / FILE).rename(own_folder / "aside")
    assert "does not hold the keys of persons" in wrong_person_keys(own_database, own_folder)[0]


def test_where_no_folder_can_be_made_nothing_is_written_and_production_does_not_start(
    own_database, own_folder
):
    own_folder.parent.joinpath("file").write_text("")
    settings.PERSON_KEYS = own_folder.parent / "file" / "person-keys"
    with pytest.raises(Unreadable), transaction.atomic():
        somebody(an_actor())
    assert "cannot be written to" in wrong_person_keys(own_database, settings.PERSON_KEYS)[0]


def test_what_was_written_before_persons_had_keys_is_read_and_gets_them_with_the_next_rotation(
    as_owner,
    own_folder,
):
    with transaction.atomic():
        by = an_actor()
        _, point = somebody(by)
        cell = encrypt(PHONE.encode(), place(point))
        run_sql("UPDATE people_contactpoint SET value = %s WHERE id = %s", (cell, point.pk))
        assert ContactPoint.objects.get(pk=point.pk).value == PHONE
    assert person_of(cell) == ""
    as_owner(lambda: rotate(by.agency, at=NOON))
    with acting(by):
        assert person_of(column("people_contactpoint", "value", point.pk))
        assert ContactPoint.objects.get(pk=point.pk).value == PHONE


def test_an_agency_that_had_its_key_before_says_on_which_tree_its_people_grow(as_owner, own_folder):
    with transaction.atomic():
        by = an_actor()
        somebody(by)
    as_owner(lambda: DataKey.objects.update(tree=""))
    with transaction.atomic(), acting(by):
        somebody(by)
    with acting(by):
        assert DataKey.objects.get(agency=by.agency).tree == persons.trees()[0]


def test_other_trees_are_planted_and_no_dump_from_before_opens_though_everybody_is_read_as_ever(
    as_owner,
    own_folder,
):
    desk, stolen = two_people()
    erase(desk)
    before, size = persons.trees(), (own_folder / FILE).stat().st_size
    as_owner(lambda: call_command("keys", "renew"))
    assert persons.still_there([(desk.circle.pk, desk.now - timedelta(days=2))]) == [], (
        "who went before is not cut again"
    )
    assert (len(persons.trees()), set(persons.trees()) & set(before)) == (1, set())
    assert (own_folder / FILE).stat().st_size < size / 10
    assert not opens(stolen.other)
    with acting(desk.ada):
        assert ContactPoint.objects.get(pk=stolen.point.pk).value == PHONE


def test_a_tree_that_somebody_still_needs_is_kept(as_owner, own_folder):
    desk, stolen = two_people()
    with acting(desk.ada):
        run_sql(
            "UPDATE people_contactpoint SET value = %s WHERE id = %s",
            (stolen.other[0][:-8], stolen.point.pk),
        )
    for _ in range(2):
        with pytest.raises(CommandError, match="cannot be read, so it is kept"):
            as_owner(lambda: call_command("keys", "renew"))
    assert len(persons.trees()) == 2


def test_what_is_left_of_the_erased_holds_no_rotation_up(as_owner, own_folder):
    """Who wrote at the very moment may have left a row; nobody can read it, so nobody needs its key."""
    desk, stolen = two_people()
    with acting(desk.ada):
        cell = encrypt(PHONE.encode(), place(stolen.point), leaf_of(desk.circle.pk))
        run_sql("UPDATE people_contactpoint SET value = %s WHERE id = %s", (cell, stolen.point.pk))
    erase(desk)
    as_owner(lambda: renew_persons(at=desk.now))
    with acting(desk.ada):
        assert DataKey.objects.filter(agency=desk.agency, destroyed_at=None).count() == 1


def test_whatever_is_encrypted_about_somebody_is_encrypted_with_their_key():
    tables = {field.model._meta.db_table: field.model for field in ENCRYPTED}
    assert {name for name, model in tables.items() if _circle(model) == "NULL::uuid"} == set(_OF_AN_AGENCY)


@pytest.mark.django_db
def test_the_columns_are_there_by_which_rotation_finds_whose_words_a_part_holds():
    for model in {field.model for field in ENCRYPTED}:
        run_sql(f'SELECT {_circle(model)} FROM "{model._meta.db_table}" it LIMIT 1', ())


@pytest.mark.django_db
def test_a_key_in_memory_costs_no_statement(django_assert_num_queries):
    by = an_actor(agency=an_agency())
    _, point = somebody(by)
    cell = encrypt(PHONE.encode(), place(point), leaf_of(point.circle_id))
    with django_assert_num_queries(0):
        assert decrypt(cell, place(point)).decode() == PHONE
        assert encrypt(b"more", place(point), leaf_of(point.circle_id)).startswith(MARK)
