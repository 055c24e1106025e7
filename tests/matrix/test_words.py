"""Every page in a language that nobody speaks: what stands there in plain letters was never looked up.

Each letter of each message has an accent in it. What has none is a name, a number, something that somebody typed in the
world of the matrix (its canaries), or is one of those that
``words_left.toml`` counts for its page: what is not translatable yet. A count may only shrink.
"""

import re
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from breakwater.plans.library import SAID
from breakwater.resources.models import Claim, Organization, Place
from breakwater.trust.models import Agency, AgencyRole, Unit, User
from breakwater.ui.emergency import EMERGENCY
from breakwater.ui.words.catalogs import READ_IN, catalog_of, known_messages
from breakwater.ui.words.markup import SHOWN
from breakwater.ui.words.pseudo import CODE, pseudo
from conftest import never_kept
from tests.matrix.register import pages
from tests.matrix.world import World, a_world

LEFT = Path(__file__).parent / "words_left.toml"
_OF_WHOM = "plain"
_LOOKED_UP = "‹a name›"
_READ_BY = ("manager", "supervisor", "administrator", "officer", "receiver")
_NOT_FOR_WORKERS = ("ui:patterns", "simulation:", "portal:", "interop:")
"""Pages for those who build it; for the person helped and for sites without accounts, in languages of their own."""
_PLAIN = re.compile(r"(?<![\w&#./_-])[A-Za-z]{2,}(?![\w/_@-])")
_CANARY = re.compile(r"zq\w+")
_SILENT = {"script", "style"}

_TYPED = (
    "Night reader", "Harbor Street Shelter", "Harbor Street Night Shelter", "Charlie Services house", "Hope House",
    "Harbor County Code", "Harbor County", "County hotline", "Dr. Imani Cole", "Harbor General, emergency room",
    "Grace Church", "Dayton", "Main Library, front door", "Robin Twinn", "Somebody alone", "Somebody beside",
    "Named first", "A weapon within reach.", "Another thing", "Her sister", "A lawsuit.",
    "Letter to the wrong house", "Unconscious at the bus stop.", "Unconscious.", "With them.", "husband",
    "Made-up counsel", "America/New York", "(made up)",
    "Whoever has reason to think that a child is hurt or neglected.", "testing",
)  # fmt: skip
"""What hands of the test typed into its world in plain words: none of it is ever translated."""
_NAMED = re.compile(
    r"Bed [0-9a-f]+|\b(?:SNAP|WIC|TANF|SSI|SSDI|Medicaid|HIPAA|HMIS|HHS|CFR|FR|EST|CTRS|UK MHTS|kB|Español)\b"
    r"|letra grande|UK Mental Health Triage Scale|W. Presmanes; MTM Services|My words for [a-z ]+"
    r"|On methadone, \d+ mg a day, last dose this morning|\b[A-Z2-7]{32}\b|^adult$|\(us \d+-\d+\)"
    r"|State law on records(?:, where HIPAA names no time; \d+ FR \d+ \(\d+\) names seven years for HMIS| of minors)"
    r"|42 CFR part 2 prohibits unauthorized use or disclosure of these records\."
)
"""Beds of the test, a secret for an app (by chance without a digit), and what has one name in every language."""
_OF_A_PLAN = re.compile(
    "|".join(
        re.sub(r"\\{\w+\\}", ".*?", re.escape(SAID.paper[line]["en"]))
        for line in ("goal_builds_on", "goal", "step")
    )
)
"""A line of a plan as the person agreed to it stands in the person's language, on a worker's page too."""


class Words(HTMLParser):
    """The words of a page, one run of text after the other; but for a paper on it, which has a language of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[str] = []
        self._silent = 0
        self._in_a_paper = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT or self._is_of_a_paper(tag, dict(attrs))
        self.runs += [value for name, value in attrs if name in SHOWN and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT or (tag == "article" and self._in_a_paper)
        self._in_a_paper = self._in_a_paper and tag != "article"

    def _is_of_a_paper(self, tag: str, attrs: dict[str, str | None]) -> bool:
        is_paper = tag == "article" and (attrs.get("lang") or CODE) != CODE
        self._in_a_paper = self._in_a_paper or is_paper
        return is_paper

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.runs.append(" ".join(data.split()))


def left_in(page: str, names: re.Pattern[str]) -> set[str]:
    """The runs of a page in which a word stands without an accent."""
    words = Words()
    words.feed(page)
    bare = {_OF_A_PLAN.sub("", _CANARY.sub("", run)) for run in words.runs}
    return {run for run in bare if _PLAIN.search(names.sub("", _NAMED.sub("", run)))}


@pytest.fixture(scope="module")
def world(within_the_module: None) -> World:
    return a_world(only=_OF_WHOM)


@pytest.fixture
def nobodys_language(world, monkeypatch):
    """The language is there as if it had a catalog, and everybody reads in it."""
    made = pseudo(known_messages())
    made.translations |= dict.fromkeys(typed_in(world) - made.translations.keys(), _LOOKED_UP)
    monkeypatch.setattr(
        "breakwater.ui.jinja.catalog_of", lambda code: made if code == CODE else catalog_of(code)
    )
    User.objects.update(language=CODE)


def read_pages(world: World) -> Iterator[tuple[str, str]]:
    """Every page for workers that somebody of the team is shown about one record."""
    for name, page in pages().items():
        for who in () if name.startswith(_NOT_FOR_WORKERS) else _READ_BY:
            with never_kept():
                answer = world.client(who).get(page.at(world.ids(_OF_WHOM)))
            if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
                yield name, answer.content.decode()
                break


def test_no_page_has_more_words_that_were_never_looked_up(world, nobodys_language):
    limits = tomllib.loads(LEFT.read_text())["pages"]
    names, shown, over, named = names_in(world), 0, [], []
    for name, page in read_pages(world):
        shown += 1
        named += [name] if _LOOKED_UP in page else []
        left = {re.sub(r"\d+", "0", run) for run in left_in(page, names)}
        if len(left) > limits.get(name, 0):
            over.append(f"{name}: {len(left)} of {limits.get(name, 0)}: {sorted(left)}")
    assert shown > 150
    assert over == [], "\n".join(over)
    assert named == [], "a name that somebody typed was looked up as if it were ours"


def test_a_word_that_is_not_looked_up_is_seen():
    nobody = re.compile("Ada Reyes")
    assert left_in("<p>[Ńóẃ] plain</p>", nobody) == {"[Ńóẃ] plain"}
    assert left_in('<input placeholder="Plain">', nobody) == {"Plain"}
    assert left_in("<p>[Ńóẃ] Ada Reyes, zqplainword 21:40</p><script>plain()</script>", nobody) == set()


def typed_in(world: World) -> set[str]:
    """What somebody called a colleague, an agency, a team or a place, and how they prove that it is theirs."""
    models = (User, Agency, Unit, Organization, AgencyRole, Place)
    told = {
        *Claim.objects.values_list("proof", flat=True),
        *Place.objects.exclude(city="").values_list("city", flat=True),
    }
    return told | {name for model in models for name in model.objects.values_list("name", flat=True)}


def names_in(world: World) -> re.Pattern[str]:
    """What everybody and every place is called: names are never translated."""
    found = {"Breakwater", *READ_IN.values(), *_TYPED, "PDF"} | typed_in(world)
    found |= {one.source for one in EMERGENCY.values()}
    return re.compile("|".join(re.escape(one) for one in sorted(found, key=len, reverse=True)))
