"""The directory for programs, as HSDS asks: lists in pages, and entries by id. Nobody signs in; nothing is written."""

import json
from collections.abc import Callable
from typing import Any, Protocol
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponse

from breakwater.formats.hsds.writing import VERSION, page_of
from breakwater.interop.filing import Entry, with_terms
from breakwater.interop.pace import paced
from breakwater.interop.publishing import (
    given_at,
    given_entry,
    organization_entry,
    organizations,
    service_entry,
    services,
)
from breakwater.interop.terms import Few, one_term, taxonomies, terms_asked
from breakwater.trust.access import Request
from breakwater.trust.middleware import public

_PER_PAGE, _MOST = 50, 100
_MOST_DIGITS = 6


class Pages(Protocol):
    """What is counted, and read a page at a time."""

    def count(self) -> int: ...  # noqa: D102
    def __getitem__(self, page: slice) -> Any: ...


def _slowed(sentence: str) -> HttpResponse:
    return _answer({"error": sentence}, status=429)


@public
@paced(_slowed)
def about(request: Request) -> HttpResponse:
    """Which version is spoken here."""
    return _answer({"version": VERSION, "profile": "https://docs.openreferral.org/en/latest/hsds/"})


@public
@paced(_slowed)
def service_list(request: Request) -> HttpResponse:
    """Services, a page of them."""
    return _listed(request, services(), service_entry, with_terms)


@public
@paced(_slowed)
def service(request: Request, service_id: UUID) -> HttpResponse:
    """One service with everything about it."""
    return _one(services(), service_id, service_entry, with_terms)


@public
@paced(_slowed)
def organization_list(request: Request) -> HttpResponse:
    """Organizations, a page of them."""
    return _listed(request, organizations(), organization_entry)


@public
@paced(_slowed)
def organization(request: Request, organization_id: UUID) -> HttpResponse:
    """One organization."""
    return _one(organizations(), organization_id, organization_entry)


@public
@paced(_slowed)
def term_list(request: Request) -> HttpResponse:
    """Terms by which services are filed, a page of them: all, of one taxonomy, under one term, or under none."""
    asked = [request.GET.get(name, "") for name in ("taxonomy_id", "parent_id")]
    if any(said and not _is_id(said) for said in asked):
        return _answer({"error": "taxonomy_id and parent_id are ids, as they stand in a term."}, status=400)
    taxonomy, wider = (UUID(said) if said else None for said in asked)
    found = terms_asked(taxonomy=taxonomy, wider=wider, top_only=request.GET.get("top_only") == "true")
    return _listed(request, found, dict)


@public
@paced(_slowed)
def term(request: Request, term_id: UUID) -> HttpResponse:
    """One term: the wider one of another, perhaps."""
    return _answer(_known(one_term(term_id)))


@public
@paced(_slowed)
def taxonomy_list(request: Request) -> HttpResponse:
    """The lists in which terms stand, a page of them."""
    return _listed(request, Few(taxonomies()), dict)


@public
@paced(_slowed)
def taxonomy(request: Request, taxonomy_id: UUID) -> HttpResponse:
    """One list in which terms stand."""
    return _answer(_known(next((one for one in taxonomies() if one["id"] == str(taxonomy_id)), None)))


@public
@paced(_slowed)
def given_list(request: Request) -> HttpResponse:
    """Services at places, a page of them."""
    return _listed(request, given_at(), given_entry)


@public
@paced(_slowed)
def given(request: Request, given_id: UUID) -> HttpResponse:
    """One service at one place."""
    return _one(given_at(), given_id, given_entry)


def _listed(
    request: Request,
    asked: Pages,
    entry: Callable[[Any], Entry],
    whole: Callable[[Any], list[Any]] = list,
) -> HttpResponse:
    number, size = _whole(request, "page", 1), _whole(request, "per_page", _PER_PAGE)
    if number is None or size is None or size > _MOST:
        sentence = f"page and per_page are whole numbers from 1; per_page is at most {_MOST}."
        return _answer({"error": sentence}, status=400)
    start = (number - 1) * size
    contents = [entry(one) for one in whole(list(asked[start : start + size]))]
    return _answer(page_of(contents, number=number, size=size, of=asked.count()))


def _known(found: Entry | None) -> Entry:
    if found is None:
        raise Http404
    return found


def _is_id(said: str) -> bool:
    try:
        return bool(UUID(said))
    except ValueError:
        return False


def _one(
    asked: QuerySet[Any], key: UUID, entry: Callable[[Any], Entry], whole: Callable[[Any], list[Any]] = list
) -> HttpResponse:
    found = asked.filter(pk=key).first()
    if found is None:
        raise Http404
    return _answer(entry(*whole([found])))


def _whole(request: Request, name: str, usual: int) -> int | None:
    """A number from 1; ``None`` when it is none."""
    said = request.GET.get(name, "") or str(usual)
    is_one = said.isascii() and said.isdecimal() and len(said) <= _MOST_DIGITS and int(said) > 0
    return int(said) if is_one else None


def _answer(told: Any, *, status: int = 200) -> HttpResponse:
    return HttpResponse(
        json.dumps(told, ensure_ascii=False), status=status, content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )  # fmt: skip
