"""One row through the wall of code: the statement is worked out once for each model and kept.

``see`` stands at the beginning of nearly every request. Working out the same joins and the same question about grants
anew costs several times what PostgreSQL takes to answer.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Exists, Model, OuterRef, Value
from django.db.models.query import get_related_populators

from breakwater.trust.access import Actor
from breakwater.trust.models import CircleQuerySet, Flag, Opening

_AGENCY, _ROW, _USER = UUID(int=1), UUID(int=2), UUID(int=3)
_NOW = datetime(1900, 1, 1, tzinfo=UTC)


class _Anybody:
    """Stands for the actor while a statement is worked out."""

    agency_id, user_id, now = _AGENCY, _USER, _NOW


class _Statement:
    """A statement with its blanks: which row, which agency, who there, at which moment; and how its answer is read."""

    def __init__(self, model: type[Model], related: tuple[str, ...]) -> None:
        objects: Any = model._default_manager
        visible = objects.visible_to(_Anybody()).select_related(*(related or (None,)))
        query = _asked_about(visible.filter(pk=_ROW)).query
        compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        sql: tuple[str, tuple[Any, ...]] = compiler.as_sql()
        self.sql, self.blanks = sql
        if _ROW not in self.blanks or _AGENCY not in self.blanks:
            raise LookupError(f"{model.__name__}.visible_to does not ask for whom")
        self.model, self.select = model, compiler.select
        first, last = min(compiler.klass_info["select_fields"]), max(compiler.klass_info["select_fields"]) + 1
        self.own = slice(first, last)
        self.names = [column[0].target.attname for column in self.select[self.own]]
        populators: Any = get_related_populators
        self.related = populators(compiler.klass_info, self.select, DEFAULT_DB_ALIAS)
        said = compiler.annotation_col_map or {}
        self.by_leave = _opened_by_leave_alone(objects.all())
        self.works, self.asks = said.get("is_worked_on"), said.get("asks_why")
        self.converters = compiler.get_converters([column[0] for column in self.select])

    def read(self, pk: UUID, by: Actor) -> Any:
        """The row as an object, or ``None``."""
        told: dict[Any, Any] = {_ROW: pk, _AGENCY: by.agency_id, _USER: by.user_id, _NOW: by.now}
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [told.get(blank, blank) for blank in self.blanks])
            row = cursor.fetchone()
        if row is None:
            return None
        found = self._object(list(row))
        if self.works is not None:
            circle = found._state.fields_cache.get("circle")
            is_ours = circle is not None and circle.opened_by_id == by.agency_id
            by.has_joined(found.circle_id, works=row[self.works], information=self.by_leave, is_ours=is_ours)
        if self.asks is not None and row[self.asks]:
            by.asked_why.add(found.circle_id)
        return found

    def _object(self, row: list[Any]) -> Any:
        for place, (converters, expression) in self.converters.items():
            for convert in converters:
                row[place] = convert(row[place], expression, connection)
        found = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[self.own])
        for populator in self.related:
            populator.populate(row, found)
        return found


def _opened_by_leave_alone(query: Any) -> str:
    """What kind of information rows hold that nothing but a grant opens; of those with other ways in, nothing."""
    has_no_other_way = getattr(type(query), "visible_to", None) is CircleQuerySet.visible_to
    return query.model.information if has_no_other_way else ""


def _asked_about(query: Any) -> Any:
    """Of what lies in a circle, also whether the agency works there or only reads, and whether one says why first."""
    if not isinstance(query, CircleQuerySet):
        return query
    anybody = cast(Actor, _Anybody())
    said = Opening.objects.filter(circle=OuterRef("circle"), by=_USER, until__gt=_NOW)
    flagged = Flag.objects.standing().filter(~Exists(said), circle=OuterRef("circle_id"), agency=_AGENCY)
    return query.annotate(
        is_worked_on=Exists(query.opened_to(anybody).that_works()), asks_why=Exists(flagged)
    )


def one_row(model: type[Model], pk: UUID, *, by: Actor, related: tuple[str, ...]) -> Any:
    """The row of a model that the actor may see, with what it is read together with; ``None`` when there is none."""
    return _statement(model, related).read(pk, by)


def kind_of_row(pk: UUID, *, by: Actor, among: tuple[tuple[str, type[Model]], ...]) -> str | None:
    """Which of several kinds a row is that the actor may see; ``None`` when it is none of them, or not theirs to see.

    Args:
        among: what each kind is called, and its table.
    """
    sql, blanks = _which_kind(among)
    told: dict[Any, Any] = {_ROW: pk, _AGENCY: by.agency_id, _USER: by.user_id, _NOW: by.now}
    with connection.cursor() as cursor:
        cursor.execute(sql, [told.get(blank, blank) for blank in blanks])
        row = cursor.fetchone()
    return row[0] if row else None


@lru_cache(maxsize=16)
def _which_kind(among: tuple[tuple[str, type[Model]], ...]) -> tuple[str, tuple[Any, ...]]:
    """All tables in one statement: worked out once, for a dozen walls of code take longer to write than to ask."""
    each: list[Any] = []
    for kind, model in among:
        objects: Any = model._default_manager
        each.append(objects.visible_to(_Anybody()).filter(pk=_ROW).order_by().values_list(Value(kind)))
    first, *others = each
    sql, blanks = first.union(*others, all=True).query.sql_with_params()
    return sql, blanks


@lru_cache(maxsize=128)
def _statement(model: type[Model], related: tuple[str, ...]) -> _Statement:
    return _Statement(model, related)
