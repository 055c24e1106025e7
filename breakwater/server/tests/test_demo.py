"""The demo county's record bears the moments at which it was lived; nothing else can be written down anew."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import transaction

from breakwater.cases.models import Note
from breakwater.cases.testing import a_case, a_note
from breakwater.server.demo import settle
from breakwater.trust.models import Entry
from breakwater.trust.testing import an_actor, as_seen_by
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
