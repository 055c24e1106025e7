"""What exiftool and mat2 find in files before and after they are kept: ``python -m tests.judged``.

Both are programs of the system and may be missing, so that no test leans on them. Exit status 1 where anything is found
that does not follow from what is seen, or where they find nothing before either: whoever sees nothing proves nothing.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from breakwater.attachments.tests.corpus_more import CARRYING
from breakwater.attachments.tests.test_content import said_of

_GROUPS = {"SourceFile", "ExifTool", "System", "Composite"}
_SEEN = {
    *("FileType", "FileTypeExtension", "MIMEType", "ImageWidth", "ImageHeight", "EncodingProcess", "BitsPerSample"),
    *("ColorComponents", "YCbCrSubSampling", "JFIFVersion", "ResolutionUnit", "XResolution", "YResolution"),
    *("BitDepth", "ColorType", "Compression", "Filter", "Interlace", "PDFVersion", "Linearized", "PageCount"),
}  # fmt: skip
"""How a picture is drawn and a page laid out: nothing that somebody wrote."""

_OF_EVERY_PDF = {"creation-date: -1", "mod-date: -1", "format: PDF-1.7"}
"""That no day is told, and what kind of file it is."""


def by_exiftool(file: Path) -> set[str]:
    """Names of tags that say more than what is seen."""
    told = subprocess.run(["exiftool", "-j", "-a", "-G1", "-u", file], capture_output=True, check=False)
    tags = (tag.partition(":") for tag in json.loads(told.stdout)[0])
    return {name or group for group, _, name in tags if group not in _GROUPS and name not in _SEEN}


def by_mat2(file: Path) -> set[str]:
    """Lines of what it calls metadata."""
    told = subprocess.run(["mat2", "--show", file], capture_output=True, check=False, text=True)
    if "[+]" not in told.stdout and "No metadata found" not in told.stdout:
        return {"what it could not read"}
    return {line.strip() for line in told.stdout.splitlines() if line.startswith("    ")} - _OF_EVERY_PDF


JUDGES: dict[str, Callable[[Path], set[str]]] = {"exiftool": by_exiftool, "mat2": by_mat2}


def main() -> int:
    """Judge every file of the corpus; say how many carried something, and what still does."""
    if missing := [name for name in JUDGES if not shutil.which(name)]:
        print(f"not here: {', '.join(missing)}. Nothing was judged.")
        return 1
    before, after = dict.fromkeys(JUDGES, 0), 0
    with tempfile.TemporaryDirectory() as folder:
        for name, judge, came, kept in _looks(Path(folder)):
            before[judge] += bool(JUDGES[judge](came))
            if found := JUDGES[judge](kept):
                after += 1
                print(f"{name}: {judge} finds {', '.join(sorted(found))}")
    carried = " and ".join(f"{judge} found something in {number}" for judge, number in before.items())
    print(f"Of {len(CARRYING)} files {carried} as they came, and in {after} as they are kept.")
    return int(after > 0 or not all(before.values()))


def _looks(folder: Path) -> Iterator[tuple[str, str, Path, Path]]:
    """What each file is called, who judges it, and where it lies as it came and as it is kept."""
    for number, (name, (raw, _)) in enumerate(CARRYING.items()):
        kind, made = said_of(raw)
        came, kept = folder / f"{number}-came.{kind}", folder / f"{number}-kept.{kind}"
        came.write_bytes(raw)
        kept.write_bytes(made)
        yield from ((name, judge, came, kept) for judge in JUDGES)


if __name__ == "__main__":
    sys.exit(main())
