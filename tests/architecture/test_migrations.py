"""The tables are what the models say, and every step to them can be taken back."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation


def one_way(operations: list[Operation]) -> list[str]:
    """The operations that cannot be taken back."""
    return [operation.describe() for operation in operations if not operation.reversible]


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
