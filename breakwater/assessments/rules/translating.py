"""An instrument in another language. Only its words change: what counts and what must be heard stays what it was."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from breakwater.assessments.rules.definition import Definition, Item, Translation


def in_language(definition: Definition, language: str) -> Definition:
    """The instrument in the words of a language; in its own where it has no others."""
    found = definition.translations.get(language)
    if found is None:
        return definition
    return replace(definition, items=tuple(_item_in(one, found) for one in definition.items))


def questions_without(definition: Definition, found: Translation) -> list[Item]:
    """The items that have no question in this language, or an answer that nobody could read in it."""
    return [
        one
        for one in definition.items
        if not found.questions.get(one.key)
        or any(not found.answers.get(one.key, {}).get(option.code) for option in one.options)
    ]


def not_translated(definition: Definition, found: Translation) -> Iterator[str]:
    """Everything that has words and none in this language, and everything that has none and words."""
    for item in definition.items:
        if item.key not in found.questions:
            yield f"questions.{item.key}"
        if item.help and item.key not in found.helps:
            yield f"help.{item.key}"
        codes = {one.code for one in item.options}
        yield from (
            f"answers.{item.key}.{one}" for one in sorted(codes ^ set(found.answers.get(item.key, {})))
        )
    keys = {one.key for one in definition.items}
    for part in (found.questions, found.helps, found.answers):
        yield from sorted(set(part) - keys)


def with_translations(definition: Definition, found: Mapping[str, Translation]) -> Definition:
    """The instrument with what it is called in other languages."""
    return replace(definition, translations=found)


def _item_in(item: Item, found: Translation) -> Item:
    labels = found.answers.get(item.key, {})
    return replace(
        item,
        text=found.questions.get(item.key, item.text),
        help=found.helps.get(item.key, item.help),
        options=tuple(replace(one, label=labels.get(one.code, one.label)) for one in item.options),
    )
