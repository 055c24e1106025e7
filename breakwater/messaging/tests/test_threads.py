"""Messages about a case, among whoever cares for the person."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.http import Http404

from breakwater.cases.testing import a_case
from breakwater.kernel.errors import NotPermitted, Refused, Stale
from breakwater.messaging.actions.threads import amend, mark_read
from breakwater.messaging.models import Amendment, Mark, Message, Thread
from breakwater.messaging.testing import a_message
from breakwater.trust.actions.consents import raise_segments
from breakwater.trust.actions.standing import let_out
from breakwater.trust.capabilities import Role
from breakwater.trust.journal import see_shared
from breakwater.trust.testing import NOON, a_guest, an_actor, as_seen_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return an_actor(Role.SUPERVISOR)


@pytest.fixture
def rosa():
    return an_actor(Role.PARTNER, name="Rosa Lind")


def test_whoever_cares_for_the_person_reads_and_answers_and_a_stranger_finds_nothing(ada, rosa):
    stranger = an_actor()
    as_seen_by(ada)
    case = a_case(by=ada)
    a_guest(case.circle, agency=rosa.agency, until=None, at=NOON, by=ada)
    message = a_message(case, by=ada)
    as_seen_by(rosa)
    answer = a_message(case, "Yes, at four.", by=rosa)
    assert (message.number, answer.number) == (1, 2)
    assert [one.words for one in Message.objects.visible_to(rosa)] == [
        "Can you see them at four?",
        "Yes, at four.",
    ]
    as_seen_by(stranger)
    assert not Message.objects.exists()
    assert not Thread.objects.exists()
    for model, pk in ((Thread, message.thread_id), (Message, message.pk)):
        with pytest.raises(Http404):
            see_shared(model, pk, by=stranger)
    with pytest.raises(NotPermitted):
        a_message(case, by=stranger)
    as_seen_by(ada)
    assert not Message.objects.visible_to(stranger).exists()


def test_whoever_was_let_out_reads_no_more(ada, rosa):
    as_seen_by(ada)
    case = a_case(by=ada)
    a_guest(case.circle, agency=rosa.agency, until=None, at=NOON, by=ada)
    a_message(case, by=ada)
    later = NOON.replace(hour=13)
    let_out(case.circle, agency=rosa.agency, at=later, by=ada)
    rosa.now = later
    assert not Message.objects.visible_to(rosa).exists()


def test_who_is_not_let_in_by_a_law_reads_nothing_from_the_moment_it_protects(ada, rosa):
    """And what is written from then on carries the law: a grant that does not open it opens no such message."""
    as_seen_by(ada)
    case = a_case(by=ada)
    a_guest(case.circle, agency=rosa.agency, until=None, at=NOON, by=ada)
    a_message(case, "Before.", by=ada)
    raise_segments(case.circle, ["part2"], at=NOON + timedelta(minutes=5), by=ada)
    late = a_message(case, "On methadone.", by=ada, at=NOON + timedelta(minutes=5))
    assert late.segments == ["part2"]
    as_seen_by(rosa)
    rosa.now = NOON + timedelta(minutes=6)
    assert not Message.objects.visible_to(rosa).exists()
    assert not Message.objects.filter(pk=late.pk).exists()


def test_nothing_is_rewritten_it_is_amended_by_whoever_wrote_it(ada):
    colleague = an_actor(agency=ada.agency)
    as_seen_by(ada)
    message = a_message(a_case(by=ada), by=ada)
    new = {"words": "Can you see them at five?", "at": NOON, "version": 1}
    with pytest.raises(Refused, match="Only whoever wrote"):
        amend(message, reason="Late bus.", by=colleague, **new)
    with pytest.raises(Refused, match="needs its new text and a reason"):
        amend(message, reason=" ", by=ada, **new)
    with pytest.raises(Refused, match="Nothing was changed"):
        amend(message, reason="None.", by=ada, **(new | {"words": message.words}))
    assert amend(message, reason="Late bus.", by=ada, **new).version == 2
    with pytest.raises(Stale, match="amended meanwhile"):
        amend(message, reason="Later bus.", by=ada, **new)
    for rows in (Message.objects, Amendment.objects):
        with pytest.raises(DatabaseError, match="stays written"), transaction.atomic():
            rows.update(by=None)


def test_a_message_says_something_and_a_mark_goes_only_on(ada):
    as_seen_by(ada)
    case = a_case(by=ada)
    with pytest.raises(Refused, match="Write something"):
        a_message(case, "  ", by=ada)
    thread = a_message(case, by=ada).thread
    reader = an_actor(agency=ada.agency)
    assert [one.unread for one in Thread.objects.with_unread(reader.user_id)] == [1]
    mark_read(thread, 1, at=NOON, by=reader)
    mark_read(thread, 0, at=NOON, by=reader)
    assert not Thread.objects.unread_by(reader.user_id).exists()
    as_seen_by(ada)
    assert Mark.objects.get().by_id == ada.user_id


def test_words_are_kept_encrypted(ada):
    as_seen_by(ada)
    a_message(a_case(by=ada), "On methadone.", by=ada)
    kept = Message.objects.extra(select={"raw": "words"}).get().raw
    assert "methadone" not in kept
