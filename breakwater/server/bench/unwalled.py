"""Breakwater without its walls, for the bench alone: what the walls and the sightings cost is what it is quicker by.

Served as a superuser, whom row security does not bind. Nothing but the bench starts it.
"""

from typing import Any

from django.db import connection
from django.db.models import QuerySet, Value

from breakwater.server.asgi import application  # isort: split

from breakwater.desk import board, panels
from breakwater.desk.rows import IN_THE_TABLES, OF_CASES
from breakwater.kernel.db import run_sql
from breakwater.kernel.patience import LOOKS_IN
from breakwater.trust import middleware, one_row
from breakwater.trust.access import Actor, Statement
from breakwater.trust.journal import Shows
from breakwater.trust.models import CircleQuerySet

__all__ = ["application"]


def _everything(asked: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
    """Every row. The agency is named, because a statement is looked for it, and keeps nothing out."""
    return asked.extra(where=["%s::uuid IS NOT NULL"], params=[actor.agency_id])


def _worked_on(query: Any) -> Any:
    """Whatever is read, the agency works there."""
    return query.annotate(is_worked_on=Value(True)) if isinstance(query, CircleQuerySet) else query


def _forget(
    actor: Actor, page: str, *asked: object, beside: Statement | None = None, again: bool = False
) -> None:
    """Write no sighting down; what is written beside it is."""
    actor.seen.clear()
    if beside:
        run_sql(*beside)


# Views that carry a wall are found without it first; what a function asks in place of a page is asked of the tables.
_told = connection.settings_dict["OPTIONS"]
_told["options"] = _told["options"].replace(LOOKS_IN, "-c search_path=unwalled,public")
panels.OF_CASE = panels.OF_CASE.of_the_tables()
board.told_by = f"({OF_CASES.format(wanted=IN_THE_TABLES, known='')})"
Shows.on = lambda *request: None  # type: ignore[assignment]  # nothing is written where it is read
CircleQuerySet.visible_to = _everything  # type: ignore[assignment,method-assign]
one_row._asked_about = _worked_on
middleware.write_sightings = _forget
