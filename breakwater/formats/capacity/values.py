"""Single values of reports of room. Each reader returns the value, or raises ``Unreadable`` with the reason."""

from datetime import UTC, datetime

MOST = 1_000_000
"""More places than this at one facility is a typing error, and no column of ours holds it."""

_DAYS = ("%m/%d/%Y", "%Y-%m-%d", "%Y/%m/%d")
_MOMENTS = ("%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M %z")


class Unreadable(ValueError):
    """The value is not what the field asks for; the message is the reason."""


def number(written: str) -> int:
    """A whole number of places: ``12``, ``1,200``, ``12.0``."""
    plain = written.strip().replace(",", "")
    whole, _, rest = plain.partition(".")
    if not (whole.isascii() and whole.isdigit() and not rest.strip("0")):
        raise Unreadable("not a whole number of places")
    if len(whole) > len(str(MOST)) or int(whole) > MOST:
        raise Unreadable(f"more than {MOST:,} places")
    return int(whole)


def moment(written: str) -> datetime:
    """When it was so. A day without an hour is its beginning, and a moment without a zone is read as UTC."""
    plain = written.strip()
    try:
        return _aware(datetime.fromisoformat(plain))
    except ValueError:
        pass
    for shape in (*_DAYS, *_MOMENTS):
        try:
            return _aware(datetime.strptime(plain, shape))  # noqa: DTZ007 - a zone is given where there is none
        except ValueError:
            continue
    raise Unreadable("not a day or a moment that can be read")


def coordinates(latitude: str, longitude: str) -> tuple[float, float]:
    """A position on earth, in degrees."""
    try:
        found = float(latitude), float(longitude)
    except ValueError:
        raise Unreadable("not a position in degrees") from None
    if not (abs(found[0]) <= 90 and abs(found[1]) <= 180):  # noqa: PLR2004 - degrees of a globe
        raise Unreadable("not a position on earth")
    return found


def left(total: int | None, occupied: int | None) -> int | None:
    """How many are free; unknown unless both are known, and none when more are there than there may be."""
    return None if total is None or occupied is None else max(0, total - occupied)


def _aware(read: datetime) -> datetime:
    return read if read.tzinfo else read.replace(tzinfo=UTC)
