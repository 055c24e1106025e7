"""The bridge to PostgreSQL: refusals by constraint, periods of time, and locks."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Func, Q, QuerySet, Value
from django.db.models.functions import Greatest, Now
from psycopg.conninfo import make_conninfo

from breakwater.kernel.errors import Overtaken
from breakwater.kernel.upkeep import Asked, how_far_apart

STANDING = Q(ends_at=None)
"""The rows that hold now: begun and not ended."""

ENDS_AFTER_IT_STARTS = Q(ends_at=None) | Q(ends_at__gt=F("starts_at"))

ENDS_NOT_BEFORE_IT_STARTS = Q(ends_at=None) | Q(ends_at__gte=F("starts_at"))

_CONNECT_SECONDS = 3


class Period(Func):
    """``tstzrange(starts_at, ends_at)``: closed at the start, open at the end, endless when not ended."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()

    def __init__(self, starts: str = "starts_at", ends: str = "ends_at", **extra: Any) -> None:
        super().__init__(starts, ends, **extra)


class RecordedNow(Now):
    """When the database wrote the row: by its own clock, at the moment of the insert."""

    template = "CLOCK_TIMESTAMP()"

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """The wall clock of the database server."""
        return self.as_sql(compiler, connection, template=self.template, **extra)


def not_before(at: datetime, field: str = "starts_at") -> Greatest:
    """The moment as the end of rows, each no sooner than it began: a server ahead of this one may have written that."""
    return Greatest(field, Value(at))


@contextmanager
def refuse_if(constraint: str, sentence: str) -> Iterator[None]:
    """Turn the violation of one named constraint into a refusal; everything else goes through unchanged.

    Raises:
        Overtaken: the database refused because of ``constraint``.
    """
    with refuse_by({constraint: sentence}):
        yield


@contextmanager
def refuse_by(sentences: Mapping[str, str]) -> Iterator[None]:
    """Turn the violation of any of these constraints into its refusal, within one savepoint for all of them.

    Raises:
        Overtaken: the database refused because of one of them.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if sentence := sentences.get(constraint_of(error) or ""):
            raise Overtaken(sentence) from error
        raise


def constraint_of(error: BaseException) -> str | None:
    """The name of the constraint that a database error complains about."""
    cause = error.__cause__
    return getattr(getattr(cause, "diag", None), "constraint_name", None)


def locked(queryset: QuerySet[Any], pk: object) -> Any:
    """The row, read again and held until the transaction ends."""
    return queryset.select_for_update(of=("self",)).get(pk=pk)


def run_sql(sql: str, params: tuple[Any, ...] = ()) -> None:
    """One statement whose answer nobody needs."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def one_at_a_time(what: str) -> None:
    """Let those who say the same go one after another, until their transactions end."""
    run_sql("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (what,))


def one_row(sql: str, params: tuple[Any, ...] = ()) -> tuple[Any, ...] | None:
    """The first row of an answer, or ``None``."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()


def asked_of_upkeep(now: datetime) -> Asked:
    """When the tables were made, and how far PostgreSQL's clock is from ours, which just showed ``now``."""
    began = time.monotonic()
    row = one_row("SELECT clock_timestamp(), (SELECT min(applied) FROM django_migrations)")
    theirs, since = row or (now, None)
    return Asked(since, how_far_apart(theirs, before=now, took=time.monotonic() - began))


def now_by_the_database() -> datetime:
    """The moment by the clock that all servers share."""
    row = one_row("SELECT clock_timestamp()")
    if row is None:
        raise LookupError("a question without a table has one answer")
    now: datetime = row[0]
    return now


def all_rows(sql: str, params: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every row of an answer."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def address(*, called: str) -> str:
    """Where the database is, for a connection of one's own beside those of requests, by the name it has there."""
    found = connection.settings_dict
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    parts = {name: found[key] for key, name in names.items() if found[key]}
    parts |= {name: value for name, value in found["OPTIONS"].items() if isinstance(value, str)}
    return make_conninfo(**parts | {"application_name": called, "connect_timeout": _CONNECT_SECONDS})
