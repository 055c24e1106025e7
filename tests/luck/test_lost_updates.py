"""However many edit the same words at once, what was acknowledged is there: in the text, or in its history."""

import re
from threading import Barrier, Thread

import pytest
from django.db import connections, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from breakwater.cases.actions.notes import amend_note
from breakwater.cases.models import Amendment
from breakwater.cases.testing import a_case, a_note
from breakwater.kernel.errors import Stale
from breakwater.trust.access import acting
from breakwater.trust.testing import NOON, an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

EDITORS, EDITS = 6, 6


def latest(note):
    """The version that a page would show."""
    last = Amendment.objects.filter(note=note).order_by("-version").first()
    return last.version if last else 1


def history(note):
    """Every text that a note ever had, in order, with its version."""
    amended = Amendment.objects.filter(note=note).order_by("version").values_list("version", "words")
    return [(1, note.words), *amended]


def amend(note, words, *, version, by):
    return amend_note(note, words=words, reason="Misheard", version=version, at=NOON, by=by)


class Editor(Thread):
    """Reads what is there, thinks, saves; somebody who was overtaken reads again."""

    def __init__(self, name, by, note, start):
        super().__init__()
        self.label, self.by, self.note, self.start_line = name, by, note, start
        self.acknowledged, self.refusals, self.broken = [], [], []

    def run(self):
        self.start_line.wait()
        try:
            for turn in range(EDITS):
                self._edit(f"Edit {turn} of {self.label}")
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must see it
            self.broken.append(error)
        finally:
            connections.close_all()

    def _edit(self, words):
        while True:
            with acting(self.by):
                shown = latest(self.note)
            try:
                with acting(self.by):
                    amend(self.note, words, version=shown, by=self.by)
            except Stale as refusal:
                self.refusals.append(refusal)
                continue
            self.acknowledged.append(words)
            return


def test_every_acknowledged_edit_of_many_at_once_is_there(own_database):
    with transaction.atomic():
        ada = an_actor()
        colleagues = [an_actor(agency=ada.agency, name=f"Editor {turn}") for turn in range(EDITORS)]
        as_seen_by(ada)
        note = a_note(a_case(by=ada), by=ada, words="As it was first.")
    start = Barrier(EDITORS)
    editors = [Editor(by.user.name, by, note, start) for by in colleagues]
    for editor in editors:
        editor.start()
    for editor in editors:
        editor.join(60)
    assert [editor.broken for editor in editors] == [[]] * EDITORS
    acknowledged = [words for editor in editors for words in editor.acknowledged]
    with acting(ada):
        versions, texts = zip(*history(note), strict=True)
    assert sorted(texts) == sorted([*acknowledged, "As it was first."])
    assert list(versions) == list(range(1, EDITORS * EDITS + 2))
    for refusal in (refusal for editor in editors for refusal in editor.refusals):
        assert refusal.theirs["words"] in texts
        assert refusal.who.startswith("Editor ")
        assert refusal.at


@pytest.mark.django_db
@settings(max_examples=25, deadline=None)
@given(moves=st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=24))
def test_in_whatever_order_they_read_and_save_nothing_is_written_over(moves):
    """A model: each of three holds the version they read last; a save stands exactly when that is the latest."""
    ada = an_actor()
    note = a_note(a_case(by=ada), by=ada, words="As it was first.")
    read, kept = [1, 1, 1], ["As it was first."]
    for turn, (who, saves) in enumerate(moves):
        if not saves:
            read[who] = latest(note)
        elif read[who] == len(kept):
            amend(note, f"Words {turn}", version=read[who], by=ada)
            kept.append(f"Words {turn}")
        else:
            with pytest.raises(Stale) as stale:
                amend(note, f"Words {turn}", version=read[who], by=ada)
            assert stale.value.theirs == {"words": kept[-1]}
    assert [words for _, words in history(note)] == kept


@pytest.mark.django_db
def test_who_was_overtaken_sees_both_texts_and_whose_and_when():
    ada = an_actor(now=timezone.now())
    ben = an_actor(agency=ada.agency, now=timezone.now(), name="Noor Haddad")
    as_seen_by(ada)
    note = a_note(a_case(by=ada, at=timezone.now()), by=ada, at=timezone.now())
    where = reverse("cases:amendment", args=(note.pk,))
    first, second = browser_of(ada), browser_of(ben)
    saved = press(second, where, words="They sleep at a friend's.", reason="Misheard", version="1")
    answer = press(first, where, words="They sleep at the station.", reason="Misheard", version="1")
    page = answer.content.decode()
    assert (saved.status_code, answer.status_code) == (303, 422)
    assert "They sleep at a friend&#39;s." in page
    assert "They sleep at the station." in page
    assert re.search(r"What Noor Haddad saved [^<]*\d\d:\d\d", page)
    as_seen_by(ada)
    assert [words for _, words in history(note)] == ["Spoke with the shelter.", "They sleep at a friend's."]
    again = press(first, where, words="They sleep at the station.", reason="Misheard", version="2")
    assert again.status_code == 303
