"""What we stand on is named, pinned and hashed, comes from no address of ours, and carries a license we may use."""

import ast
import json
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from breakwater.server import cli, materials
from tests.architecture.source import code

ROOT = Path(__file__).resolve().parents[1]
LOCK, DEV_LOCK = ((ROOT / name).read_text() for name in ("requirements.lock", "requirements-dev.lock"))
_PIN = re.compile(r"^[a-z0-9][a-z0-9._-]*(\[[a-z0-9,._-]+\])?==[^\s;\\]+( ; [^\\]+)? \\$")
_HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
FREE = re.compile(
    r"\b(MIT|BSD|Apache|ISC|PSF|Python Software Foundation|MPL|Mozilla Public|0BSD|Unlicense|CC0|LGPL|Lesser General)",
    re.IGNORECASE,
)
READ_BY_US = {
    "axe-playwright-python": "MIT by its repository; none named in its metadata",
    "exifread": "BSD-3-Clause by its words, which its metadata holds whole without naming them",
}


def faults(lock):
    """Lines of a lock that pin nothing, and pins without a hash."""
    lines = lock.splitlines()
    wrong = [line for line in lines if not (_PIN.match(line) or _HASH.match(line))]
    return wrong + [
        line
        for line, after in zip(lines, [*lines[1:], ""], strict=True)
        if "==" in line and not _HASH.match(after)
    ]


def pinned_by(lock):
    """The names of the packages that a lock pins."""
    return set(re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==", lock, re.MULTILINE))


def imported(nodes):
    """The first names of all modules that a file imports, wherever in it."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (one.name.partition(".")[0] for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def direct():
    """What pyproject.toml asks for by name."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = told["dependency-groups"]
    asked = (
        told["project"]["dependencies"] + groups["build"] + [one for one in groups["dev"] if type(one) is str]
    )
    return {re.match(r"[A-Za-z0-9._-]+", one)[0].lower() for one in asked}


def reasoned(page):
    """The names that DEPENDENCIES.md gives a reason for, less what is vendored."""
    rows = re.findall(r"^\| ([^|]+) \|", page, re.MULTILINE)
    names = {
        re.sub(r"\s*\(.*", "", name).strip()
        for row in rows
        for name in re.sub(r"\([^)]*\)", "", row).split(",")
    }
    return names - {"package", "---", "htmx", "Noto Sans and DejaVu Sans"}


def unfree(licenses):
    """Packages whose license nobody has allowed."""
    return sorted(name for name, said in licenses.items() if not FREE.search(said) and name not in READ_BY_US)


def installed(lock):
    """The license of everything in a lock that is installed here, in its metadata's own words."""
    locked, found = pinned_by(lock), {}
    for one in metadata.distributions():
        name = one.metadata["Name"].lower().replace("_", "-")
        if name in locked:
            classes = [said for said in one.metadata.get_all("Classifier", []) if said.startswith("License")]
            told = (one.metadata.get("License-Expression"), one.metadata.get("License"), *classes)
            found[name] = " ".join(filter(None, told))
    return found


@pytest.mark.parametrize("lock", [LOCK, DEV_LOCK], ids=["to run", "with tests"])
def test_every_line_of_the_lock_pins_and_is_hashed(lock):
    assert faults(lock) == []
    assert "://" not in lock


def test_what_runs_is_tested_as_it_is():
    assert set(LOCK.splitlines()) < set(DEV_LOCK.splitlines()), "make lock"


def test_nothing_that_runs_imports_what_only_tests_need():
    """Source: the lock to run, and which packages here bring which modules."""
    brought, pinned = metadata.packages_distributions(), pinned_by(LOCK)
    ours = sys.stdlib_module_names | {"breakwater"}
    used = {(module.path, name) for module in code() for name in imported(module.nodes)}
    wrong = {
        (path, name)
        for path, name in used
        if name not in ours and pinned.isdisjoint(one.lower() for one in brought.get(name, ()))
    }
    assert wrong == set()


def test_every_direct_dependency_has_its_reason_and_no_other_is_named():
    assert reasoned((ROOT / "DEPENDENCIES.md").read_text()) == direct()


def test_everything_installed_may_be_used():
    found = installed(DEV_LOCK)
    assert len(found) > 50
    assert unfree(found) == []


@pytest.mark.parametrize(
    "bad",
    [
        "django==5.2.19\n",
        "django>=5 \\\n    --hash=sha256:" + "0" * 64,
        "--index-url https://elsewhere.example/\n",
    ],
)
def test_the_guard_sees_a_bad_lock(bad):
    assert faults(bad)


def test_the_guard_sees_a_package_without_reason_and_one_that_is_not_free():
    assert reasoned("| leftpad | pads | MIT |\n") == {"leftpad"}
    assert unfree({"closed": "Proprietary", "silent": "", "ours": "MIT License"}) == ["closed", "silent"]


def test_the_bill_of_materials_is_the_lock_and_what_is_vendored(capsys):
    assert cli.main(["sbom"]) == 0
    printed = capsys.readouterr().out
    bill = json.loads(printed)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert json.dumps(materials.ours(), indent=2) + "\n" == printed, "the same lock gives the same bytes"
    told = {(one["name"], one["version"]) for one in bill["components"]}
    locked = set(re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", LOCK, re.MULTILINE))
    assert told - locked == {("htmx.org", "2.0.8")}
    assert locked <= told
    assert len({one["bom-ref"] for one in bill["components"]}) == len(bill["components"])
    assert all(one["hashes"] for one in bill["components"])
    hashes = sum(len(one["hashes"]) for one in bill["components"])
    assert hashes == LOCK.count("--hash=sha256:") + 1
    here = {one["name"] for one in bill["components"] if "licenses" in one}
    assert here >= installed(LOCK).keys() - READ_BY_US.keys()
