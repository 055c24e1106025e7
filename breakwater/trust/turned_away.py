"""Writing down who was refused something, or turned away at a page."""

from itertools import chain
from typing import Any
from uuid import UUID

from django.db import connection
from django.urls import ResolverMatch

from breakwater.kernel.db import run_sql
from breakwater.trust.access import STANDS_NOW, Actor, stands_as
from breakwater.trust.models import Decision

LOOK = "look"
"""The act of a decision about somebody who was turned away at a page."""
_TURNED_AWAY = {403: "NOT-ALLOWED", 404: "NOT-FOUND"}


def note_turned_away(actor: Actor, status: int, match: ResolverMatch | None) -> None:
    """Have it written down that somebody asked for what is not theirs, or is not there: which page, which id.

    Which of the two it was, nobody can tell from the row either: it is the same for both.
    """
    if status not in _TURNED_AWAY or match is None or actor.refused:
        return
    about = next((one for one in match.kwargs.values() if isinstance(one, UUID)), None)
    actor.refused.append(
        Decision(
            agency=actor.agency, by=actor.user, act=LOOK, at=actor.now, about=about, what=match.view_name,
            answer=Decision.Answer.REFUSE, code=_TURNED_AWAY[status],
        )
    )  # fmt: skip


_OF_A_DECISION = [
    one for one in Decision._meta.concrete_fields if not (one.primary_key or one.has_db_default())
]
_INTO_DECISIONS = f"INSERT INTO trust_decision ({', '.join(str(one.column) for one in _OF_A_DECISION)}) "
_A_DECISION = ", ".join(["%s"] * len(_OF_A_DECISION))
_WRITE_A_DECISION_AS = f"""
    WITH was AS MATERIALIZED ({STANDS_NOW}), meanwhile AS MATERIALIZED (
        SELECT set_config('breakwater.agency', %s, true), set_config('breakwater.user', %s, true) FROM was
    ), written AS ({_INTO_DECISIONS} SELECT {_A_DECISION} FROM meanwhile RETURNING id)
    SELECT set_config('breakwater.agency', was.agency, true), set_config('breakwater.user', was.person, true)
    FROM was, (SELECT count(*) FROM written) AS done
"""
"""What ``acting`` does, in one statement. Were a row written before the walls are up, they would refuse it."""


def write_refusals(actor: Actor) -> None:
    """Write down what this actor, for whom the transaction stands, was refused: in one statement by hand."""
    if actor.refused:
        rows = ", ".join([f"({_A_DECISION})"] * len(actor.refused))
        run_sql(f"{_INTO_DECISIONS} VALUES {rows}", tuple(chain(*map(_values_of, actor.refused))))
        actor.refused.clear()


def write_refusals_as(actor: Actor) -> None:
    """The same when the request is over and nobody acts any more: it follows every page that is not theirs."""
    for one in actor.refused:
        run_sql(_WRITE_A_DECISION_AS, (*stands_as(actor), *_values_of(one)))
    actor.refused.clear()


def _values_of(decision: Decision) -> list[Any]:
    return [one.get_db_prep_save(getattr(decision, one.attname), connection) for one in _OF_A_DECISION]
