"""The instruments as a page for people: level, license, and what of each was held against its source."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from breakwater.assessments.library import INSTRUMENTS, LICENSES, REPEATS
from breakwater.assessments.rules.definition import NO_PROFILE, OWN, PATTERN, Definition, Scale
from breakwater.assessments.rules.licensing import NEVER, STAFF

_HEAD = """\
# Instruments

Every instrument that is here, under which license, and what was verified. Printed by `manage.py instruments page`
from `breakwater/assessments/instruments` and `licenses.toml`; a test keeps this page the same. How words are imported
and what each license lets you do stands in [the handbook](handbook/instruments.md).

*Level A*: free to show and to count. *Level B*: structure and counting are here, and the words are the owner's, to be
imported under their license. *Level C*: the words are sold; what it came to is written down, under labels of ours. No
words of others come with Breakwater at any level. *Verified* means that one of us held it against its source on the
day named; everything else is a starting value that an agency checks before real use.

Two that are often asked for are no instruments here. Of the triage scales by letters the letters and their times are
here, under labels of ours ([triage](handbook/triage.md)); and the safety plan is a form of our own, with sections and
words of ours ([safety plan](handbook/safety-plan.md)): nothing of the form that others published.
"""


def what_is_here() -> str:
    """The whole page, in Markdown."""
    by_family = sorted(INSTRUMENTS.values(), key=lambda one: (one.family, one.title))
    lines = [_HEAD, *_counted(by_family), "", *_table(by_family)]
    for family, found in groupby(by_family, key=lambda one: one.family):
        lines += ["", f"## {family.replace('_', ' ').capitalize()}"]
        for one in found:
            lines += ["", *_told(one)]
    return "\n".join([*lines, ""])


def _counted(all_of_them: Iterable[Definition]) -> Iterator[str]:
    found = list(all_of_them)
    scored = [one for one in found if one.scales]
    yield (
        f"{len(found)} instruments. The scoring of {sum(_is_verified(one) for one in scored)} of {len(scored)} that "
        f"are scored is verified, and the license of {sum(one.license.verified for one in found)} of {len(found)}."
    )


def _table(all_of_them: Iterable[Definition]) -> Iterator[str]:
    """Each on one line: what whoever chooses between them asks first."""
    yield "| Instrument | Level | License | What is here | License verified | Scoring verified |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for one in all_of_them:
        scoring = _yes(_is_verified(one)) if one.scales else "nothing is counted"
        told = (one.title, one.level, one.license.state, _shipped(one), _yes(one.license.verified), scoring)
        yield f"| {' | '.join(told)} |"


def _shipped(one: Definition) -> str:
    """What comes with Breakwater, and what comes later or never."""
    if one.license.state == OWN:
        return "questions in our own words, and their pattern"
    if one.level == "C":
        return "a result from elsewhere, under labels of ours"
    shown = LICENSES[one.license.state].words
    parts = ["structure and neutral labels" if not one.scales else "structure, counting and neutral labels"]
    parts += ["its words are never shown" if shown == NEVER else "its words by import"]
    parts += ["begun only with a license for digital use"] * one.license.digital
    parts += ["score for trained raters only"] * bool(one.license.training)
    parts += ["never in the record of a person helped"] * (one.family == STAFF)
    return "; ".join(parts)


def _yes(so: bool) -> str:
    return "yes" if so else "no"


def _told(one: Definition) -> Iterator[str]:
    held = one.license
    how = LICENSES[held.state].label[:1].lower() + LICENSES[held.state].label[1:]
    yield f"### {one.title}"
    yield ""
    yield f"`{one.key}`, version {one.version}, level {one.level}: {len(one.items)} questions."
    yield ""
    yield f"- License: {how} ({held.holder}). {held.basis} Read on {held.read_on}; {_verified(held.verified)}."
    if held.training:
        yield "- Its score is told to trained raters only."
    if held.digital:
        yield "- Nobody is asked before an agency has said that it holds a license for digital use."
    for scale in one.scales:
        yield from _scale_told(one, scale)
    for remark in one.remarks:
        yield f"- Said beside the score: “{remark.label}” {remark.source}; {_verified(remark.verified)}."
    if not one.scales:
        yield "- Nothing is counted."
    if one.key in REPEATS:
        yield f"- Asked again {REPEATS[one.key].says}; {_verified(False)}."
    for told in one.translations.values():
        yield f"- In {told.name}: {_verified(told.verified)} by a native speaker."


def _scale_told(one: Definition, scale: Scale) -> Iterator[str]:
    """How it is counted, and by which lines it is read."""
    yield f"- {scale.label}: {_how(scale)}. {scale.source}; {_verified(scale.verified)}."
    if one.profiles and NO_PROFILE not in scale.bands and scale.bands:
        yield f"  - Cut-offs: {'; '.join(_cut_offs(one))}."
    for cut in scale.cuts:
        yield f"  - Told beside its bands: {cut.label[:1].lower()}{cut.label[1:]}."
    if scale.change:
        yield f"  - A change of {scale.change} counts as one."


def _cut_offs(one: Definition) -> Iterator[str]:
    """Each, and which of them counts when nobody chooses."""
    for code, words in one.profiles.items():
        first = ["read first"] * (code == one.first) + ["its level counts"] * (code == one.unknown)
        yield f"{words[:1].lower()}{words[1:]}" + (
            f" (when nobody chooses: {', '.join(first)})" if first else ""
        )


def _how(scale: Scale) -> str:
    if scale.method == PATTERN:
        return "a pattern, never a sum"
    bands = {band.code for found in scale.bands.values() for band in found}
    return (
        f"{scale.method}, {scale.low} to {scale.high}, {len(bands)} bands"
        if bands
        else f"{scale.method}, without bands"
    )


def _is_verified(one: Definition) -> bool:
    return all(scale.verified for scale in one.scales)


def _verified(so: bool) -> str:
    return "**verified**" if so else "not verified"
