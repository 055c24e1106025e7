"""Ready-made files."""

import io
from typing import Any

from PIL import Image

from breakwater.attachments.forms import Brought


def a_photo(size: tuple[int, int] = (60, 40)) -> bytes:
    """A photo that says where it was taken."""
    said = Image.Exif()
    said[0x010F] = "Canarycam"
    said.get_ifd(0x8825).update({1: "N", 2: (41.0, 52.0, 10.0), 3: "W", 4: (87.0, 37.0, 20.0)})
    made = io.BytesIO()
    Image.new("RGB", size, (30, 90, 120)).save(made, "JPEG", exif=said, comment=b"canary comment")
    return made.getvalue()


def a_file(**facts: Any) -> Brought:
    """A text that was brought, as it is to be kept."""
    usual: dict[str, Any] = {
        "name": "letter.txt",
        "kind": "text",
        "content": b"Come at four.",
        "is_scanned": False,
    }
    return Brought(**(usual | facts))
