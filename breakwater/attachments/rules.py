"""What of a file's name is shown, and why a file is not taken, in words. Pure."""

import re
import unicodedata
from collections.abc import Collection

from breakwater.attachments.library import Limits

ENDINGS = {"jpeg": "jpg", "png": "png", "pdf": "pdf", "text": "txt"}
KIND_NAMES = {"jpeg": "Photo", "png": "Picture", "pdf": "PDF", "text": "Text"}
_LONGEST = 80
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_NO_NAME = "File"

_INSTEAD = "Send a photo (JPEG, PNG or WebP), a PDF or a plain text."
WHY_NOT = {
    "empty": "This file is empty. Choose it again.",
    "archive": f"This is an archive or an office document: other files lie in it. Save it as a PDF. {_INSTEAD}",
    "office": f"This is an office document, which can hold programs. Save it as a PDF. {_INSTEAD}",
    "program": f"This is a program, or something that a machine would run. {_INSTEAD}",
    "markup": f"This is a web page, a drawing or another text that a browser would run. Save it as a PDF. {_INSTEAD}",
    "picture": f"Pictures of this kind are not taken. Save it as JPEG or PNG. {_INSTEAD}",
    "heic": "This photo is in the HEIC or AVIF format. Save it as JPEG, or set the camera to “most compatible”.",
    "film": f"Films and sounds are not taken. {_INSTEAD}",
    "unknown": f"What kind of file this is cannot be told from what stands in it. {_INSTEAD}",
    "two_kinds": "This file says that it is two kinds at once. Open it, and save it anew.",
    "broken": "This file is cut short or damaged. Open it, save it anew, and choose that one.",
    "too_many_pixels": "This picture has more than 40 megapixels. Take it smaller, or save it at half its size.",
    "does_something": "This PDF holds a script, a film or something to start. Print it to PDF, and choose that one.",
    "holds_files": "Other files lie within this PDF. Print it to PDF, and choose that one.",
    "locked": "This PDF is locked with a password. Save it without one, or print it to PDF.",
    "too_many_pages": "This PDF has more than 200 pages, or too much on them. Send the pages that matter.",
    "too_heavy": "This file takes more room or time than one file may. Save it smaller.",
    "not_now": "This file could not be looked through just now. Send it again in a minute.",
    "infected": (
        "The scanner found something harmful in this file, so it was not kept. Do not open it; tell whoever looks after"
        " your computers."
    ),
    "too_large": "This file is larger than 10 MB. Take the photo smaller, or send the pages that matter.",
}  # fmt: skip
"""Each says what to do."""


def shown_name(raw: str, kind: str) -> str:
    """What is shown of the name that a file came with: no folders, no unseen or turning letters, its true ending."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", raw))[-1]
    seen = "".join(one for one in last if unicodedata.category(one) not in _UNSEEN)
    stem = " ".join(seen.split()).strip(". ")
    ending = ENDINGS[kind]
    before, dot, said = stem.rpartition(".")
    if dot and said.isalnum() and len(said) <= len("markdown"):
        stem = before
    stem = stem.removesuffix(f".{ending}").strip(". ") or _NO_NAME
    if len(stem) > _LONGEST:
        stem = f"{stem[:_LONGEST].rstrip()}…"
    return f"{stem}.{ending}"


def size_in_words(size: int) -> str:
    """How large a file is."""
    kilobytes = max(1, round(size / 1024))
    return f"{kilobytes} kB" if kilobytes < 1024 else f"{kilobytes / 1024:.1f} MB"  # noqa: PLR2004 - kB in a MB


def why_not_along(files: Collection[tuple[int, bool]], limits: Limits) -> str:
    """The sentence that says why files do not go along with a letter, or ``""`` when they may.

    Args:
        files: the size of each, and whether it may be opened where it is sent from.
    """
    if len(files) > limits.at_once:
        return f"At most {limits.at_once} files go along with one letter. Choose those that matter."
    if sum(size for size, _ in files) > limits.together:
        return "These files together are too large to go along. Choose fewer."
    if not all(is_open for _, is_open in files):
        return (
            "No scanner looked at one of these files. Somebody here lets it be opened first; then it can go."
        )
    return ""
