"""Which part of the board was asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

FILTERS = ("all", "mine", "nobodys", "breaching")
UNCOUNTED = ("danger", "lately")
"""Those that are counted, and those that are not: they would cost a walk over every case."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of the board was asked for. Anything that makes no sense is read as everything."""

    which: str = "all"
    unit: UUID | None = None
    worker: UUID | None = None
    code: str = ""
    page: int = 1

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Asked":
        """From the address."""
        which = query.get("which", "all")
        page = query.get("page", "1")
        return cls(
            which=which if which in (*FILTERS, *UNCOUNTED) else "all",
            unit=_uuid(query.get("unit", "")),
            worker=_uuid(query.get("worker", "")),
            code=query.get("code", "")[:8].replace("\x00", ""),
            page=int(page) if page.isdecimal() and len(page) < 6 and int(page) else 1,  # noqa: PLR2004 - far enough
        )

    @property
    def is_everything(self) -> bool:
        """Whether nothing is filtered out."""
        return self.which == "all" and not (self.unit or self.worker or self.code)

    def next(self) -> str:
        """The query of the page after this one."""
        return self._at(self.page + 1)

    def previous(self) -> str:
        """The query of the page before this one, or nothing on the first."""
        return self._at(self.page - 1) if self.page > 1 else ""

    def _at(self, page: int) -> str:
        asked = {
            "which": self.which, "unit": self.unit or "", "worker": self.worker or "", "code": self.code, "page": page,
        }  # fmt: skip
        return "?" + urlencode({name: value for name, value in asked.items() if value})


def _uuid(told: str) -> UUID | None:
    try:
        return UUID(told) if told else None
    except ValueError:
        return None
