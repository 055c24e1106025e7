"""The pages say what the code says: every verb, capability, variable and source, and every link leads somewhere."""

import re
from pathlib import Path

import pytest

from breakwater.assessments.listing import what_is_here
from breakwater.cases.management.commands.sources import what_it_rests_on
from breakwater.clocks.sources import SOURCES
from breakwater.kernel.events import type_of_verb
from breakwater.server import env
from breakwater.trust.capabilities import CAPABILITIES, Role
from breakwater.trust.management.commands.reactions import who_hears_what
from breakwater.trust.models import Appointment
from tests.architecture.source import ROOT, code

DOCS = ROOT / "docs"
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted(DOCS.rglob("*.md")),
    *sorted((ROOT / "breakwater").rglob("*.md")),
]
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"```.*?```", re.DOTALL)
_SOURCE = re.compile(r"Source:\s*(?:docs/)?sources\.md#([\w-]+)")


def unnamed(words: set[str], page: str) -> list[str]:
    """Which of these names a page does not hold as `code`."""
    return sorted(words - set(re.findall(r"`([^`\n]+)`", page)))


def broken_links(path: Path, text: str) -> list[str]:
    """Links of a page that lead nowhere: to no file, or to no heading of one."""
    return [
        f"{path.name}: {link}"
        for link in _LINK.findall(_FENCE.sub("", text))
        if not _leads_somewhere(path, text, link)
    ]


def _leads_somewhere(path: Path, text: str, link: str) -> bool:
    if re.match(r"[a-z]+:", link):
        return True
    where, _, heading = link.partition("#")
    if not where:
        return heading in anchors(text)
    target = (path.parent / where).resolve()
    if not target.exists() or not target.is_relative_to(ROOT):
        return False
    return not heading or heading in anchors(target.read_text())


def anchors(text: str) -> set[str]:
    """The headings of a page, as links name them."""
    titles = re.findall(r"^#+ (.+)$", _FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in titles}


def read(page: str) -> str:
    """A page of the documents."""
    return (DOCS / page).read_text()


def test_every_verb_that_can_be_announced_is_in_the_glossary():
    verbs = {verb for verb, event in type_of_verb.items() if event.__module__.startswith("breakwater.")}
    verbs = {verb for verb in verbs if ".tests." not in type_of_verb[verb].__module__}
    assert len(verbs) > 40
    assert unnamed(verbs, read("glossary.md")) == []


def test_every_capability_and_role_is_in_the_glossary():
    glossary = read("glossary.md")
    assert unnamed(set(CAPABILITIES), glossary) == []
    assert [role.label for role in Role if role.label not in glossary] == []


def test_the_glossary_holds_no_verb_or_capability_that_is_gone():
    named = set(re.findall(r"`([a-z]+\.[a-z_]+)`", read("glossary.md")))
    assert sorted(named - set(type_of_verb) - set(CAPABILITIES)) == []


def test_who_hears_what_is_what_the_command_prints():
    assert read("reactions.md") == who_hears_what(), "manage.py reactions > docs/reactions.md"


def test_the_sources_are_what_the_command_prints():
    assert read("sources.md") == what_it_rests_on(), "manage.py sources > docs/sources.md"


def test_the_instruments_are_what_the_command_prints():
    assert read("instruments.md") == what_is_here(), "manage.py instruments page > docs/instruments.md"


def test_every_source_that_is_named_exists():
    page = anchors(read("sources.md"))
    named = {key for module in code() for key in _SOURCE.findall(module.text)}
    assert sorted((named | SOURCES.keys()) - page) == []


def test_every_variable_is_in_the_handbook():
    told = read("handbook/running.md") + read("handbook/production.md")
    assert unnamed(env.VARIABLES.keys() - {env.MARK}, told) == []


def test_every_app_is_in_the_architecture():
    apps = {path.parent.name for path in (ROOT / "breakwater").glob("*/__init__.py")}
    assert unnamed(apps, read("architecture.md")) == []


def test_every_page_of_the_handbook_and_every_decision_is_listed():
    index = read("README.md")
    listed = {link.partition("#")[0] for link in _LINK.findall(index)}
    pages = {str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md")} - {"README.md"}
    assert sorted(pages - listed) == []


def test_every_link_leads_somewhere():
    broken = {path.relative_to(ROOT): broken_links(path, path.read_text()) for path in PAGES}
    assert {str(page): links for page, links in broken.items() if links} == {}
    assert len(broken) > 100


@pytest.mark.django_db
def test_the_example_of_founding_an_agency_does_what_it_says():
    example = re.findall(r"```python\n(.*?)```", read("handbook/own-database.md"), re.DOTALL)[0]
    exec(compile(example, "own-database.md", "exec"), {})
    ada = Appointment.objects.select_related("agency").get(user__username="ada")
    assert (ada.agency.name, ada.role) == ("Harbor Crisis Team", Role.SUPERVISOR)


def test_decisions_are_numbered_one_after_the_other_and_have_one_shape():
    pages = sorted((DOCS / "decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        headings = re.findall(r"^## (.+)$", page.read_text(), re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences"], page.name


def test_the_guards_see_what_is_missing():
    assert unnamed({"cases.case_opened", "cases.read"}, "# G\n`cases.read` is here") == ["cases.case_opened"]
    here = DOCS / "example.md"
    text = "# A heading with `code`\n[a](#a-heading-with-code) [b](#nowhere) [c](../README.md) [d](gone.md) [e](https://x.org)"
    assert broken_links(here, text) == ["example.md: #nowhere", "example.md: gone.md"]
    assert broken_links(here, "[out](../../elsewhere)") == ["example.md: ../../elsewhere"]
