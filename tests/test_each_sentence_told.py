"""Every sentence that a record can tell, with every code that can stand in it, is told in the person's language.

A catalog that must guess what stands in a blank tells half of a sentence, or another sentence. So each sentence is told
here with each label of the tables into which its own code looks: a word of ours that stays English is a fault.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice, product
from types import FunctionType
from typing import Any

import pytest
from django.db.models import TextChoices

from breakwater.assessments.library import INSTRUMENTS, PROPOSALS
from breakwater.benefits.library import PROGRAMS
from breakwater.cases.timeline.sentences import _SENTENCES, sentence_of
from breakwater.kernel.text import Filled, Ours
from breakwater.ui.words.catalogs import TRANSLATED, Catalog, catalog_of

Sentence = Callable[[Any], str]
TYPED = "Zzyx"
"""What somebody typed, or a code of another table."""
NAMES = frozenset(one.title for one in INSTRUMENTS.values()) | {
    one.label for found in PROGRAMS.values() for one in found.programs.values()
}
"""Names of others, which are the same in every language or stand in their own."""
_FEW, _MOST = 2, 300
_ANY = re.compile(r"[\w'-]+")
_WORD = re.compile(r"[^\W\d_]{3}")
_SMALL = re.compile(r"\b(?:the|and|with|is|was|were|for|of|this|that|not|it|by|from|they|their|an|did)\b")


class Facts(dict[str, Any]):
    """Facts of an entry that note which of them were asked for."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        super().__init__(facts)
        self.asked: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        return self.get(key)


def tables_of(function: Callable[..., Any], seen: set[Any] | None = None) -> dict[str, str]:
    """Label by code, of every table that a function and what it calls in its module look into."""
    seen = seen if seen is not None else set()
    found: dict[str, str] = {}
    if function in seen:
        return found
    seen.add(function)
    for name in function.__code__.co_names:
        for one in (function.__globals__.get(name), *within(function, name)):
            if isinstance(one, FunctionType) and one.__module__ == function.__module__:
                found |= tables_of(one, seen)
            else:
                found |= labels_of(one)
    return found


def within(function: Callable[..., Any], name: str) -> Iterator[Any]:
    """What is called so in a class or a library that the function names."""
    for owner in function.__code__.co_names:
        known = function.__globals__.get(owner)
        if known is not None and not isinstance(known, FunctionType):
            yield getattr(known, name, None)


def labels_of(table: Any) -> dict[str, str]:
    if isinstance(table, type) and issubclass(table, TextChoices):
        return {str(code): str(label) for code, label in table.choices}
    if isinstance(table, Mapping):
        named = ((code, getattr(one, "label", getattr(one, "title", one))) for code, one in table.items())
        every = {str(code): str(label) for code, label in named if isinstance(label, str)}
        names = [code for code, label in every.items() if label in NAMES]
        return {code: label for code, label in every.items() if code not in names[_FEW:]}
    return {}


def ways_of(sentence: Sentence) -> Iterator[dict[str, Any]]:
    """The facts with which it says something else each time: codes that it knows, names, and what is or is not so."""
    ways, waiting = dict[str, list[Any]](), sorted(asked_by(sentence, {}))
    while waiting:
        key = waiting.pop(0)
        usual = {one: known[-1] for one, known in ways.items()}
        ways[key] = list(said_apart(sentence, usual, key).values())
        new = set[str]().union(*(asked_by(sentence, usual | {key: value}) for value in ways[key]))
        waiting += sorted(new - ways.keys() - set(waiting))
    for values in islice(product(*ways.values()), _MOST):
        yield dict(zip(ways, values, strict=True))


def said_apart(sentence: Sentence, usual: Mapping[str, Any], key: str) -> dict[str, Any]:
    """By what is said, a value of one fact. A code that is said as it is was looked up in another table."""
    labels = tables_of(sentence)
    literal = [one for one in sentence.__code__.co_consts if isinstance(one, str) and one.isidentifier()]
    codes = [*labels, *(one for one in literal if one not in asked_by(sentence, dict(usual)))]
    unknown = say(sentence, usual, **{key: TYPED})
    found, same = {say(sentence, usual): None}, dict[str, Any]()
    for code in codes:
        said = say(sentence, usual, **{key: code})
        if said != unknown.replace(TYPED, code).replace(TYPED.lower(), code):
            found.setdefault(said, code)
        elif labels.get(code, "").lower() == code:
            same[said] = code
    is_looked_up = len(found) > 1 and TYPED.lower() in unknown.lower()
    return found | same if is_looked_up else found | {unknown: TYPED}


def say(sentence: Sentence, facts: Mapping[str, Any], **more: Any) -> str:
    """What is said; nothing where a fact is no code of ours."""
    with suppress(ValueError, KeyError):
        return sentence(Facts({**facts, **more}))
    return ""


def asked_by(sentence: Sentence, facts: dict[str, Any]) -> set[str]:
    asked = Facts(facts)
    with suppress(ValueError, KeyError):
        sentence(asked)
    return asked.asked


def english_left(told: str, labels: Iterable[str], catalog: Catalog) -> list[str]:
    """The labels that stand in it as they are in English, and are something else in the language."""
    words = in_words(told)
    found = (one for one in labels if _WORD.search(one) and in_words(one) in words)
    return [one for one in found if (catalog.find(one) or "").lower() != one.lower()]


def in_words(text: str) -> str:
    """The words of a text, each with a space on both sides."""
    return f" {' '.join(_ANY.findall(text.lower()))} "


@pytest.mark.parametrize("code", sorted(TRANSLATED))
@pytest.mark.parametrize("verb", sorted(_SENTENCES))
def test_each_sentence_of_a_record_is_told_in_the_language_whatever_code_stands_in_it(verb, code):
    catalog, sentence = catalog_of(code), _SENTENCES[verb]
    labels, wrong = set(tables_of(sentence).values()) - NAMES, {}
    for said in {say(sentence, facts) for facts in ways_of(sentence)}:
        if not _WORD.search(said):
            continue
        told = catalog.ours(said)
        bare = re.sub("|".join(map(re.escape, NAMES)), "", told)
        if told == said or _SMALL.search(bare) or english_left(told, labels, catalog):
            wrong[str(said)] = told
    assert wrong == {}


@pytest.mark.parametrize("code", sorted(TRANSLATED))
def test_what_an_assessment_lets_hear_and_proposes_is_told_in_the_language(code):
    catalog = catalog_of(code)
    told = {one.label for one in PROPOSALS.values()} | {
        alert.label for found in INSTRUMENTS.values() for alert in found.alerts
    }
    assert len(told) > 20
    assert {one for one in told if catalog.find(one) is None} == set()
    wrong = {}
    for code_of, found in INSTRUMENTS.items():
        for alert in found.alerts:
            said = sentence_of("assessments.alert_raised", {"instrument": code_of, "alert": alert.key})
            if english_left(catalog.ours(said), {alert.label}, catalog):
                wrong[str(said)] = catalog.ours(said)
    assert wrong == {}


def test_the_guard_sees_a_sentence_half_told_and_one_told_as_another():
    half = Catalog(
        "es",
        {"Heard: {what}.": "Oído: {what}.", "Read {day}: {level_label}": "Leído el {day}: {level_label}"},
    )
    assert english_left(half.ours("Heard: did not come."), {"Did not come"}, half) == ["Did not come"]
    assert half.ours("Read the plan again: replaced") == "Leído el the plan again: replaced"
    known = Catalog(
        "es", {**half.translations, "Read the plan again": "Releer el plan", "Replaced": "Reemplazado"}
    )
    filled = Filled("{a}: {b}", a=Ours("Read the plan again"), b=Ours("replaced"))
    assert known.ours(filled) == "Releer el plan: reemplazado"
