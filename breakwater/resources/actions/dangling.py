"""References of a package that lead nowhere. The row is kept as far as it makes sense without them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reference:
    """A column of a staged table that points at a thing of the source.

    Args:
        owner: what it points at, as ``known`` calls it; empty where the row itself says.
    """

    table: str
    staged: str
    field: str
    owner: str = ""

    @property
    def shown(self) -> str:
        """The field as packages call it."""
        return _SHOWN.get(self.field, self.field)

    @property
    def reason(self) -> str:
        """Why it is reported."""
        return f"no {(self.owner or self.shown).removesuffix('_id').replace('_', ' ')} of this id is in the package"

    def statement(self) -> str:
        """SQL for the rows whose reference leads nowhere: file, row, id, value."""
        if self.owner in _STAGED:
            seen = f"SELECT FROM st_{_STAGED[self.owner]} k WHERE k.id = x.{self.field}"
            return self._rows(f"x.{self.field} <> '' AND NOT EXISTS ({seen})", f"x.{self.field}")
        if self.owner:
            seen = f"SELECT FROM known k WHERE k.owner = '{self.owner}' AND k.owner_id = x.{self.field}"
            return self._rows(f"x.{self.field} <> '' AND NOT EXISTS ({seen})", f"x.{self.field}")
        owner = self.field.removesuffix("_id")
        seen = "SELECT FROM known k WHERE k.owner = x.owner AND k.owner_id = x.owner_id"
        return self._rows(f"x.owner = '{owner}' AND NOT EXISTS ({seen})", "x.owner_id")

    def _rows(self, condition: str, value: str) -> str:
        return f"SELECT x.file, x.row, x.id, {value} FROM st_{self.staged} x WHERE {condition} ORDER BY x.seq"


_SHOWN = {"term_id": "taxonomy_id", "service_at_id": "service_at_location_id"}
_STAGED = {"program": "program", "term": "term"}
_PARTS = ("organization_id", "location_id", "service_id", "service_at_id")

REFERENCES = (
    Reference("program", "program", "organization_id", "organization"),
    Reference("location", "location", "organization_id", "organization"),
    Reference("address", "address", "organization_id", "organization"),
    Reference("address", "address", "location_id", "location"),
    Reference("service", "service", "organization_id", "organization"),
    Reference("service", "service", "program_id", "program"),
    Reference("service_at", "serviceat", "service_id", "service"),
    Reference("service_at", "serviceat", "location_id", "location"),
    Reference("term", "term", "parent_id", "term"),
    Reference("filing", "filing", "service_id", "service"),
    Reference("filing", "filing", "term_id", "term"),
    Reference("capacity", "capacity", "service_id", "service"),
    *(Reference("contact", "contact", field) for field in _PARTS),
    *(Reference("phone", "phone", field) for field in (*_PARTS, "contact_id")),
    *(Reference("hours", "hours", field) for field in _PARTS[1:]),
    *(Reference("holiday", "holiday", field) for field in _PARTS[1:]),
    *(Reference("detail", "detail", field) for field in _PARTS[1:3]),
)
