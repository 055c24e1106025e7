"""The tables are what the models say, every step to them can be taken back, and none changes with what comes later."""

import ast

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from breakwater.kernel.db import all_rows
from breakwater.kernel.management.commands.migrate import OurState
from breakwater.trust.library import LAWS
from breakwater.trust.models import Glass, Segment
from breakwater.trust.rules.law import BREAK_GLASS, NEVER
from tests.architecture.source import CODE


def one_way(operations: list[Operation]) -> list[str]:
    """The operations that cannot be taken back."""
    return [operation.describe() for operation in operations if not operation.reversible]


def empty_when_taken_back(operations: list[Operation], state: ProjectState, label: str) -> list[str]:
    """What would be back without a value for the rows that are there; functions that would stay as they are now."""
    found = []
    for one in operations:
        if isinstance(one, migrations.RemoveField):
            field = state.models[label, one.model_name_lower].fields[one.name]
            if not (field.null or field.many_to_many or field.has_default() or field.has_db_default()):
                found.append(f"{one.model_name}.{one.name}")
        if (
            isinstance(one, migrations.RunSQL)
            and one.reverse_sql in ("", [])
            and "OR REPLACE" in str(one.sql)
        ):
            found.append(one.describe())
        one.state_forwards(label, state)
    return found


def of_living_models(tree: ast.Module) -> list[int]:
    """The lines that ask a model of today what it is, its constraints or its choices; or what the law is today."""
    asked, law = {"_meta", "choices", "field", "values"}, {"library", "law"}
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    laws = (
        node for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and law & set((node.module or "").split("."))
    )  # fmt: skip
    return sorted([*(one.lineno for one in found if one.attr in asked), *(one.lineno for one in laws)])


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


def test_a_step_that_is_taken_back_leaves_the_rows_and_no_function_of_its_own():
    loader = MigrationLoader(None)
    steps = loader.graph._generate_plan(loader.graph.leaf_nodes(), at_end=True)
    state = OurState()
    assert {
        key: found
        for key in steps
        if (found := empty_when_taken_back(loader.graph.nodes[key].operations, state, key[0]))
        and type(loader.graph.nodes[key]).__module__.startswith("breakwater.")
    } == {}


def test_the_guard_sees_what_would_be_empty_and_what_would_stay():
    state = OurState()
    fields = [("id", models.AutoField(primary_key=True)), ("bed", models.BooleanField())]
    steps = [migrations.CreateModel("Stay", fields), migrations.RemoveField("Stay", "bed")]
    assert empty_when_taken_back(steps, state, "trust") == ["Stay.bed"]
    kept = migrations.RunSQL("CREATE OR REPLACE FUNCTION a()", migrations.RunSQL.noop)
    assert len(empty_when_taken_back([kept], state, "trust")) == 1
    fine = migrations.AlterField("Tent", "bed", models.BooleanField(default=False))
    steps = [migrations.CreateModel("Tent", fields), fine, migrations.RemoveField("Tent", "bed")]
    assert empty_when_taken_back(steps, state, "trust") == []


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
    assert of_living_models(ast.parse("from breakwater.trust.library import LAWS\nSegment.values")) == [1, 2]


@pytest.mark.django_db
def test_what_no_emergency_opens_is_still_what_the_law_says():
    """The function was written when the law was as it is. A law that changes wants a step that writes it anew."""
    longest = int(max(law.glass.longest for law in LAWS.values()).total_seconds())
    closed = sorted(
        one for one in set(Segment.values) - {Segment.PART2}
        if any(
            BREAK_GLASS in law.regimes[one].refused or law.regimes[one].emergency == NEVER
            for law in LAWS.values()
        )
    )  # fmt: skip
    ((body,),) = all_rows("SELECT prosrc FROM pg_proc WHERE proname = 'trust_break_glass'")
    assert f"lasts > interval '{longest} seconds'" in body
    assert f"lies.segments && ARRAY[{', '.join(map(repr, map(str, closed)))}]" in body
    assert f"reason IN ({', '.join(map(repr, map(str, Glass.MEDICAL)))})" in body
