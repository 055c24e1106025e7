"""The program that decodes one picture and writes it anew: bytes on its standard input, bytes on its standard output.

Run alone, by ``examining``. What it writes holds pixels and nothing else: no place, no day, no camera, no preview, and
nothing that followed the picture. It imports nothing of ours, and says what is wrong by the number it ends with.
"""

import io
import sys

from PIL import Image, ImageOps

BROKEN, TOO_MANY, TOO_HEAVY = 3, 4, 9
_READ = {"jpeg": ("JPEG",), "png": ("PNG",), "webp": ("WEBP",)}
_QUALITY, _EFFORT = 90, 3
_SEES_THROUGH = ("RGBA", "LA", "PA", "RGBa", "La")
_AS_THEY_ARE = ("1", "L", "RGB", "RGBA", "I;16")


def main() -> int:
    """Read it, and say what is made of it."""
    code, made = anew(sys.stdin.buffer.read(), sys.argv[1], int(sys.argv[2]))
    sys.stdout.buffer.write(made)
    return code


def anew(raw: bytes, kind: str, most: int) -> tuple[int, bytes]:
    """A number that is zero, and the picture; or another number, which says why not, and nothing."""
    Image.MAX_IMAGE_PIXELS = None  # ours is the bound: asked of the head, before anything is decoded
    try:
        picture = Image.open(io.BytesIO(raw), formats=_READ[kind])
        if picture.width * picture.height > most:
            return TOO_MANY, b""
        picture.load()
        return 0, _written(_upright(picture), as_jpeg=kind == "jpeg")
    except MemoryError:
        return TOO_HEAVY, b""
    except (OSError, SyntaxError, ValueError):
        return BROKEN, b""


def _upright(picture: Image.Image) -> Image.Image:
    """As it was held: which way is up stands beside the pixels, and goes away with the rest."""
    ImageOps.exif_transpose(picture, in_place=True)
    return picture


def _written(picture: Image.Image, *, as_jpeg: bool) -> bytes:
    sees_through = picture.mode in _SEES_THROUGH or "transparency" in picture.info
    if as_jpeg or (picture.format == "WEBP" and not sees_through):
        as_jpeg, mode = True, "L" if picture.mode in ("1", "L") else "RGB"
    else:
        mode = picture.mode if picture.mode in _AS_THEY_ARE else "RGBA" if sees_through else "RGB"
    if picture.mode != mode or "transparency" in picture.info:
        picture = picture.convert("RGBA" if sees_through and not as_jpeg else mode)
    picture.info.clear()
    made = io.BytesIO()
    if as_jpeg:
        picture.save(made, "JPEG", quality=_QUALITY)
    else:
        picture.save(made, "PNG", compress_level=_EFFORT)
    return made.getvalue()


if __name__ == "__main__":
    sys.exit(main())
