"""By what a person is known when they call: a word that they chose, or a code handed to them. Was it said?"""

from collections.abc import Iterator
from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from breakwater.kernel.errors import Overtaken, Refused
from breakwater.people.apart import with_what_is_apart
from breakwater.people.events import CallerTried, SafeWordChanged
from breakwater.people.models import ContactPoint, Name, Person, SafeWord, Supporter
from breakwater.people.rules import why_no_safe_word, word_key
from breakwater.trust.access import Actor
from breakwater.trust.common_passwords import common_passwords
from breakwater.trust.factors import new_recovery_codes
from breakwater.trust.journal import record

KNOWN_BY = ("in_person", "called_back", "by_word")
"""How a worker knows that it is the person who chooses: never because somebody called and knew much."""
_SHORT = 1


@transaction.atomic
def choose_word(person: Person, *, word: str, known_by: str, at: datetime, by: Actor) -> SafeWord:
    """The person chooses by what they are known on the phone; what they had before holds no longer.

    Raises:
        Refused: nobody says how they know that it is the person, or others would guess the word.
    """
    by.must("people.correct", person.circle)
    person = Person.objects.lock(person)
    if known_by not in KNOWN_BY:
        raise Refused(
            "Say how you know that it is them. Who calls and asks for a new word may be somebody else."
        )
    if reason := why_no_safe_word(word, known=_known_of(person, by), common=common_passwords()):
        raise Refused(reason)
    return _put(person, SafeWord.Kind.CHOSEN, word, known_by=known_by, at=at, by=by)


@transaction.atomic
def hand_code(person: Person, *, at: datetime, by: Actor) -> str:
    """A code for somebody who sits there and chose no word. It is told once; what they had before holds no longer."""
    by.must("people.correct", person.circle)
    person = Person.objects.lock(person)
    code = new_recovery_codes(1, parts=_SHORT)[0]
    _put(person, SafeWord.Kind.HANDED, code, known_by="in_person", at=at, by=by)
    return code


@transaction.atomic
def end_word(person: Person, *, at: datetime, by: Actor) -> None:
    """The person has no word any more: nobody is known by one on the phone.

    Raises:
        Overtaken: there is none.
    """
    by.must("people.correct", person.circle)
    if (ended := _end(Person.objects.lock(person), at=at)) is None:
        raise Overtaken("They have no word now.")
    news = SafeWordChanged(safe_word_id=ended.pk, how="ended", known_by="")
    record(news, about=person.pk, circle=person.circle, by=by, at=at)


@transaction.atomic
def try_caller(person: Person, said: str, *, at: datetime, by: Actor) -> bool:
    """Whether what a caller said is the person's word. Each try is written down, what was said never.

    Raises:
        Refused: they have none, and so nobody is known by one.
    """
    by.must("people.read", person.circle)
    standing = SafeWord.objects.visible_to(by).of(person).select_related("circle").first()
    if standing is None:
        raise Refused("They have no word yet: nobody is known by one. Call them where it is safe.")
    matches = check_password(word_key(said), standing.word)
    news = CallerTried(safe_word_id=standing.pk, matches=matches)
    record(news, about=person.pk, circle=person.circle, by=by, at=at)
    return matches


def _put(person: Person, kind: str, word: str, *, known_by: str, at: datetime, by: Actor) -> SafeWord:
    before = _end(person, at=at)
    made = SafeWord(
        circle=person.circle, person=person, kind=kind, word=make_password(word_key(word)), by=by.user,
        starts_at=max(at, before.starts_at) if before else at,
    )  # fmt: skip
    made.save(force_insert=True)
    news = SafeWordChanged(safe_word_id=made.pk, how=made.kind, known_by=known_by)
    record(news, about=person.pk, circle=person.circle, by=by, at=at)
    return made


def _end(person: Person, *, at: datetime) -> SafeWord | None:
    """What held until now; the person is held."""
    found = SafeWord.objects.of(person).first()
    if found is not None:
        SafeWord.objects.filter(pk=found.pk).update(ends_at=max(at, found.starts_at))
    return found


def _known_of(person: Person, by: Actor) -> Iterator[str]:
    """What whoever knows them well could say of them."""
    with_what_is_apart(person, by)
    yield person.known_as
    yield person.pronouns
    yield person.language
    if person.birth_date:
        yield from (person.birth_date.strftime(form) for form in ("%Y%m%d", "%d%m%Y", "%m%d%Y", "%Y"))
    yield from Name.objects.visible_to(by).filter(person=person).values_list("text", flat=True)
    yield from (
        one.value
        for one in ContactPoint.objects.visible_to(by).filter(person=person).select_related("circle")
    )
    yield from Supporter.objects.visible_to(by).filter(person=person).values_list("name", flat=True)
