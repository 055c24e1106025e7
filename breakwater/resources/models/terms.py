"""Terms by which sources file their services, with the wider ones that these belong to."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import OuterRef, Subquery

from breakwater.resources.models.listed import Listed
from breakwater.resources.models.queries import ListedQuerySet


class TaxonomyTermQuerySet(ListedQuerySet):
    """Questions about terms."""

    def with_parents(self) -> "TaxonomyTermQuerySet":
        """Each with the id of the wider term, as ``parent_pk``; ``None`` where its source tells none."""
        wider = TaxonomyTerm.objects.filter(source=OuterRef("source"), external_id=OuterRef("parent"))
        return self.annotate(parent_pk=Subquery(wider.values("pk")[:1]))


class TaxonomyTerm(Listed):
    """A term of a taxonomy, as its source tells it."""

    name = models.TextField()
    code = models.TextField(blank=True)
    description = models.TextField(blank=True)
    uri = models.TextField(blank=True, help_text="Where others read what it means")
    language = models.TextField(blank=True)
    parent = models.TextField(blank=True, help_text="What its source calls the wider term")
    taxonomy = models.TextField(blank=True, help_text="The list that it stands in, by name")
    taxonomy_key = models.TextField(blank=True, help_text="What its source calls that list")
    taxonomy_about = models.TextField(blank=True)
    taxonomy_uri = models.TextField(blank=True)
    taxonomy_version = models.TextField(blank=True)

    objects: ClassVar[Any] = TaxonomyTermQuerySet.as_manager()
