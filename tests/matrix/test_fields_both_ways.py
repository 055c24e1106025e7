"""SP-07: what a form does not ask for cannot be written through it, whatever it is called and however it is sent."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from breakwater.kernel.keys import new_key
from breakwater.trust.models import Agency, User
from tests.matrix.acts import DONE, Rows, act_of, that_can_be_done, undone
from tests.matrix.cells import Cell, sample
from tests.matrix.forms import Form, every_form, forms_met
from tests.matrix.world import World

WHAT_WAS_ASKED = ("trust_sighting", "asked")
"""Names from a list of ours that stood in the address: written down for just that."""


@pytest.fixture(scope="module")
def met(world) -> dict[str, Form]:
    """Every form, as it stands on a page."""
    return forms_met(world)


@pytest.fixture(scope="module")
def rows(world) -> Rows:
    """What everybody could see before."""
    return Rows(world)


@pytest.fixture(scope="module")
def columns(world) -> dict[str, Any]:
    """What is sent besides."""
    return every_column(world)


@pytest.fixture
def any_number_of_fields() -> Iterator[None]:
    """Every column at once is more than any form may hold.

    Said to the settings there are: with settings of its own, each test would build the chain of middleware anew.
    """
    before, settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS, 4_000
    yield
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = before


def every_column(world: World) -> dict[str, Any]:
    """Each column of each table of ours by its name, with a value that would be bad to find there."""
    found: dict[str, Any] = {}
    for model in apps.get_models():
        if model.__module__.startswith("breakwater."):
            for column in model._meta.concrete_fields:
                found |= dict.fromkeys({column.name, column.attname}, _bad(world, column))
    return found


def _bad(world: World, column: Any) -> str:
    if isinstance(column, models.ForeignKey):
        theirs = {Agency: world.agencies["victor"].pk, User: world.actors["advocate"].user.pk}
        return str(theirs.get(column.related_model, world.ids("hers")["case_id"]))
    simple: dict[Any, str] = {
        models.BooleanField: "on", models.DateTimeField: "2001-02-03 04:05", models.DateField: "2001-02-03",
        models.IntegerField: "99", models.UUIDField: str(world.ids("hers")["case_id"]), models.JSONField: "{}",
    }  # fmt: skip
    return next((value for kind, value in simple.items() if isinstance(column, kind)), "tampered")


def test_the_columns_are_found():
    columns = every_column_names()
    assert {
        "id",
        "agency_id",
        "is_active",
        "created_at",
        "starts_at",
        "role",
        "circle_id",
        "segments",
    } & columns
    assert len(columns) > 150


def every_column_names() -> set[str]:
    return {
        column.attname
        for model in apps.get_models()
        if model.__module__.startswith("breakwater.")
        for column in model._meta.concrete_fields
    }


@pytest.mark.parametrize("name", that_can_be_done())
@pytest.mark.usefixtures("any_number_of_fields")
def test_what_is_sent_besides_changes_nothing(world, met, rows, columns, name):
    """By form and in the address, as it is, as a list and nested: the same is written as without it."""
    act = act_of(name)
    first, again = (rows.written_by(act) for _ in range(2))
    assert first[0] in DONE
    asked_for = set(met.get(name, Form()).fields) | set(sample(world, act))
    tampered = rows.written_by(act, *besides(columns, asked_for))
    if tampered[0] not in DONE:  # its form has a field that this page does not show
        tampered = rows.written_by(
            act, *besides(columns, asked_for | fields_of_a_form_with(sample(world, act)))
        )
    assert tampered[0] == first[0]
    restless = {one[:2] for one in (first[1] - again[1]) + (again[1] - first[1])} | {WHAT_WAS_ASKED}
    odd = {one for one in (tampered[1] - first[1]) + (first[1] - tampered[1]) if one[:2] not in restless}
    assert odd == set()


def besides(columns: Mapping[str, Any], asked_for: Collection[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Every column that a form does not ask for, sent in it and in its address; and there its own fields as well."""
    bad = {name: value for name, value in columns.items() if name not in asked_for}
    return bad | {f"{name}[]": value for name, value in bad.items()}, bad | dict.fromkeys(
        set(asked_for) - {"idempotency_key"}, "tampered"
    )


def fields_of_a_form_with(names: Collection[str]) -> set[str]:
    """Every field of the forms that have all of these."""
    typed = set(names) - {"idempotency_key"}
    return {field for kind in every_form() if typed <= set(kind.base_fields) for field in kind.base_fields}


@pytest.mark.parametrize("name", that_can_be_done())
def test_what_is_sent_as_json_is_as_if_nothing_was_sent(world, columns, name):
    act = act_of(name)
    with undone() as wrote:
        said = in_json(world, act, columns | sample(world, act))
    with undone() as wrote_of_nothing:
        nothing = in_json(world, act, {})
    for one in (wrote, wrote_of_nothing):
        one.pop(
            "trust_session", None
        )  # that they sit there is written down once a minute, whatever they send
    assert (said.status_code, wrote) == (nothing.status_code, wrote_of_nothing)


def in_json(world: World, act: Cell, said: dict[str, Any]) -> Any:
    """Send an act as a program would."""
    key = str(new_key(world.actors[act.actor].user.pk))
    return world.client(act.actor).post(
        act.page.at(world.ids(act.record)), json.dumps(said, default=str), content_type="application/json",
        headers={"Idempotency-Key": key},
    )  # fmt: skip
