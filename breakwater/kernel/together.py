"""Several questions, one statement: a page that needs a dozen lists asks for them in one round trip.

Each question stays a QuerySet, so what is asked is said once, in the models. Its SQL is made the first time it is
asked; from then on only the values change, and PostgreSQL keeps the plan.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

Question = Callable[..., QuerySet[Any]]
_Read = Callable[[Any], Any] | None

_READERS: dict[str, _Read] = {
    "UUIDField": UUID,
    "DateTimeField": datetime.fromisoformat,
    "DateField": date.fromisoformat,
    "TimeField": time.fromisoformat,
}
_LOSSY = ("DecimalField", "DurationField", "BinaryField")
"""What JSON would not bring back exactly."""


class Together:
    """Questions that are asked together.

    Args:
        takes: the names of the values that the questions are told; each value is a UUID.
        by: the function in PostgreSQL that asks them in our place, told the values in this order.
        questions: by name, what makes the QuerySet of a question when told the values by name. It must not look at
            them: it is called once, with stand-ins. ``select_related`` and annotations work, prefetching does not.
    """

    def __init__(self, takes: tuple[str, ...], *, by: str = "", **questions: Question) -> None:
        self.takes, self.by = takes, by
        self._questions = questions

    def ask(self, **values: UUID) -> dict[str, list[Any]]:
        """The answers by name, each a list of models in the order of its question.

        Raises:
            TypeError: a question has columns that JSON would not bring back exactly, or hides a value in a list.
        """
        return self.ask_beside(**values)[0]

    def ask_beside(
        self, *figures: tuple[str, list[Any]], **values: UUID
    ) -> tuple[dict[str, list[Any]], list[int]]:
        """The same, and figures that are asked for in the same statement; see ``Counted.within``."""
        statement, holes = self._asked(values)
        told = [*holes, *(one for _, some in figures for one in some)]
        with connection.cursor() as cursor:
            cursor.execute(", ".join([statement, *(sql for sql, _ in figures)]), told)
            row: tuple[Any, ...] = cursor.fetchone() or ()
        asked = len(row) - len(figures)
        answers, counted = row[:asked], row[asked:]
        answers = answers[0] if self.by else answers
        shapes = self._statement[2]
        found = {shape.name: list(shape.models(rows)) for shape, rows in zip(shapes, answers, strict=True)}
        return found, [int(figure) for figure in counted]

    def question(self, name: str, **values: UUID) -> QuerySet[Any]:
        """One of the questions by itself."""
        return self._questions[name](**values)

    def _asked(self, values: Mapping[str, UUID]) -> tuple[str, list[Any]]:
        """The statement and what it is told."""
        if self.by:
            return f"SELECT {self.by}({', '.join(['%s'] * len(self.takes))})", [
                values[one] for one in self.takes
            ]
        parts, holes, _ = self._statement
        return f"SELECT {', '.join(parts)}", [
            values[one.name] if isinstance(one, _Hole) else one for one in holes
        ]

    def of_the_tables(self) -> "Together":
        """The same questions, asked of the tables themselves whatever function there is."""
        return Together(self.takes, by="", **self._questions)

    def written_out(self, literal: Callable[[Any], str], **called: str) -> dict[str, str]:
        """The questions as expressions of SQL by name, each a list of its answers, for a function that asks them.

        Args:
            literal: writes a value down as SQL.
            called: what each value that they are told is called in that function, by name.
        """
        parts, holes, _ = self._statement
        filled = (called[hole.name] if isinstance(hole, _Hole) else literal(hole) for hole in holes)
        return {
            name: one % tuple(islice(filled, one.count("%s")))
            for name, one in zip(self._questions, parts, strict=True)
        }

    @cached_property
    def _statement(self) -> tuple[list[str], list[Any], list["_Shape"]]:
        stand_ins = {name: uuid4() for name in self.takes}
        holes = {value: _Hole(name) for name, value in stand_ins.items()}
        parts: list[str] = []
        params: list[Any] = []
        shapes: list[_Shape] = []
        for name, question in self._questions.items():
            shape, sql, told = _compiled(name, question(**stand_ins))
            columns = ", ".join(f'q."{column}"' for column in shape.columns)
            parts.append(f"(SELECT coalesce(json_agg(json_build_array({columns})), '[]') FROM ({sql}) q)")
            params += [_told(one, holes) for one in told]
            shapes.append(shape)
        return parts, params, shapes


class Counted:
    """How many rows questions find together, in one statement whose SQL is made the first time it is asked.

    Args:
        takes: the names of the values that the questions are told; each value is a UUID.
        questions: as those of ``Together``.
    """

    def __init__(self, takes: tuple[str, ...], *questions: Question) -> None:
        self.takes, self._questions = takes, questions

    def ask(self, **values: UUID) -> int:
        """How many."""
        sql, told = self.within(**values)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {sql}", told)
            return int((cursor.fetchone() or (0,))[0])

    def within(self, **values: UUID) -> tuple[str, list[Any]]:
        """The same as an expression of SQL, and what it is told: for a statement that asks for more."""
        sql, holes = self._statement
        return sql, [values[one.name] if isinstance(one, _Hole) else one for one in holes]

    @cached_property
    def _statement(self) -> tuple[str, list[Any]]:
        stand_ins = {name: uuid4() for name in self.takes}
        holes = {value: _Hole(name) for name, value in stand_ins.items()}
        asked = [
            question(**stand_ins).order_by().values("pk").query.sql_with_params()
            for question in self._questions
        ]
        counts = " + ".join(f"(SELECT count(*) FROM ({sql}) q)" for sql, _ in asked)
        return counts, [_told(one, holes) for _, told in asked for one in told]


def _told(value: Any, holes: Mapping[Any, "_Hole"]) -> Any:
    if isinstance(value, list | tuple) and any(one in holes for one in value):
        raise TypeError("a question told by value cannot look for it in a list")
    return holes.get(value, value) if isinstance(value, UUID) else value


@dataclass(frozen=True, slots=True)
class _Hole:
    """Where a value goes."""

    name: str


@dataclass(frozen=True, slots=True)
class _Shape:
    """How the rows of an answer become models."""

    name: str
    columns: list[str]
    readers: list[tuple[int, Callable[[Any], Any]]]
    model: type[Model]
    fields: list[str]
    start: int
    populators: list[Any]
    annotated: list[tuple[str, int]]

    def models(self, rows: Iterable[list[Any]]) -> Iterable[Model]:
        """The models, with what was selected along with them."""
        end = self.start + len(self.fields)
        for row in rows:
            for place, read in self.readers:
                if row[place] is not None:
                    row[place] = read(row[place])
            made = self.model.from_db(DEFAULT_DB_ALIAS, self.fields, row[self.start : end])
            for populator in self.populators:
                populator.populate(row, made)
            for name, place in self.annotated:
                setattr(made, name, row[place])
            yield made


def _compiled(name: str, question: QuerySet[Any]) -> tuple[_Shape, str, tuple[Any, ...]]:
    """A question's shape, its SQL with every column named, and what the SQL is told."""
    compiler: Any = question.query.get_compiler(connection=connection)
    sql, told = compiler.as_sql(with_col_aliases=True)
    selected, klass, annotated = compiler.select, compiler.klass_info, compiler.annotation_col_map
    readers = [(place, _reader(expression.output_field)) for place, (expression, _, _) in enumerate(selected)]
    places = klass["select_fields"]
    return (
        _Shape(
            name=name,
            columns=[alias for _, _, alias in selected],
            readers=[(place, read) for place, read in readers if read],
            model=klass["model"],
            fields=[selected[place][0].target.attname for place in places],
            start=places[0],
            populators=get_related_populators(klass, selected, DEFAULT_DB_ALIAS),  # type: ignore[call-arg]  # stubs are of a later Django
            annotated=list(annotated.items()),
        ),
        sql,
        told,
    )


def _reader(field: Any) -> _Read:
    """What makes a value of a field out of its JSON; nothing where the JSON is the value."""
    if hasattr(field, "from_json"):
        return field.from_json
    kind = field.get_internal_type()
    if kind in ("ForeignKey", "OneToOneField"):
        return _reader(field.target_field)
    if kind in _LOSSY:
        raise TypeError(f"{field} does not survive JSON")
    if kind == "ArrayField":
        read = _reader(field.base_field)
        return read and (lambda values: [None if one is None else read(one) for one in values])
    return _READERS.get(kind)
