"""The shapes a directory comes in, told apart by the columns that only one of them has."""

from collections.abc import Iterable
from enum import StrEnum


class Shape(StrEnum):
    """A version or dialect of the specification."""

    HSDS_3 = "hsds 3"
    HSDS_1 = "hsds 1"
    OHANA = "ohana"
    FLAT = "flat"

    @property
    def words(self) -> str:
        """As shown to people."""
        return _WORDS[self]


_WORDS = {
    Shape.HSDS_3: "Open Referral HSDS 3",
    Shape.HSDS_1: "Open Referral HSDS 1",
    Shape.OHANA: "Ohana",
    Shape.FLAT: "HSDS tables with columns named after their table",
}

_ONLY_IN = {
    Shape.HSDS_3: {
        *(
            "location_type",
            "address_type",
            "eligibility_description",
            "fees_description",
            "assurer_email",
            "byday",
        ),
        *(
            "freq",
            "dtstart",
            "link_entity",
            "taxonomy_term_id",
            "attending_type",
            "parent_organization_id",
            "term_uri",
        ),
    },
    Shape.OHANA: {
        *(
            "date_incorporated",
            "number_type",
            "country_prefix",
            "vanity_number",
            "taxonomy_ids",
            "admin_emails",
        ),
        *("funding_sources", "accepted_payments", "keywords", "short_desc", "virtual"),
    },
}
_OHANA_ADDRESS = {"address_1", "address_2", "city", "postal_code"}


def shape_of(headers: Iterable[Iterable[str]]) -> Shape:
    """The shape of a package, from the column names of its tables."""
    votes = dict.fromkeys(Shape, 0)
    for header in headers:
        columns = set(header)
        for shape, only in _ONLY_IN.items():
            votes[shape] += len(columns & only)
        if columns >= _OHANA_ADDRESS and not columns & {"region", "address_type", "organization_id"}:
            votes[Shape.OHANA] += 1
        if "taxonomy_id" in columns and "id" not in columns:
            votes[Shape.OHANA] += 1
        votes[Shape.FLAT] += 3 * any(column.endswith("_uuid") for column in columns)
    best = max(votes, key=lambda shape: votes[shape])
    return best if votes[best] else Shape.HSDS_1
