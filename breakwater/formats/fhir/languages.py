"""What a text is called in other languages: the translation extension, beside the text it translates."""

from typing import Any

from breakwater.formats.fhir.documents import Unreadable

MOST_LANGUAGES, LONGEST_CODE, LONGEST = 40, 16, 20_000
_TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"


def translations_of(node: dict[str, Any], key: str, place: str) -> tuple[tuple[str, str], ...]:
    """The text of a key in other languages, each once, the first that is told; most have none.

    Raises:
        Unreadable: there are too many, or one is no text of its language.
    """
    beside = node.get(f"_{key}")
    told = beside.get("extension", []) if isinstance(beside, dict) else []
    if not isinstance(told, list) or len(told) > MOST_LANGUAGES:
        raise Unreadable(f"{place}._{key}", f"has more than {MOST_LANGUAGES} translations")
    found: dict[str, str] = {}
    for one in told:
        if isinstance(one, dict) and one.get("url") == _TRANSLATION:
            language, words = _translation(one, f"{place}._{key}")
            found.setdefault(language, words)
    return tuple(found.items())


def _translation(extension: dict[str, Any], place: str) -> tuple[str, str]:
    parts = extension.get("extension", [])
    said = (
        {str(one.get("url")): one for one in parts if isinstance(one, dict)}
        if isinstance(parts, list)
        else {}
    )
    language = said.get("lang", {}).get("valueCode")
    words = said.get("content", {}).get("valueString", said.get("content", {}).get("valueMarkdown"))
    if not isinstance(language, str) or not 0 < len(language) <= LONGEST_CODE:
        raise Unreadable(place, "has a translation that does not say into which language")
    if not isinstance(words, str) or len(words) > LONGEST:
        raise Unreadable(place, f"has a translation that is not text of up to {LONGEST:,} characters")
    return language, words
