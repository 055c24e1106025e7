"""The template of every catalog: each message that is found in our text, with the places where it stands."""

from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog as Messages
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment

from breakwater.ui.words import reading
from breakwater.ui.words.rewriting import rewritten
from breakwater.ui.words.sentences import TOKEN

_HEADER = """\
# Every sentence of Breakwater that a worker reads, for translators.
# Written by "breakwater words extract"; docs/handbook/translating.md says how a language is begun."""
Where = tuple[str, int]
_MOST_PLACES = 3
_NEVER_THE_SAME = tuple(
    f'"{one}'.encode()
    for one in (
        "Generated-By", "POT-Creation-Date", "PO-Revision-Date",
        "Report-Msgid-Bugs-To", "Last-Translator", "Language-Team"
    )
)  # fmt: skip


def messages(environment: Environment) -> dict[str, list[Where]]:
    """Every message with its places: of templates first, then of code, of files of numbers, and of scripts."""
    found: dict[str, list[Where]] = {}
    for path in reading.files("html"):
        for message, line in said_by_template(environment, path):
            _note(found, message, path, line)
    for ending, reader in (
        ("py", reading.said_by_code),
        ("toml", reading.said_by_numbers),
    ):
        for path in reading.files(ending):
            for message, line in reader(path):
                _note(found, message, path, line)
    for path in sorted(reading.SCRIPTS.glob("*.js")):
        for message, line in reading.said_by_script(path):
            _note(found, message, path, line)
    return found


def said_by_template(environment: Environment, path: Path) -> Iterator[reading.Found]:
    """What one template says."""
    found: list[reading.Found] = []

    def note(message: str, line: str) -> None:
        found.append((message, int(line)))

    rewritten(environment.parse(path.read_text(encoding="utf-8"), path.name, str(path)), note)
    yield from found


def written(found: dict[str, list[Where]]) -> bytes:
    """The template of every catalog, as a file."""
    made = Messages(
        project="Breakwater", version="0.1", header_comment=_HEADER, charset="utf-8",
        copyright_holder="The Breakwater founders", fuzzy=False,
    )  # fmt: skip
    for message, places in found.items():
        made.add(message, locations=places[:_MOST_PLACES], auto_comments=_told_of(message))
    return _as_file(made)


def brought_up(catalog: bytes, pot: bytes, beside: Mapping[str, str]) -> bytes:
    """A catalog with the messages of today: what it knew is kept, what is gone is gone.

    Args:
        beside: what our files say in its language; that stands, whatever the catalog said.
    """
    old = read_po(BytesIO(catalog))
    today = read_po(BytesIO(pot))
    for message in today:
        known = old.get(message.id) if message.id else None
        if known is not None and known.string and not known.fuzzy:
            message.string = known.string
        if message.id in beside:
            message.string = beside[str(message.id)]
    today.locale, today.header_comment = old.locale, old.header_comment
    return _as_file(today)


def _note(found: dict[str, list[Where]], message: str, path: Path, line: int) -> None:
    place = (str(path.relative_to(reading.ROOT)), line)
    places = found.setdefault(message, [])
    if place not in places:
        places.append(place)


def _told_of(message: str) -> list[str]:
    has_tags = any(token.startswith("<") for token in TOKEN.findall(message))
    return ["Keep each tag around what it is about."] if has_tags else []


def _as_file(made: Messages) -> bytes:
    """Without a word about who made it: the file changes only when a message does."""
    file = BytesIO()
    write_po(file, made, width=0, include_lineno=False, sort_output=False)
    lines = file.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(_NEVER_THE_SAME))
