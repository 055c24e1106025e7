"""Whatever lets somebody in because they were let in before ends when they leave: every kind of row about a person is
either ended by ``end_everything_of``, or stands here with the reason why it opens no door."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db.models import ForeignKey, Model
from django.utils import timezone

from breakwater.trust.access import knocking_as
from breakwater.trust.actions.sessions import end_everything_of
from breakwater.trust.models import Challenge, HandedCode, Session, User
from breakwater.trust.testing import an_actor

ENDED = {"trust.session", "trust.challenge", "trust.handedcode"}
"""What opens a door by itself."""

PROVES = {
    "trust.passkey": "it is in its owner's hand, and asked only of somebody who works here now",
    "trust.authenticator": "the same",
    "trust.recoverycode": "opens nothing without the password",
    "trust.identity": "the provider is asked anew each time, and only somebody who works here now comes in",
}
"""What is asked for at the door, and opens nothing by itself."""

_HOLDS_A_SECRET = ("token", "key", "code", "secret", "hash", "session", "lease", "pin")


def of_a_person(model: type[Model]) -> bool:
    """Whether a row of this model belongs to somebody who signs in, and holds something like a key."""
    theirs = [one for one in model._meta.fields if isinstance(one, ForeignKey) and one.related_model is User]
    named = {part for field in model._meta.fields for part in field.name.split("_")}
    return bool(theirs) and bool(named & set(_HOLDS_A_SECRET))


NO_DOOR = {
    "trust.receipt": "the key of a form that was sent once; it opens nothing",
    "cases.triage": "a triage code",
    "portal.owncopy": "opens what the helped person may read, and is theirs: whoever handed it out has no part in it",
    "portal.sitelink": "opens one letter for a site, and is theirs: whoever handed it out has no part in it",
    "portal.roomlink": "lets a phone of a place in, and is theirs: whoever handed it out has no part in it",
    "portal.ownact": "the key of a form that was sent once",
    "trust.told": "whom an incident was told to",
    "trust.decision": "the code of a refusal",
    "trust.seal": "the name of a key",
    "referrals.stage": "the code of an answer to a letter",
    "referrals.handoffstage": "the same",
}


def forgotten(models: list[type[Model]]) -> list[str]:
    """Kinds of rows that may open a door, and stand nowhere here."""
    known = ENDED | PROVES.keys() | NO_DOOR.keys()
    return [
        one._meta.label_lower for one in models if of_a_person(one) and one._meta.label_lower not in known
    ]


def test_every_kind_is_known():
    assert forgotten(list(apps.get_models())) == []
    assert {apps.get_model(one)._meta.label_lower for one in ENDED | PROVES.keys()} == ENDED | PROVES.keys()


def one_of_each(who: Any) -> None:
    """A row of every kind that opens a door."""
    soon = timezone.now() + timedelta(minutes=5)
    Session.objects.create(session_key="k" * 32, session_data="", expire_date=soon, user=who.user)
    Challenge.objects.create(token="t", kind="second", user=who.user, expires_at=soon)
    HandedCode.objects.create(
        user=who.user, agency=who.agency, started_by=who.user, why="joins", code="x", started_at=timezone.now(),
        expires_at=soon,
    )  # fmt: skip


@pytest.mark.django_db
def test_all_of_them_end_and_those_of_others_stay():
    ada, ben = an_actor(), an_actor()
    Session.objects.create(
        session_key="b" * 32, session_data="", expire_date=timezone.now() + timedelta(1), user=ben.user
    )
    with knocking_as(ada.user.pk):
        one_of_each(ada)
        counted = {one: _theirs(one, ada) for one in ENDED}
        assert all(counted.values()), counted
        end_everything_of(ada.user)
        assert {one: _theirs(one, ada) for one in ENDED} == dict.fromkeys(ENDED, 0)
    assert Session.objects.filter(user=ben.user).exists()


def _theirs(label: str, who: Any) -> int:
    model: Any = apps.get_model(label)
    return int(model.objects.filter(user=who.user).count())


def test_the_guard_sees_a_new_kind():
    class Lease(Model):
        from django.db import models

        holder = models.ForeignKey(User, on_delete=models.CASCADE)
        device_key = models.TextField()

        class Meta:
            app_label = "example"

    assert forgotten([Lease]) == ["example.lease"]
