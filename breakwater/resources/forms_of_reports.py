"""Reading a file of figures that somebody chose, and carrying it from the trial to the import."""

import zlib
from base64 import b64decode, b64encode
from binascii import Error
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from breakwater.ui.act import ActForm
from breakwater.ui.fields import Line, Moment, needed

LARGEST = 1024 * 1024
_ENDINGS = (".xml", ".json", ".csv")
_MOST_CARRIED = LARGEST * 2


class ReportForm(ActForm):
    """A file of figures, who tells them, and when it was so. What was tried is carried along."""

    file = needed(
        forms.FileField(
            label="File",
            widget=forms.FileInput(attrs={"accept": ",".join(_ENDINGS)}),
            help_text="EDXL-HAVE (XML), FHIR MeasureReport (JSON) or a table (CSV), at most 1 MB.",
        )
    )
    source = needed(Line(label="Who tells it?", max_length=80, help_text="Stands beside each figure."))
    as_of = Moment(
        label="When was it so?", required=False, help_text="Only where the file does not say it itself."
    )
    tried = forms.CharField(required=False, max_length=_MOST_CARRIED, strip=False, widget=forms.HiddenInput)
    tried_name = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)

    def clean_file(self) -> tuple[str, bytes] | None:
        """What was chosen now: by which ending, and its bytes.

        Raises:
            ValidationError: it is too large, or nothing that is read here.
        """
        chosen = self.cleaned_data["file"]
        if not chosen:
            return None
        if chosen.size > LARGEST:
            raise ValidationError(
                "This file has more than 1 MB. Send a part of it, or ask whoever keeps Breakwater."
            )
        ending = next((one for one in _ENDINGS if chosen.name.casefold().endswith(one)), "")
        if not ending:
            raise ValidationError("Choose a file that ends in .xml, .json or .csv.")
        chosen.seek(0)
        return ending, chosen.read()

    def clean(self) -> dict[str, Any]:
        """A file was chosen, or tried before."""
        told = super().clean() or {}
        if "file" in told and told["file"] is None:
            told["file"] = self._carried(told.get("tried", ""), told.get("tried_name", ""))
            if told["file"] is None:
                self.add_error("file", "Choose a file.")
        return told

    def carried(self) -> dict[str, str]:
        """The file as it goes along on the page, once the form is valid."""
        ending, content = self.cleaned_data["file"]
        return {"tried": b64encode(zlib.compress(content, 9)).decode(), "tried_name": ending}

    @staticmethod
    def _carried(tried: str, ending: str) -> tuple[str, bytes] | None:
        if not tried or ending not in _ENDINGS:
            return None
        try:
            read = zlib.decompressobj()
            content = read.decompress(b64decode(tried, validate=True), LARGEST + 1)
        except (zlib.error, Error, ValueError):
            return None
        return (ending, content) if read.eof and len(content) <= LARGEST else None
