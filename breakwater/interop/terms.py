"""The lists in which terms stand, and terms as a program asks for them: by list, by the wider one, by id."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from breakwater.interop.filing import NEEDS, Entry, need_entry, taxonomy_of, term_entry, terms
from breakwater.resources.models import TaxonomyTerm
from breakwater.resources.models.domains import TAXONOMY, Domain


class TermList:
    """Our own needs, then the terms of sources: counted, and read a page at a time."""

    def __init__(self, listed: QuerySet[Any], own: list[Entry]) -> None:
        self._listed, self._own = listed, own

    def count(self) -> int:
        """How many there are."""
        return len(self._own) + self._listed.count()

    def __getitem__(self, page: slice) -> list[Entry]:
        """The entries from one number to another."""
        start, stop = (max(0, edge - len(self._own)) for edge in (page.start, page.stop))
        return [*self._own[page], *map(term_entry, self._listed[start:stop])]


class Few(list[Entry]):
    """Entries that are all known, counted and read as if there were many."""

    def count(self, *_: object) -> int:
        """How many there are."""
        return len(self)


def terms_asked(*, taxonomy: UUID | None, wider: UUID | None, top_only: bool) -> TermList:
    """Those of a list, those right under a term, or those under none. Our own needs stand under none."""
    found: QuerySet[Any] = terms()
    own = list(map(need_entry, Domain))
    if taxonomy is not None:
        known = [row for row in _lists() if taxonomy_of(row)["id"] == str(taxonomy)]
        found = found.filter(
            source__in=[row.source for row in known], taxonomy__in=[row.taxonomy for row in known],
            taxonomy_key__in=[row.taxonomy_key for row in known],
        )  # fmt: skip
        own = own if taxonomy == TAXONOMY else []
    if wider is not None:
        found, own = found.filter(parent_pk=wider), []
    return TermList(found.filter(parent_pk=None) if top_only else found, own)


def one_term(id_: UUID) -> Entry | None:
    """A term by its id: one of a source, or one of our needs."""
    found = terms().filter(pk=id_).first()
    return (
        term_entry(found) if found else next((need_entry(one) for one in Domain if one.term_id == id_), None)
    )


def taxonomies() -> list[Entry]:
    """The lists in which terms stand: our own, then those of sources by name."""
    listed = {one["id"]: one for one in map(taxonomy_of, _lists())}
    return [NEEDS, *sorted(listed.values(), key=lambda one: (one["name"], one["id"]))]


def _lists() -> list[TaxonomyTerm]:
    """A row for each list that a source tells, as its terms tell it."""
    asked = TaxonomyTerm.objects.listed().exclude(taxonomy="").order_by("source", "taxonomy_key", "taxonomy")
    told = asked.values(
        "source", "taxonomy", "taxonomy_key", "taxonomy_about", "taxonomy_uri", "taxonomy_version"
    )
    return [TaxonomyTerm(**row) for row in told.distinct()]
