"""SP-32: every word that leaves for somebody's pocket or letter box, as it stands in one file.

Whoever changes a word of it changes the file too, and asks whether it still says nothing. Nothing leaves as a calendar.
"""

import re

from breakwater.messaging.library import LIBRARY
from breakwater.portal.library import SPEECH
from tests.architecture.source import CODE, ROOT

GOLDEN = ROOT / "tests" / "discreet_words.txt"
_SAYS = re.compile(r'^const (SAYS|MORE) = "([^"]*)";$', re.MULTILINE)
_ICON = re.compile(r'rel="icon" href="([^"]*)"')


def leaving() -> str:
    """All of it, a line each."""
    kinds = {"worker": LIBRARY.workers, "person": LIBRARY.people, "site": LIBRARY.sites}
    lines = [
        f"{whose} {code} {language} | {words.subject} | {words.text}"
        for whose, found in kinds.items()
        for code, kind in sorted(found.items())
        for language, words in sorted(kind.says.items())
    ]
    lines += [f"mail from {language} | {name}" for language, name in sorted(LIBRARY.sender.items())]
    script = (CODE / "messaging/static/messaging/note.js").read_text(encoding="utf-8")
    lines += [f"browser {name} | {words}" for name, words in _SAYS.findall(script)]
    frame = (CODE / "portal/templates/portal/frame.html").read_text(encoding="utf-8")
    lines += [f"page icon | {one}" for one in _ICON.findall(frame)]
    lines += [
        f"page title {language} | {speech.says['title']}" for language, speech in sorted(SPEECH.items())
    ]
    return "\n".join(lines) + "\n"


def test_what_leaves_says_what_stands_in_one_file_and_no_more():
    assert leaving() == GOLDEN.read_text(encoding="utf-8")
    assert "showNotification(SAYS, { body: MORE, tag:" in (
        CODE / "messaging/static/messaging/note.js"
    ).read_text(encoding="utf-8")
    calendars = [path for path in CODE.rglob("*.py") if "text/calendar" in path.read_text(encoding="utf-8")]
    assert calendars == []
