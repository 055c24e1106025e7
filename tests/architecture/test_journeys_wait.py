"""A journey waits for what it reads: a click does not wait until the next page is whole."""

import ast
from collections.abc import Iterator

from tests.architecture.source import Module, modules

AT_ONCE = frozenset(
    {
        "all_inner_texts", "all_text_contents", "content", "is_checked", "is_disabled", "is_enabled", "is_hidden",
        "is_visible", "query_selector", "query_selector_all",
    }
)  # fmt: skip
"""What is answered from the page as it happens to stand; ``expect``, ``nowhere``, ``untold`` and ``texts`` wait."""


def read_at_once(module: Module) -> Iterator[str]:
    """Where a story reads a page without waiting; rows of the database are counted as they are."""
    for node in module.nodes:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        asked = ast.unparse(node.func)
        counts = node.func.attr == "count" and ".objects." not in asked and not node.args
        if counts or node.func.attr in AT_ONCE:
            yield f"{module.path}:{node.lineno}: {asked}()"


def test_no_journey_reads_a_page_that_may_still_be_coming():
    stories = [one for one in modules("tests/journeys") if not one.path.endswith("conftest.py")]
    assert [found for story in stories for found in read_at_once(story)] == []


def test_the_guard_sees_what_it_should():
    shown = Module(
        "a.py", 'page.locator("b").count()\nCase.objects.count()\n"bed".count("b")\npage.content()'
    )
    assert [one.partition(": ")[2] for one in read_at_once(shown)] == [
        "page.locator('b').count()",
        "page.content()",
    ]
