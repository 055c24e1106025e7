"""What programs of others find in what is kept of files and in tables that leave: ``python -m tests.judged``.

exiftool and mat2 look at files, LibreOffice at tables. They are programs of the system and may be missing, so that no
test leans on them. Exit status 1 where anything is found that does not follow from what is seen, where one is missing,
or where one finds nothing before either: whoever sees nothing proves nothing.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import django

from breakwater.attachments.tests.corpus_more import CARRYING
from breakwater.attachments.tests.test_content import said_of
from breakwater.formats.cells import as_text

_GROUPS = {"SourceFile", "ExifTool", "System", "Composite"}
_SEEN = {
    *("FileType", "FileTypeExtension", "MIMEType", "ImageWidth", "ImageHeight", "EncodingProcess", "BitsPerSample"),
    *("ColorComponents", "YCbCrSubSampling", "JFIFVersion", "ResolutionUnit", "XResolution", "YResolution"),
    *("BitDepth", "ColorType", "Compression", "Filter", "Interlace", "PDFVersion", "Linearized", "PageCount"),
}  # fmt: skip
"""How a picture is drawn and a page laid out: nothing that somebody wrote."""

_OF_EVERY_PDF = {"creation-date: -1", "mod-date: -1", "format: PDF-1.7"}
"""That no day is told, and what kind of file it is."""

_PARTED_BY = {"a comma": "44", "a semicolon": "59", "a tab": "9", "any of them": "44/59/9"}
_ASKED_TO_WORK_OUT = "CSV:{sign},34,76,1,,0,false,true,false,false,false,-1,true"
"""How LibreOffice is told to read a table: which signs part its cells, UTF-8, and that formulas are worked out."""


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


def by_libreoffice(table: Path) -> set[str]:
    """By which sign its cells would have to be parted so that one of them is a formula."""
    return {name for name, sign in _PARTED_BY.items() if "table:formula=" in _opened(table, sign)}


def _opened(table: Path, sign: str) -> str:
    home = f"-env:UserInstallation=file://{table.parent / 'home'}"
    read_as = f"--infilter={_ASKED_TO_WORK_OUT.format(sign=sign)}"
    asked = [
        "soffice",
        home,
        "--headless",
        read_as,
        "--convert-to",
        "fods",
        "--outdir",
        str(table.parent),
        str(table),
    ]
    subprocess.run(asked, capture_output=True, check=True, timeout=120)
    return table.with_suffix(".fods").read_text(encoding="utf-8")


JUDGES: dict[str, Callable[[Path], set[str]]] = {
    "exiftool": by_exiftool, "mat2": by_mat2, "soffice": by_libreoffice,
}  # fmt: skip


def main() -> int:
    """Judge every file of the corpus and a table of every payload; say who found what before, and what still is."""
    if missing := [name for name in JUDGES if not shutil.which(name)]:
        print(f"not here: {', '.join(missing)}. Nothing was judged.")
        return 1
    before, after = dict.fromkeys(JUDGES, 0), 0
    with tempfile.TemporaryDirectory() as folder:
        for name, judge, came, kept in (*_files(Path(folder)), *_tables(Path(folder))):
            before[judge] += bool(JUDGES[judge](came))
            if found := JUDGES[judge](kept):
                after += 1
                print(f"{name}: {judge} finds {', '.join(sorted(found))}")
    print(f"As they came, something was found in so many: {before}. As they are kept or leave: {after}.")
    return int(after > 0 or not all(before.values()))


def _files(folder: Path) -> Iterator[tuple[str, str, Path, Path]]:
    """What each file is called, who judges it, and where it lies as it came and as it is kept."""
    for number, (name, (raw, _)) in enumerate(CARRYING.items()):
        kind, made = said_of(raw)
        came, kept = folder / f"{number}-came.{kind}", folder / f"{number}-kept.{kind}"
        came.write_bytes(raw)
        kept.write_bytes(made)
        yield from ((name, judge, came, kept) for judge in ("exiftool", "mat2"))


def _tables(folder: Path) -> Iterator[tuple[str, str, Path, Path]]:
    """One table of everything that a spreadsheet could take for a formula, as it came and as it leaves."""
    django.setup()
    from breakwater.interop.tests.test_formulas import PAYLOADS, PLAIN

    came, kept = folder / "came.csv", folder / "kept.csv"
    for table, written in ((came, str), (kept, as_text)):
        with table.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(["Row", written(cell), "end"] for cell in (*PAYLOADS, *PLAIN))
    yield "every payload in one table", "soffice", came, kept


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "breakwater.server.settings")
    sys.exit(main())
