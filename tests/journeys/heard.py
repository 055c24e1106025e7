"""What a screen reader says of the pages that a person in crisis meets: ``pytest -n 0 tests/journeys/heard.py``.

Orca reads them in a Chromium with a window, walked by the keys of a keyboard, and what it says is kept in a file
(``HEARD_IN``). These are programs of the system that may be missing: no run of the suite comes here, and where
one is missing this says so and is red, because whoever hears nothing proves nothing.
"""

import os
import re
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import transaction

from breakwater.assessments.testing import an_assessment
from breakwater.cases.testing import a_case
from breakwater.plans.testing import a_goal, a_need, a_safety_plan, a_step
from breakwater.portal.testing import an_own_copy
from tests.journeys.conftest import PASSWORD

_TABS = "http://127.0.0.1:9333/json/new"
_SAID = re.compile(r"SPEECH OUTPUT: '(.*)'(?:\{.*\})?$")


@dataclass(frozen=True)
class Ear:
    """A keyboard, a page and whoever reads it aloud."""

    server: str
    folder: Path

    def open(self, path: str) -> list[str]:
        """What is said of a page when it opens."""
        begun = self._length()
        asked = urllib.request.Request(f"{_TABS}?{self.server}{path}", method="PUT")
        urllib.request.urlopen(asked, timeout=10).close()
        return self._kept(f"opened {path[:20]}", self._since(begun, silent=2.5, at_most=25))

    def sign_in(self, username: str) -> None:
        """Through the door, by the keyboard."""
        self.open("/sign-in/")
        self.type(username + "\t" + PASSWORD + "\n")
        time.sleep(10)

    def press(self, keys: str, times: int = 1) -> list[str]:
        """What is said after each of so many presses of a key."""
        said = []
        for _ in range(times):
            begun = self._length()
            self._x("key", keys)
            said += self._kept(f"pressed {keys}", self._since(begun, silent=0.6, at_most=3))
        return said

    def type(self, words: str) -> None:
        """Type as on a keyboard."""
        self._x("type", "--delay", "20", words)

    def _x(self, *asked: str) -> None:
        subprocess.run(
            ["xdotool", *asked], env=os.environ | {"DISPLAY": ":77"}, check=True, stdout=subprocess.DEVNULL
        )

    def _length(self) -> int:
        return len((self.folder / "orca.log").read_text(errors="replace").splitlines())

    def _since(self, begun: int, *, silent: float, at_most: float) -> list[str]:
        """What is said until nothing was said for so many seconds, or so many have passed."""
        said: list[str] = []
        patience = time.monotonic() + at_most
        while time.monotonic() < patience:
            time.sleep(silent)
            lines = (self.folder / "orca.log").read_text(errors="replace").splitlines()[begun:]
            now = [found[1].strip() for one in lines if (found := _SAID.search(one))]
            if now and now == said and not now[-1].startswith("Loading"):
                break
            said = now
        return said

    def _kept(self, when: str, said: list[str]) -> list[str]:
        with (self.folder / "spoken.txt").open("a", encoding="utf-8") as file:
            file.write(f"[{when}]\n" + "".join(f"  {one}\n" for one in said))
        return said


@pytest.fixture
def ear(server: str) -> Ear:
    """The browser that ``heard.sh`` began, and what its reader says."""
    folder = os.environ.get("HEARD_IN", "")
    assert folder, "begin heard.sh first, and say in HEARD_IN which folder it was given"
    return Ear(server, Path(folder))


@pytest.fixture
def case(worker):
    with transaction.atomic():
        by = worker.acts()
        made = a_case(by=by, at=by.now, known_as="Marisol Vega", must_not_know="Rob")
        need = a_need(made, by=by)
        a_goal(made, by=by)
        a_step(made, by=by, need=need)
        a_safety_plan(made, by=by, own_coping="A bath\nThe river")
        return made


def test_a_question_of_the_assessment_is_told_with_its_answers(ear, worker, case):
    with transaction.atomic():
        by = worker.acts()
        asked = an_assessment(case, by=by, instrument="rapid-crisis", at=by.now)
    ear.sign_in(worker.username)
    ear.open(f"/assessments/{asked.pk}/question/?item=self")
    ear.press("Tab", 14)
    ear.press("Down", 4)
    ear.press("Tab", 3)


def test_the_form_of_the_safety_plan_tells_each_section(ear, worker, case):
    ear.sign_in(worker.username)
    ear.open(f"/plans/{case.pk}/safety-plan/writing/")
    ear.press("Tab", 24)


def test_the_form_of_the_action_plan_tells_what_is_agreed(ear, worker, case):
    ear.sign_in(worker.username)
    ear.open(f"/plans/{case.pk}/agreement/")
    ear.press("Tab", 24)


def test_their_own_copy_is_told_from_the_way_out_to_the_last_button(ear, worker, case):
    with transaction.atomic():
        by = worker.acts()
        _, code = an_own_copy(case, by=by)
    ear.open("/notes/")
    ear.press("Tab", 3)
    ear.press("shift+Tab", 1)
    ear.type(code.lower())
    ear.press("Return")
    time.sleep(4)
    ear.press("ctrl+Home")
    ear.press("Down", 30)
