"""A template is one part: no script or style of its own, every control labeled, every form keyed."""

import re

import pytest

from tests.architecture.source import CODE, ROOT

COMPONENTS = {"breakwater/ui/templates/ui/components.html", "breakwater/ui/templates/ui/fields.html"}
"""Macros, each of which labels what it makes."""
NO_PAGE = {
    "breakwater/ui/templates/ui/base.html": "what every page stands in",
    "breakwater/ui/templates/ui/plain.html": "what a page without an actor stands in",
    "breakwater/portal/templates/portal/frame.html": "what every page of somebody's own copy stands in",
    "breakwater/trust/templates/trust/passkeys.html": "macros, imported by name",
    **dict.fromkeys(COMPONENTS, "macros, imported by name"),
}
MARKUP = {
    "breakwater/trust/views/factors.py": "a picture of squares, drawn here of a secret that we made",
    "breakwater/ui/jinja.py": "the two hidden keys of a form",
    "breakwater/ui/telling.py": "a clock, of which only the label can hold anything to escape, and does",
    "breakwater/assessments/forms.py": "words of another language beside ours, both escaped",
}
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_JINJA = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_TAG = re.compile(r"<([a-zA-Z][a-zA-Z0-9-]*)((?:\"[^\"]*\"|'[^']*'|[^'\">])*)>", re.DOTALL)
_CONTROLS = {"input", "select", "textarea"}


def faults(path: str, text: str) -> list[str]:
    """What a template does that templates do not do."""
    text = _COMMENT.sub(" ", text)
    said = [f"{path}: {fault}" for pattern, fault in _NEVER if re.search(pattern, text, re.IGNORECASE)]
    said += [f"{path}: {fault}" for fault in _unlabeled(path, text)]
    for form in re.findall(r"<form\b.*?</form>", text, re.DOTALL | re.IGNORECASE):
        if re.search(r"method=[\"']post", form) and "form_keys(" not in form:
            said.append(f"{path}: a form that saves has no keys")
    return said + [f"{path}: {fault}" for fault in _misnamed(path, text)]


_NEVER = (
    (r"<style\b", "a style of its own"),
    (r"\sstyle\s*=", "a style on an element"),
    (r"<script\b(?![^>]*\bsrc=)", "a script of its own"),
    (r"\son[a-z]+\s*=\s*[\"']", "an event handler"),
    (r"\shx-on[:-]", "an event handler"),
    (r"javascript:", "a script in an address"),
    (r"\|\s*safe\b", "words taken for markup"),
    (r"autoescape\s+false", "words taken for markup"),
    (r"(?:src|href)=[\"']https?://", "something from elsewhere"),
    (r"<img\b(?![^>]*\balt=)", "a picture without words"),
)


def _unlabeled(path: str, text: str) -> list[str]:
    """Controls without a label: those in a component are labeled there; a hidden one says nothing."""
    if path in COMPONENTS:
        return []
    found = []
    for match in _TAG.finditer(text):
        name, attributes = match.group(1).lower(), match.group(2)
        if name not in _CONTROLS or re.search(r"type=[\"'](hidden|submit)", attributes):
            continue
        inside = text.rfind("<label", 0, match.start()) > text.rfind("</label", 0, match.start())
        by_id = re.search(r"\bid=[\"']([^\"']+)", attributes)
        told = by_id and re.search(rf"<label\b[^>]*for=[\"']{re.escape(by_id.group(1))}[\"']", text)
        if not (inside or told or "aria-label" in attributes):
            found.append(f"a control without a label: <{name} {' '.join(attributes.split())[:60]}>")
    buttons = re.findall(r"<button\b[^>]*>(.*?)</button>", text, re.DOTALL | re.IGNORECASE)
    return found + ["a button without words" for one in buttons if not re.sub(r"<[^>]*>", "", one).strip()]


def _misnamed(path: str, text: str) -> list[str]:
    """A page stands in a frame; a fragment begins with an underscore, and only fragments are included."""
    is_fragment = path.rsplit("/", 1)[-1].startswith("_")
    extends = bool(re.search(r"\{%-?\s*extends\b", text))
    included = re.findall(r"\{%-?\s*include\s+[\"']([^\"']+)", text)
    found = [f"it includes a page: {name}" for name in included if "/_" not in name]
    if path not in NO_PAGE and is_fragment == extends:
        found.append(
            "a fragment stands in a frame" if extends else "a page without a frame, named as no fragment"
        )
    return found


def _all() -> list[str]:
    return [str(path.relative_to(ROOT)) for path in sorted(CODE.rglob("templates/**/*.html"))]


def test_each_template_is_one_part():
    assert [f"{path}: {one}" for path in _all() for one in faults(path, (ROOT / path).read_text())] == []
    assert len(_all()) > 300


def test_words_become_markup_in_one_place_only():
    """``Markup``, ``mark_safe`` and ``format_html`` take words for markup."""
    makers = {
        str(path.relative_to(ROOT))
        for path in CODE.rglob("*.py")
        if re.search(r"\b(Markup|mark_safe|format_html|html_safe)\(", path.read_text())
    }
    assert makers == MARKUP.keys()


PAGE = "breakwater/cases/templates/cases/example.html"
FRAGMENT = "breakwater/cases/templates/cases/_example.html"
FRAME = "{% extends 'ui/base.html' %}"


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        ("<p style='color:red'>Late</p>", "a style on an element"),
        ("<style>p{}</style>", "a style of its own"),
        ("<script>alert(1)</script>", "a script of its own"),
        ("<a onclick='x()'>x</a>", "an event handler"),
        ("<a href='javascript:x()'>x</a>", "a script in an address"),
        ("{{ words|safe }}", "words taken for markup"),
        ("<img src='/x.png'>", "a picture without words"),
        ("<p><input name='x'></p>", "a control without a label: <input name='x'>"),
        ("<label for='y'>X</label><select id='x'></select>", "a control without a label: <select id='x'>"),
        ("<button><img alt='' src='/x'></button>", "a button without words"),
        ("<form method='post'><button>Save</button></form>", "a form that saves has no keys"),
        ("{% include 'cases/page.html' %}", "it includes a page: cases/page.html"),
        ("<script src='https://elsewhere.example/x.js'></script>", "something from elsewhere"),
    ],
)
def test_the_guard_sees_a_fault(bad, fault):
    assert faults(PAGE, FRAME + bad) == [f"{PAGE}: {fault}"]


def test_the_guard_sees_a_misnamed_template():
    assert faults(PAGE, "<p>No frame</p>") == [f"{PAGE}: a page without a frame, named as no fragment"]
    assert faults(FRAGMENT, FRAME) == [f"{FRAGMENT}: a fragment stands in a frame"]


@pytest.mark.parametrize(
    "good",
    [
        "<label>Name <input name='x'></label>",
        "<label for='x'>Name</label><input id='x' name='x'>",
        "<input type='hidden' name='x'>",
        "<form method='post'>{{ form_keys() }}<button>Save</button></form>",
        "{% include 'cases/_part.html' %}",
        "{# <p style='x'> #}",
    ],
)
def test_the_guard_leaves_good_templates_alone(good):
    assert faults(PAGE, FRAME + good) == []


_BOARD = re.compile(r"<table class=\"board[^>]*>.*?</table>", re.DOTALL)
_CELL = re.compile(r"<td\b[^>]*>")
_SAY_SO_THEMSELVES = 2


def unnamed_cells(text):
    """Cells of a table that stands in cards on a phone, where nobody sees its head, beyond a first and a last.

    Whom a row is about, and what can be pressed, says so itself; what else stands there has to say what it is.
    """
    cells = [_CELL.findall(table) for table in _BOARD.findall(text)]
    unnamed = [[one for one in row if "data-label" not in one] for row in cells]
    return [one for row in unnamed if len(row) > _SAY_SO_THEMSELVES for one in row]


def test_each_cell_of_a_table_says_what_it_is_where_its_head_is_not_seen():
    tables = {path: text for path in CODE.rglob("*.html") if _BOARD.search(text := path.read_text())}
    wrong = {
        str(path.relative_to(ROOT)): found for path, text in tables.items() if (found := unnamed_cells(text))
    }
    assert wrong == {}
    assert len(tables) > 5
    bad = '<table class="board"><td data-label="Score">3</td><td>a</td><td>b</td><td class="small">c</td></table>'
    assert len(unnamed_cells(bad)) == 3
