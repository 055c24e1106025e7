"""Bandit reads the product, finds the holes planted for it, and nothing that nobody gave a reason for."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
JUDGED_ELSEWHERE = {
    "B404": "programs are named by us: B602 and B605 still find a shell",
    "B603": "the same",
    "B606": "the same",
    "B607": "the same",
    "B608": "SQL is read as a tree, with a reason for each room, in tests/architecture/test_no_injection.py",
}
ALLOWED = {
    ("B104", "server/cli.py"): "an address is compared, not listened on",
    ("B105", "server/env.py"): "a secret that production refuses by name",
    ("B105", "simulation/agencies.py"): "printed for everyone: the demo county holds no real person",
    ("B105", "kernel/db.py"): "how Django and PostgreSQL call a password: the word, and none",
    ("B106", "server/bench/live.py"): "no password: what no password ever hashes to, so that nobody signs in",
    ("B107", "trust/sign_in.py"): "no password, which opens nothing",
    ("B311", "server/bench/answers.py"): "a repeatable benchmark",
    ("B311", "server/bench/build.py"): "a repeatable benchmark",
    ("B311", "server/bench/copying.py"): "a repeatable benchmark",
    ("B311", "server/bench/lines.py"): "a repeatable benchmark",
    ("B311", "server/bench/places.py"): "a repeatable benchmark",
    (
        "B311",
        "server/streams.py",
    ): "only spreads the moments at which browsers come back, and nobody gains by guessing one",
    ("B311", "simulation/comparing/world.py"): "a repeatable county",
    ("B311", "simulation/county.py"): "a repeatable county",
    ("B308", "trust/views/factors.py"): "a picture of squares, drawn here",
    ("B703", "trust/views/factors.py"): "the same",
    ("B701", "ui/jinja.py"): "autoescape comes in the options, on by default in Django",
    ("B704", "ui/telling.py"): "a clock, of our own words and a time",
}
"""What it says of the product that is no hole, each with its reason. May only shrink."""
HOLES = {
    "B602": "import subprocess\n\ndef go(what):\n    subprocess.run(what, shell=True)\n",
    "B307": "def go(what):\n    return eval(what)\n",
    "B301": "import pickle\n\ndef go(what):\n    return pickle.loads(what)\n",
    "B324": "import hashlib\n\ndef go(what):\n    return hashlib.md5(what)\n",
    "B323": "import ssl\n\nwith_anybody = ssl._create_unverified_context()\n",
    "B314": "import xml.etree.ElementTree as tree\n\ndef go(what):\n    return tree.fromstring(what)\n",
    "B110": "def go(what):\n    try:\n        what()\n    except Exception:\n        pass\n",
}


def found(folder):
    """What bandit finds in a folder: which of its tests, and where."""
    skipped = ",".join(JUDGED_ELSEWHERE)
    asked = [
        sys.executable,
        "-m",
        "bandit",
        "-q",
        "-r",
        str(folder),
        "-f",
        "json",
        "-s",
        skipped,
        "-x",
        "*/tests/*",
    ]
    ran = subprocess.run(asked, capture_output=True, text=True, check=False)
    told = json.loads(ran.stdout)
    assert told["errors"] == []
    assert len(told["metrics"]) > 1, "it read nothing"
    return Counter(
        (one["test_id"], Path(one["filename"]).relative_to(folder).as_posix()) for one in told["results"]
    )


def test_nothing_is_found_that_nobody_gave_a_reason_for():
    assert found(ROOT / "breakwater").keys() == ALLOWED.keys()


def test_it_finds_each_hole_that_is_planted(tmp_path):
    for hole, text in HOLES.items():
        (tmp_path / f"{hole}.py").write_text(text)
    told = found(tmp_path)
    assert [hole for hole in HOLES if (hole, f"{hole}.py") not in told] == []
