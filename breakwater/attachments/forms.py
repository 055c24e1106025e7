"""Reading the files that somebody chose: looked through and written anew before any action hears of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from breakwater.attachments import scanner
from breakwater.attachments.library import LIMITS
from breakwater.attachments.rules import WHY_NOT, shown_name
from breakwater.formats.files import NotKept, examined

_TAKEN = "image/jpeg,image/png,image/webp,application/pdf,text/plain"
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Brought:
    """A file that came in, as it is to be kept."""

    name: str
    kind: str
    content: bytes
    is_scanned: bool


class FileChooser(forms.FileInput):
    """Where files are chosen."""

    allow_multiple_selected = True
    input_type = "file"

    def value_from_datadict(self, _: Any, files: Any, name: str) -> Sequence[UploadedFile]:
        """All that were chosen."""
        chosen: Sequence[UploadedFile] = files.getlist(name) if hasattr(files, "getlist") else []
        return chosen


class Files(forms.Field):
    """Some files, or none."""

    widget = FileChooser

    def __init__(self, **options: Any) -> None:
        each, together = LIMITS.one_file // _MEGABYTE, LIMITS.together // _MEGABYTE
        help_text = (
            f"Photos, PDFs and plain texts: at most {LIMITS.at_once}, each up to {each} MB, together {together} MB."
            " Where and when a photo was taken is removed from it."
        )
        usual: dict[str, Any] = {"label": "Files", "required": False, "help_text": help_text}
        super().__init__(**(usual | options))
        self.widget.attrs = {"accept": _TAKEN, "multiple": True}

    def clean(self, value: Sequence[UploadedFile]) -> list[Brought]:
        """Each as it is to be kept. Which of them is not taken, and why, is said with its name."""
        if len(value) > LIMITS.at_once:
            raise ValidationError(
                f"At most {LIMITS.at_once} files go with one message. Send the others with the next."
            )
        if sum(one.size or 0 for one in value) > LIMITS.together:
            raise ValidationError("These files together are too large. Send them with two messages.")
        return [_taken_in(one, which) for which, one in enumerate(value, 1)]


def _taken_in(chosen: UploadedFile, which: int) -> Brought:
    try:
        raw = _whole(chosen)
        kept = examined(raw, LIMITS.within)
        is_scanned = scanner.is_clean(raw)
    except NotKept as reason:
        raise ValidationError(f"File {which}: {WHY_NOT[reason.code]}", code=reason.code) from None
    return Brought(
        name=shown_name(chosen.name or "", kept.kind),
        kind=kept.kind,
        content=kept.content,
        is_scanned=is_scanned,
    )


def _whole(chosen: UploadedFile) -> bytes:
    if (chosen.size or 0) > LIMITS.one_file:
        raise NotKept("too_large")
    return b"".join(chosen.chunks())
