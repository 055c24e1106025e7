"""Prints what every number rests on: the sources, and each row of each profile and scheme that names one."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

from django.core.management.base import BaseCommand

from breakwater.cases.schemes import SCHEMES, Code, Scheme
from breakwater.clocks.library import PROFILES, ClockSpec, Profile
from breakwater.clocks.rules import HOURS
from breakwater.clocks.sources import SOURCES, Source

_HOUR, _IN_DAYS = 60, timedelta(days=4)
_DIRECTORY = {
    "resources/freshness.toml": "What is said of a figure of room as it ages",
    "resources/trust.toml": "How fast the trust in a figure fades, and when the board asks again",
    "resources/needs.toml": "Which words say which need",
    "resources/languages.toml": "Names for language codes",
    "referrals/rounds.toml": "How soon places answer, how long a bed is held, and why they may say no",
    "referrals/waitlists.toml": "How long offers stand, when one asks again, and whom a house may put first",
    "referrals/rides.toml": "How long rides take, what passengers may need, and why one did not happen",
    "simulation/comparing/assumptions.toml": "What the comparison of ways to find a bed takes for granted",
}
_OWN_COPY = {
    "own_copy.toml": "How long a code and an open copy last, and where leaving leads",
    "site_link.toml": "How long a link for a site without accounts lasts",
    "words.toml": "What the person's page says, in each language",
}
_ATTACHMENTS = {
    "limits.toml": "How large and how many files may be, and how much of them an agency keeps",
}
_CASES = {
    "entries.toml": "When an entry is late, and how long ago a crisis may have begun that is taken in anew",
}
_PLANS = {
    "safety_plan.toml": "What a complete safety plan holds, and whom to call",
    "sufficiency.toml": "Domains and levels of self-sufficiency",
}
_HEAD = """\
# Sources

The study, standard, law or choice behind every number in Breakwater. Printed by `manage.py sources` from
`breakwater/clocks/sources.toml`, the clock profiles and the triage schemes; a test keeps this page the same.

*Verified* means that one of us read the source on the day named, and that it says just this number of just this
clock. Everything else is a starting value that an agency must check or decide before real use; what is unsettled
stands beside it. Reading a law is not legal advice.
"""


class Command(BaseCommand):
    help = "What every number rests on, as a page for docs/sources.md"
    requires_system_checks = ()  # it needs no database

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(what_it_rests_on(), ending="")


def what_it_rests_on() -> str:
    """The whole page, in Markdown."""
    profiles = [line for one in PROFILES.values() for line in _profile(one)]
    schemes = [line for one in SCHEMES.values() for line in _scheme(one)]
    sources = [line for one in SOURCES.values() for line in _source(one)]
    return "\n".join(
        [
            _HEAD,
            "## The sources",
            "",
            *sources,
            *profiles,
            *schemes,
            *_told("Cases", "cases", _CASES),
            *_told("Plans", "plans", _PLANS),
            *_told("Files", "attachments", _ATTACHMENTS),
            *_told("Their own copy", "portal", _OWN_COPY),
            *_directory(),
            "",
        ]
    )


def _source(source: Source) -> Iterator[str]:
    read = f"read on {source.read_on}" if source.read_on else "quoted from memory"
    yield f"### {source.key}\n"
    yield f"{source.title}. {source.publisher}, {source.year}; {read}.\n"
    yield f"- Backs: {source.backs}"
    if source.unsettled:
        yield f"- Unsettled: {source.unsettled}"
    yield ""


def _profile(profile: Profile) -> Iterator[str]:
    yield f"## Clocks: {profile.title} (`{profile.stamp}`)\n"
    yield "| clock | within | source | checked | verified |\n|---|---|---|---|---|"
    for one in profile.clocks.values():
        yield _row(one.label, _within(one), _link(one.source), one.date, one.verified)
    for pause in profile.pauses.values():
        most = f"at most {pause.at_most.days} days"
        yield _row(f"Pause: {pause.label}", most, _link(pause.source), "", pause.verified)
    lost = profile.lost
    spread = f"{lost.attempts} attempts over {lost.over.days} days"
    yield _row("Lost to contact", spread, _link(lost.source), "", lost.verified)
    yield f"\nHolidays are known until {profile.holidays_until}.\n"


def _scheme(scheme: Scheme) -> Iterator[str]:
    yield f"## Triage: {scheme.name} (`{scheme.key}`, {scheme.version})\n"
    yield "| code | our label | asks for | within | source | verified |\n|---|---|---|---|---|---|"
    for one in scheme.codes:
        yield _row(one.code, one.label, one.response, _limit(one), _link(one.source), one.verified)
    yield ""


def _told(title: str, app: str, tables: Mapping[str, str]) -> Iterator[str]:
    yield f"## {title}\n"
    yield "| what | source | checked | verified |\n|---|---|---|---|"
    for name, what in tables.items():
        table = tomllib.loads(files(f"breakwater.{app}").joinpath(name).read_text())
        yield _row(what, _link(table["source"]), table["date"], table["verified"])
    yield ""


def _directory() -> Iterator[str]:
    yield "## The directory\n"
    yield "| what | source | checked | verified |\n|---|---|---|---|"
    for name, what in _DIRECTORY.items():
        table = tomllib.loads(files("breakwater").joinpath(name).read_text())
        yield _row(what, table["source"], table["date"], table["verified"])


def _within(spec: ClockSpec) -> str:
    if spec.limit is None:
        return "as the act says"
    if spec.calendar == HOURS:
        return _time(spec.limit.time)
    days = spec.calendar.replace("_", " ")
    return f"{spec.limit.count} {days if spec.limit.count > 1 else days[:-1]}"


def _limit(code: Code) -> str:
    return "–" if code.within is None else _time(code.within)


def _time(time: timedelta) -> str:
    if not time:
        return "at once"
    if time >= _IN_DAYS:
        return f"{time.days} days of 24 h"
    minutes = int(time.total_seconds() // 60)
    return f"{minutes} min" if minutes < _HOUR else f"{minutes / _HOUR:g} h"


def _link(key: str) -> str:
    return f"[{key}](#{key})"


def _row(*cells: str | bool | date) -> str:
    return (
        f"| {' | '.join(('yes' if one else 'no') if isinstance(one, bool) else str(one) for one in cells)} |"
    )
