"""A plugin of pytest for broken copies: writes down the name of each test that was red, a line each."""

import os
from pathlib import Path

import pytest

WHERE = "MUTANTS_REDS"
"""The variable that names the file."""


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Hear how one test went."""
    if report.failed:
        with Path(os.environ[WHERE]).open("a") as reds:
            reds.write(f"{report.nodeid}\n")
