"""The tables by which services are filed: taxonomies, their terms, and which service stands under which."""

from breakwater.formats.hsds import makers
from breakwater.formats.hsds.columns import Table, col
from breakwater.formats.hsds.shapes import Shape
from breakwater.formats.hsds.values import ident

ALL = frozenset(Shape)

TAXONOMY = Table(
    "taxonomy",
    ("taxonomy_list",),
    (
        col("id", read=ident),
        col("name"),
        col("description"),
        col("uri"),
        col("version"),
    ),
    makers.taxonomy,
    frozenset({"name", "version", "uri"}),
)
TERM = Table(
    "term",
    ("taxonomy", "taxonomy_term"),
    (
        col("id", "id", "taxonomy_id", read=ident, must=ALL),
        col("name", must=ALL),
        col("code"),
        col("description"),
        col("parent_id", read=ident),
        col("uri", "term_uri"),
        col("language"),
        col("taxonomy", "taxonomy", "vocabulary"),
        col("taxonomy_id", read=ident),
        col("_parent_name", "parent_name"),
    ),
    makers.term,
    frozenset({"name", "parent_id"}),
)
FILING = Table(
    "filing",
    ("service_taxonomy", "services_taxonomy", "service_attribute", "attribute"),
    (
        col("id", read=ident),
        col("service_id", "service_id", "link_id", read=ident, must=ALL),
        col("term_id", "taxonomy_term_id", "taxonomy_id", read=ident, must=ALL),
        col("link_entity"),
        *(col(f"_{name}", name) for name in ("link_type", "value", "taxonomy_detail")),
    ),
    makers.filing,
    frozenset({"id", "value"}),
)
