"""A consent on paper, for the person to take along: what they signed, as it was shown to them, and how it stands."""

from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from breakwater.cases.papers import load_words
from breakwater.formats.paper import Block, Boxed, Facts, Heading, Line, Words
from breakwater.privacy.spoken import in_other_words
from breakwater.trust.models import Consent
from breakwater.trust.rules.law import Kind
from breakwater.trust.rules.wording import paragraphs
from breakwater.ui.languages import Language
from breakwater.ui.words.catalogs import told_in

WORDS = load_words(Path(__file__).parent / "consent.toml")
SIGNED_IN = "en"
"""In which language agreements are signed."""


def title_of(language: Language) -> str:
    """What the paper is. It names nobody."""
    return WORDS["title"][language.code]


def consent_on_paper(consent: Consent, kind: Kind, language: Language, *, zone: ZoneInfo) -> list[Block]:
    """An agreement: in another language first what it says there, and then, word for word, what was signed."""
    says = {name: told[language.code] for name, told in WORDS.items()}
    ours = told_in(language.code)
    moment = language.written(consent.withdrawn_at, zone) if consent.withdrawn_at else ""
    ended = [Boxed(_ended(consent, says["ended"], moment, ours))] if consent.withdrawn_at else []
    blocks: list[Block] = [*ended, Words(ours(kind.label)), Words(says["translated"], quiet=True)]
    if language.code != SIGNED_IN:
        blocks += [*_told(consent, language.code), Heading(says["as_signed"])]
    level = 2 if language.code == SIGNED_IN else 3
    blocks += [*_signed(consent, level), Facts(tuple(_facts(consent, kind, says, ours, language, zone)))]
    return [*blocks, Line((says["signature"], says["day"]))]


def _signed(consent: Consent, level: int) -> Iterator[Block]:
    for heading, words in paragraphs(consent.as_shown):
        if heading:
            yield Heading(heading, level, language=SIGNED_IN)
        yield Words(words, language=SIGNED_IN)


def _told(consent: Consent, code: str) -> Iterator[Block]:
    told = {language.code: parts for language, parts in in_other_words(paragraphs(consent.as_shown))}
    for heading, words in told.get(code, ()):
        if heading:
            yield Heading(heading)
        yield Words(words)


def _facts(
    consent: Consent,
    kind: Kind,
    says: dict[str, str],
    ours: Callable[[str], str],
    language: Language,
    zone: ZoneInfo,
) -> Iterator[tuple[str, str]]:
    """Who signed, when, who explained it, and under which law."""
    authority = f": {consent.authority}" if consent.authority else ""
    yield says["signed_by"], f"{consent.signed_by}, {ours(consent.get_signer_display()).lower()}{authority}"
    yield says["on"], language.written(consent.starts_at, zone)
    who = consent.taken_by.name if consent.taken_by else "Breakwater"
    spoken = f", {says['in']} {consent.language}" if consent.language else ""
    yield says["explained_by"], f"{who}, {consent.agency.name}{spoken}"
    if consent.ends_at:
        yield says["ends"], language.written(consent.ends_at, zone)
    yield says["under"], kind.law


def _ended(consent: Consent, sentence: str, moment: str, ours: Callable[[str], str]) -> str:
    """It must not be shown to anybody as if it stood."""
    told = sentence.format(moment=moment, how=ours(consent.get_ended_how_display()))
    return f"{told} {consent.withdrawn_words}".rstrip()
