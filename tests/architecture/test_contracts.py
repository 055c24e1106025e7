"""The floors hold, and so does what the contracts say of news and rules."""

import subprocess
import sys
import tomllib
from pathlib import Path

from tests.architecture.source import CODE, ROOT


def hold(config: Path) -> bool:
    """Whether our imports keep every contract; which they break is printed.

    Asked in a process of its own: the command silences every logger of the process in which it runs.
    """
    command = [
        Path(sys.executable).with_name("lint-imports"),
        "--config",
        str(config),
        "--no-cache",
        "--no-logo",
    ]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def test_the_contracts_hold():
    assert hold(ROOT / "pyproject.toml")


def test_every_app_stands_on_a_floor():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = [layer for contract in contracts for layer in contract.get("layers", ())]
    floors = {app.strip(" ()") for layer in layers for app in layer.split("|")}
    assert {path.parent.name for path in CODE.glob("*/__init__.py")} <= floors


def test_the_contract_sees_a_call_that_goes_up(tmp_path):
    upside_down = tmp_path / "upside_down.toml"
    upside_down.write_text("""
[tool.importlinter]
root_package = "breakwater"

[[tool.importlinter.contracts]]
name = "Calls go up"
type = "layers"
containers = ["breakwater"]
layers = ["trust", "cases"]
""")
    assert not hold(upside_down)
