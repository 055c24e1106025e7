"""What is there can be reached, and what can be allowed is asked for: no page without a way to it, no idle right."""

from breakwater.trust.capabilities import CAPABILITIES
from tests.architecture.source import CODE
from tests.architecture.world import addresses

NOT_BY_A_LINK = {
    "duties:consultation": "one of three answers; `duties/prompt.html` puts their addresses together",
    "duties:not_required": "the same",
    "duties:otherwise": "the same",
    "messaging:gateway": "the gateway of text messages asks there",
    "security_contact": "whoever found a weakness asks there by its name",
    "ui:patterns": "for those who change how pages look",
}
"""Addresses that nothing of ours leads to, and why."""
OF_PROGRAMS = "interop:"
"""The directory for programs: they follow what it says of itself."""


def ours() -> str:
    """All that may lead somewhere or ask for something: templates and code, without what says that it is there."""
    return "\n".join(
        path.read_text()
        for path in sorted((*CODE.rglob("*.py"), *CODE.rglob("*.html")))
        if not {"tests", "migrations"} & set(path.parts)
        and path.name not in ("urls.py", "capabilities.py", "testing.py")
    )


def unnamed(names: set[str], text: str) -> set[str]:
    """Which of the names stand nowhere in quotes."""
    return {one for one in names if f'"{one}"' not in text and f"'{one}'" not in text}


def test_a_link_leads_to_every_page():
    names = {one.name for one in addresses() if not one.name.startswith(OF_PROGRAMS)}
    assert unnamed(names, ours()) - NOT_BY_A_LINK.keys() == set(), "nobody comes there: link to it"
    assert NOT_BY_A_LINK.keys() <= unnamed(names, ours()), "a link leads there: take it off the list"


def test_every_capability_is_asked_for():
    text = ours() + (CODE / "trust/capabilities.py").read_text().split("TO_READ")[1].split("_READS")[0]
    assert unnamed(set(CAPABILITIES), text) == set(), "nothing asks for it: take it off the list"


def test_the_guard_sees_what_nothing_names():
    assert unnamed({"desk:now", "desk:later"}, "<a href=\"{{ url('desk:now') }}\">") == {"desk:later"}
    assert unnamed({"people.read"}, 'by.must("people.read")') == set()
