"""The tables are what the models say, every step to them can be taken back, and none changes with what comes later."""

import ast

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from tests.architecture.source import CODE


def one_way(operations: list[Operation]) -> list[str]:
    """The operations that cannot be taken back."""
    return [operation.describe() for operation in operations if not operation.reversible]


def of_living_models(tree: ast.Module) -> list[int]:
    """The lines that ask a model of today what it is: its constraints, its choices."""
    asked = {"_meta", "choices", "field"}
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    return sorted(node.lineno for node in found if node.attr in asked)


@pytest.mark.django_db
def test_no_migration_is_missing():
    labels = [config.label for config in apps.get_app_configs() if config.name.startswith("breakwater.")]
    call_command("makemigrations", *labels, check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_every_step_can_be_taken_back():
    steps = MigrationLoader(connection).disk_migrations
    ours = {key: step for key, step in steps.items() if type(step).__module__.startswith("breakwater.")}
    assert len(ours) > 10
    assert {key: found for key, step in ours.items() if (found := one_way(step.operations))} == {}


def test_the_guard_sees_a_step_that_cannot_be_taken_back():
    assert len(one_way([migrations.RunSQL("SELECT 1")])) == 1
    assert one_way([migrations.RunSQL("SELECT 1", "SELECT 2")]) == []


def test_no_step_asks_a_model_of_today():
    """A step from long ago makes what it made then, whatever the model has become since."""
    steps = [*CODE.glob("*/migrations/0*.py")]
    assert len(steps) > 10
    assert {
        step.name: lines for step in steps if (lines := of_living_models(ast.parse(step.read_text())))
    } == {}


def test_the_guard_sees_a_step_that_asks_a_model_of_today():
    assert of_living_models(ast.parse("a = list(Case._meta.constraints)\nb = Case.Kind.choices")) == [1, 2]
