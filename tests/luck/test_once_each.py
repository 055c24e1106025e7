"""Each form of the main path, sent five times at the same moment with one key, happens once."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections, transaction
from django.urls import reverse
from django.utils import timezone

from breakwater.cases.models import Barrier as Obstacle
from breakwater.cases.models import Case, Danger, Gate, Note
from breakwater.cases.testing import a_case
from breakwater.kernel.keys import new_key
from breakwater.plans.models import Need
from breakwater.referrals.models import Referral
from breakwater.trust.access import acting
from breakwater.trust.models import Entry, Receipt
from breakwater.trust.testing import an_actor
from breakwater.trust.tests.browsing import browser_of, hidden, press

AT_ONCE = 5
FORMS = {
    "cases:intake": (
        Case,
        {"what_is_happening": "Nowhere to sleep.", "known_as": "Sam", "asked_by": "self", "owner": "me"},
    ),
    "cases:note": (Note, {"kind": "note", "words": "Spoke with the shelter."}),
    "cases:barrier": (Obstacle, {"words": "No papers."}),
    "cases:danger": (Danger, {"to": "self", "level": "likely", "words": "Said so."}),
    "cases:gate": (Gate, {"safe_tonight": "Seen and spoken with."}),
    "plans:need": (Need, {"domain": "housing", "words": "A room."}),
    "referrals:referral": (
        Referral,
        {"to_name": "Hope House", "need": "housing", "words": "A room tonight.", "name_told": "no"},
    ),
}
"""Each form, what it makes one of, and what is typed; the first field of text is changed for another body."""


def all_at_once(clients, where, typed):
    """Send the same form from several browsers at the same moment; the answers."""
    heard, start = [], Barrier(len(clients))

    def send(client):
        start.wait()
        try:
            heard.append(client.post(where, typed))
        finally:
            connections.close_all()

    threads = [Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return heard


def counted(by, *models):
    """How many there are of each, as somebody reads them."""
    with acting(by):
        return [model.objects.count() for model in models]


def as_read(client, where, fields):
    """What is typed; and where a letter is read once more before it goes, the mark of what was read."""
    if "to_name" not in fields:
        return fields
    return fields | {"shown": hidden(press(client, where, **fields).content, "shown")}


@pytest.fixture
def ada(own_database):
    with transaction.atomic():
        return an_actor(now=timezone.now())


def test_each_form_sent_five_times_at_once_has_one_effect_and_one_answer(ada):
    with acting(ada):
        case = a_case(by=ada, at=timezone.now() - timedelta(hours=1))
    clients = [browser_of(ada) for _ in range(AT_ONCE)]
    for name, (model, fields) in FORMS.items():
        where = reverse(name, args=() if name == "cases:intake" else (case.pk,))
        typed = as_read(clients[0], where, fields) | {"idempotency_key": str(new_key(ada.user.pk))}
        before = counted(ada, model, Receipt)
        heard = all_at_once(clients, where, typed)
        assert [answer.status_code for answer in heard] == [303] * AT_ONCE, name
        assert len({answer["Location"] for answer in heard}) == 1, name
        assert sum("Idempotent-Replay" not in answer for answer in heard) == 1, name
        assert counted(ada, model, Receipt) == [count + 1 for count in before], name
        written = counted(ada, model, Receipt, Entry)
        other = typed | {
            next(
                field for field in ("words", "safe_tonight", "what_is_happening") if field in typed
            ): "Other."
        }
        refused = all_at_once(clients, where, other)
        assert [answer.status_code for answer in refused] == [422] * AT_ONCE, name
        assert all(b"already saved, with other words" in answer.content for answer in refused), name
        assert counted(ada, model, Receipt, Entry) == written, name


def test_twins_with_other_words_at_the_same_moment_are_one_act_and_one_refusal(ada):
    with acting(ada):
        case = a_case(by=ada, at=timezone.now())
    where, key = reverse("cases:note", args=(case.pk,)), str(new_key(ada.user.pk))
    heard, start = [], Barrier(AT_ONCE)

    def send(client, turn):
        start.wait()
        try:
            typed = {"kind": "note", "words": f"Telling {turn}", "idempotency_key": key}
            heard.append((turn, client.post(where, typed).status_code))
        finally:
            connections.close_all()

    threads = [Thread(target=send, args=(browser_of(ada), turn)) for turn in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    won = [turn for turn, status in heard if status == 303]
    assert sorted(status for _, status in heard) == [303] + [422] * (AT_ONCE - 1)
    with acting(ada):
        assert [note.words for note in Note.objects.all()] == [f"Telling {won[0]}"]
