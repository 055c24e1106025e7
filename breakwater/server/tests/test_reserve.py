"""Room is kept back, given back and kept back again; meanwhile what is sent is shown again and can be sent later."""

from types import SimpleNamespace

import pytest
from django.urls import reverse
from psycopg import errors

from breakwater.cases.models import Case
from breakwater.kernel import reserve as kept_back
from breakwater.kernel.reserve import KEPT_BACK, NEARLY_FULL, Reserve, only_reads
from breakwater.server.tests.test_work_away import done, wrapped
from breakwater.trust.testing import an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, hidden, press

SAID = "Nothing can be saved just now."
WORDS = "Out of insulin."


@pytest.fixture
def reserve(tmp_path, settings):
    """A reserve whose disk is as full as a test says."""
    settings.RESERVE = tmp_path / "reserve"
    return Reserve(settings.RESERVE)


@pytest.fixture
def disk(monkeypatch):
    """What the disk tells of itself."""
    told = SimpleNamespace(free=10 * KEPT_BACK, f_files=0, f_favail=0)
    monkeypatch.setattr(kept_back.shutil, "disk_usage", lambda _: told)
    monkeypatch.setattr(kept_back.os, "statvfs", lambda _: told)
    return told


def test_room_is_kept_back_while_there_is_plenty_and_given_back_when_there_is_not(reserve, disk):
    assert not only_reads(), "nobody keeps room back"
    assert reserve.keep()
    assert not reserve.keep()
    assert (reserve.file.stat().st_size, only_reads()) == (KEPT_BACK, False)
    disk.free = NEARLY_FULL - 1
    assert reserve.keep()
    assert (reserve.file.stat().st_size, only_reads()) == (0, True)
    disk.free = KEPT_BACK
    assert not reserve.keep(), "what was just given back is no new room"
    disk.free = KEPT_BACK + 2 * NEARLY_FULL
    assert reserve.keep()
    assert not only_reads()


def test_a_disk_that_is_full_from_the_beginning_is_known_to_be(reserve, disk):
    disk.free = 0
    assert reserve.keep()
    assert only_reads()


def test_a_disk_that_takes_no_more_files_is_full(reserve, disk):
    disk.f_files, disk.f_favail = 10_000, 9_000
    assert reserve.keep()
    assert not only_reads()
    disk.f_favail = 3
    assert reserve.keep()
    assert only_reads()


def test_room_that_is_kept_back_is_really_taken(reserve):
    reserve.keep()
    assert reserve.file.stat().st_blocks * 512 >= KEPT_BACK


@pytest.mark.django_db
def test_while_the_disk_is_nearly_full_all_is_read_and_what_is_sent_can_be_sent_later(reserve):
    ada = an_actor()
    browser = browser_of(ada)
    assert SAID not in browser.get("/").content.decode()
    reserve.file.touch()
    typed = {"what_is_happening": WORDS, "asked_by": "self", "owner": "me"}
    answer = press(browser, "/cases/intake/", by=ada, **typed)
    said = answer.content.decode()
    assert answer.status_code == 503
    assert "nothing is saved until there is room" in said
    assert hidden(answer.content, "what_is_happening") == WORDS
    as_seen_by(ada)
    assert not Case.objects.exists()
    page = browser.get("/")
    assert (page.status_code, SAID in page.content.decode()) == (200, True)
    reserve.file.unlink()
    key = hidden(answer.content, "idempotency_key")
    assert press(browser, "/cases/intake/", by=ada, key=key, **typed).status_code == 303


@pytest.mark.django_db
def test_whoever_wants_to_be_gone_is_let_go_on_a_full_disk(reserve):
    ada = an_actor()
    reserve.file.touch()
    assert press(browser_of(ada), reverse("trust:sign_out"), by=ada).status_code == 303


def test_work_that_finds_the_disk_full_waits_for_room_and_spends_no_try(
    reserve, monkeypatch, django_db_blocker
):
    monkeypatch.setattr("breakwater.kernel.jobs._A_WHILE", 0)
    tries = []

    def work():
        tries.append(1)
        if len(tries) < 9:
            raise wrapped(errors.DiskFull())
        return "done"

    with django_db_blocker.unblock():
        assert done(work) == "done"
    assert len(tries) == 9
