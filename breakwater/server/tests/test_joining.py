"""A browser asks once for all style and once for all behavior, and is given what lies in the parts."""

import re
import shutil
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from django.test import Client, RequestFactory

from breakwater.server.joining import JOINED, joined
from breakwater.server.static import Gathered, StaticFiles

OURS = Path(__file__).resolve().parents[2] / "ui" / "static"
SHEET, MODULE = JOINED


@pytest.mark.django_db
def test_a_page_asks_for_four_files():
    page = Client().get("/sign-in/").content.decode()
    asked = set(re.findall(r'(?:href|src)="(/static/[^"]*)"', page))
    assert asked == {f"/static/{one}" for one in (*JOINED, "ui/vendor/htmx.min.js", "ui/mark.svg")}


@pytest.mark.parametrize("name", JOINED)
def test_no_part_is_left_out_and_none_is_there_twice(name):
    """A new file that nobody imports is no part of any page."""
    whole = Client().get(f"/static/{name}").content.decode()
    for part in (OURS / name).parent.iterdir():
        first = part.read_text().splitlines()[0]
        assert whole.count(first) == 1, part.name
    assert not re.search(r"^(@?import|export)\b", whole, re.MULTILINE)


def test_style_is_in_the_order_in_which_it_is_imported():
    whole = joined(OURS / SHEET)
    parts = re.findall(r'"(\w+\.css)"', (OURS / SHEET).read_text())
    starts = [whole.index((OURS / SHEET).with_name(part).read_text()) for part in parts]
    assert starts == sorted(starts)
    assert whole.index("@layer") == whole.index("@layer tokens, base, parts, pages, print;")


def test_a_module_comes_after_what_it_needs_and_sees_nothing_else_of_others(tmp_path):
    (tmp_path / "main.js").write_text('// All.\nimport "./b.js";\nimport "./a.js";\n')
    (tmp_path / "b.js").write_text('import { one } from "./a.js";\none();\n')
    (tmp_path / "a.js").write_text("const own = 1;\nexport function one() { return own; }\n")
    assert re.sub(r"\s+", " ", joined(tmp_path / "main.js")) == (
        "const of_a = (() => { const own = 1; function one() { return own; } return { one }; })(); "
        "const of_b = (() => { const { one } = of_a; one(); return { }; })(); "
        "const of_main = (() => { // All. return { }; })(); "
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("main.js", 'import * as all from "./a.js";\n'),
        ("main.js", 'const one = await import("./a.js");\n'),
        ("main.js", "export const ONE = 1;\n"),
        ("main.js", "export default one;\n"),
        ("main.js", "await one();\n"),
        ("main.js", "one(import.meta.url);\n"),
        ("main.css", '@import "a.css" print;\n'),
        ("main.css", '@import url("a.css");\n'),
    ],
)
def test_what_cannot_be_joined_is_told_and_not_guessed(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    with pytest.raises(ValueError, match=f"{name} cannot be joined"):
        joined(tmp_path / name)


def test_a_browser_that_has_the_file_is_not_given_it_again():
    client = Client()
    given = client.get(f"/static/{SHEET}")
    assert given["Content-Type"].startswith("text/css")
    assert int(given["Content-Length"]) == len(given.content)
    again = client.get(f"/static/{SHEET}", headers={"If-None-Match": given["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.head(f"/static/{SHEET}")["ETag"] == given["ETag"]
    assert client.post(f"/static/{SHEET}").status_code == 405


@pytest.fixture
def copied(tmp_path, settings):
    """The parts, where one may work on them."""
    for name in JOINED:
        shutil.copytree((OURS / name).parent, (tmp_path / "parts" / name).parent)
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [tmp_path / "parts"]
    return tmp_path / "parts"


def test_who_works_on_a_part_sees_it_at_once(copied, settings):
    settings.WHITENOISE_AUTOREFRESH = True
    files = StaticFiles(lambda request: pytest.fail("no such file"))
    ask = RequestFactory().get(f"/static/{SHEET}")
    before = files(ask)
    (copied / "ui/site/parts.css").write_text("@layer parts { .new-one { color: red } }\n")
    after = files(RequestFactory().get(f"/static/{SHEET}", headers={"If-None-Match": before["ETag"]}))
    assert (after.status_code, b".new-one" in before.content, b".new-one" in after.content) == (
        200,
        False,
        True,
    )


def test_in_real_use_a_part_that_changed_gives_the_whole_another_name(copied, tmp_path):
    """The file that imports it is as old as it was: no browser may be left with the style of yesterday."""
    kept = FileSystemStorage(copied)
    names = [str(one.relative_to(copied)) for one in copied.rglob("*.*")]

    def gathered():
        files = Gathered(tmp_path / "built", base_url="/static/")
        for name in names:
            if not files.exists(name):
                files.save(name, kept.open(name))
        told = list(files.post_process({name: (kept, name) for name in names}))
        assert not [one for _, _, one in told if isinstance(one, Exception)]
        return files.stored_name(SHEET), files.stored_name(MODULE)

    sheet, module = gathered()
    assert (tmp_path / "built" / sheet).read_text() == joined(copied / SHEET)
    assert (tmp_path / "built" / f"{module}.gz").is_file()
    (copied / "ui/site/parts.css").write_text("@layer parts { .new-one { color: red } }\n")
    changed, same = gathered()
    assert ".new-one" in (tmp_path / "built" / changed).read_text()
    assert (changed != sheet, same == module) == (True, True)
