"""How services are filed, as entries of Open Referral HSDS 3.1: by the terms of their source, and by our own needs."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any
from uuid import UUID, uuid5

from django.db.models import QuerySet

from breakwater.resources.models import Service, TaxonomyTerm
from breakwater.resources.models.domains import TAXONOMY, Domain

Entry = dict[str, Any]
Terms = dict[tuple[str, str], Any]
"""Terms by their source and what it calls them."""
_TERMS = UUID("b7f0c3a6-5f0e-4a57-8a0b-6c3d9a1f7e42")
"""Terms are kept by their names, as their source told them: so are their ids."""
NEEDS = {
    "id": str(TAXONOMY), "name": "Breakwater needs", "version": "1",
    "description": "Domains of life in which somebody needs help. Judged from the words and codes of each source.",
}  # fmt: skip
"""Our own list, whose codes stay."""
_BATCH = 200


def every_term() -> Iterator[Entry]:
    """All terms that sources tell, also those that no service stands under: others are narrower than they."""
    for one in terms().iterator(chunk_size=_BATCH):
        yield term_entry(one)


def terms() -> QuerySet[TaxonomyTerm]:
    """Every term that is listed, in an order that stays."""
    asked: QuerySet[TaxonomyTerm] = TaxonomyTerm.objects.listed().with_parents().order_by("pk")
    return asked


def with_terms(some: list[Service]) -> list[Service]:
    """Services with the terms that they are filed under: one question for all of them."""
    keys = {key for one in some for key in one.term_keys if key}
    found = terms().filter(source__in={one.source for one in some}, external_id__in=keys) if keys else []
    known = {(one.source, one.external_id): one for one in found}
    for one in some:
        one.terms_known = known  # type: ignore[attr-defined]  # what an entry looks up
    return some


def attributes(service: Service) -> Iterator[Entry]:
    """How the source of a service files it, as it tells its terms; and how we do, by our list of needs."""
    known: Terms = getattr(service, "terms_known", {})
    filed = zip_longest(service.terms, service.term_codes, service.term_keys, fillvalue="")
    for name, code, key in dict.fromkeys(filed):
        if term := known.get((service.source, key)):
            yield _filed(service, key, term_entry(term))
        else:
            id_ = uuid5(_TERMS, f"{code} {name}" if code else name)
            yield _filed(service, name, told(id=id_, code=code, name=name, description=name))
    for need in map(Domain, service.needs):
        yield _filed(service, need, need_entry(need))


def need_entry(need: Domain) -> Entry:
    """One of our needs, as a term."""
    return told(
        id=need.term_id, code=need.value, name=str(need.label), description=f"Help with: {need.label}",
        taxonomy=NEEDS["name"], taxonomy_detail=NEEDS,
    )  # fmt: skip


def term_entry(term: Any) -> Entry:
    """A term, with the wider one and the list that it stands in; wants ``parent_pk``."""
    return told(
        id=term.pk, code=term.code, name=term.name, description=term.description or term.name,
        parent_id=term.parent_pk, taxonomy=term.taxonomy, language=term.language, term_uri=term.uri,
        taxonomy_detail=taxonomy_of(term) if term.taxonomy else None,
    )  # fmt: skip


def taxonomy_of(term: TaxonomyTerm) -> Entry:
    """The list that a term stands in: known by what its source calls it, or by its name alone."""
    return told(
        id=uuid5(_TERMS, f"{term.source} {term.taxonomy_key or term.taxonomy}"), name=term.taxonomy,
        description=term.taxonomy_about or term.taxonomy, uri=term.taxonomy_uri, version=term.taxonomy_version,
    )  # fmt: skip


def _filed(service: Service, term: str, entry: Entry) -> Entry:
    return {"id": str(uuid5(service.pk, f"term {term}")), "link_entity": "service", "taxonomy_term": entry}


def told(**facts: Any) -> Entry:
    """What is known: nothing empty, and ids as text."""
    return {
        name: str(value) if isinstance(value, UUID) else value
        for name, value in facts.items()
        if value is not None and value not in ("", [])
    }
