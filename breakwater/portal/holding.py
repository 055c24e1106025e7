"""Who holds an open copy: one person, one circle, the chosen parts, to read; and nobody's name."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

from breakwater.kernel.db import one_row, run_sql
from breakwater.portal.library import SPEECH, Speech
from breakwater.trust.access import as_nobody
from breakwater.trust.models import Agency
from breakwater.trust.sealed import keyed

M = TypeVar("M", bound=Model)

_HOLDER = """
    SELECT id, circle_id, case_id, agency_id, parts, language, closes_at, speaks_for_them, portal_family(),
        portal_opener(), portal_opened('who')
    FROM portal_holder()
"""


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Whoever holds an open copy.

    Args:
        speaks_for_them: it is not the person, but somebody who may speak for them.
        opener_id: whose record it is; what is told of others is told by them, or to the two it is about.
        opens: which laws that keep parts of a record apart let the agency know who they are and how to reach them.
        family: the parts of the plans that they may see as one of the household; ``None`` when nothing narrows it.
    """

    copy_id: UUID
    circle_id: UUID
    case_id: UUID
    agency: Agency
    parts: frozenset[str]
    language: str
    closes_at: datetime
    speaks_for_them: bool
    opener_id: UUID
    opens: frozenset[str] = frozenset()
    family: frozenset[str] | None = None

    @property
    def speech(self) -> Speech:
        """What the page says, in their language."""
        return SPEECH[self.language]

    def may_see(self, part: str) -> bool:
        """Whether a part of the plans is shown to them: one of the household sees what the person chose, no more."""
        return self.family is None or part in self.family

    def left(self, at: datetime) -> timedelta:
        """How long the copy stays open."""
        return max(self.closes_at - at, timedelta(0))

    def reads(self, part: str, model: type[M]) -> QuerySet[M]:
        """The rows of a model that a part of the copy may show: of this circle, or none at all."""
        objects: Any = model._default_manager
        found: QuerySet[M] = objects.filter(circle=self.circle_id) if part in self.parts else objects.none()
        return found

    def see(self, part: str, model: type[M], pk: UUID) -> M:
        """One thing that a part of the copy shows.

        Raises:
            Http404: it does not exist, or not on this copy: nobody can tell which.
        """
        found = self.reads(part, model).filter(pk=pk).first()
        if found is None:
            raise Http404
        return found


def left_as(length: timedelta) -> str:
    """How a browser that has no network notes that its copy was left: a cookie for so long, which says nothing else."""
    secure = "; Secure" if settings.SESSION_COOKIE_SECURE else ""
    return f"{settings.LEFT_COOKIE}=1; Path=/; Max-Age={int(length.total_seconds())}; SameSite=Strict{secure}"


def was_left(request: HttpRequest) -> bool:
    """Whether a browser tells that its copy was left while nobody could hear it."""
    return bool(request.COOKIES.get(settings.LEFT_COOKIE))


@contextmanager
def holding(request: HttpRequest, *, though_left: bool = False) -> Iterator[Holder | None]:
    """Behind the wall of the open copy whose key the browser brings; ``None`` when it holds none, or has left it.

    Whoever else is signed in with the same browser has no part in this: the wall of the copy stands alone.
    """
    with as_nobody():
        key = "" if was_left(request) and not though_left else key_of(request)
        run_sql("SELECT set_config('breakwater.copy', %s, true)", (key,))
        yield _holder()
        run_sql("SELECT set_config('breakwater.copy', '', true)")


def key_of(request: HttpRequest) -> str:
    """The hash of the key that a browser brings; ``""`` when it brings none."""
    key = request.COOKIES.get(settings.NOTES_COOKIE, "")
    return mark_of(key) if key else ""


def mark_of(key: str) -> str:
    """How the key of an open copy is kept."""
    return keyed(key, what="open copy")


def _holder() -> Holder | None:
    row = one_row(_HOLDER)
    if row is None:
        return None
    (
        copy_id,
        circle_id,
        case_id,
        agency_id,
        parts,
        language,
        closes_at,
        speaks_for_them,
        family,
        opener,
        opens,
    ) = row
    return Holder(
        copy_id=copy_id, circle_id=circle_id, case_id=case_id, agency=Agency.objects.get(pk=agency_id),
        parts=frozenset(parts), language=language, closes_at=closes_at, speaks_for_them=speaks_for_them,
        family=None if family is None else frozenset(family), opener_id=opener, opens=frozenset(opens or ()),
    )  # fmt: skip
