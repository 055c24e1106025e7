"""Our ``migrate`` knows the same models between two steps as Django's own, and draws far fewer anew."""

import pytest
from django.db import models
from django.db.migrations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    CreateModel,
    RemoveConstraint,
    RemoveIndex,
)
from django.db.migrations.state import ModelState, ProjectState

from breakwater.kernel.management.commands.migrate import OurState

_ID = ("id", models.BigAutoField(primary_key=True))


def belongs_to(model, **more):
    return models.ForeignKey(f"field.{model}", models.CASCADE, **more)


STEPS = [
    CreateModel("Agency", [_ID, ("name", models.CharField(max_length=20))]),
    CreateModel("Bed", [_ID, ("keeper", belongs_to("Agency"))]),
    CreateModel("Stay", [_ID, ("bed", belongs_to("Bed")), ("of", belongs_to("Agency", related_name="+"))]),
    AddConstraint("Stay", models.UniqueConstraint(fields=["bed"], name="one_stay")),
    AddIndex("Bed", models.Index(fields=["keeper"], name="by_keeper")),
    AddField("Agency", "city", models.CharField(max_length=20, default="Harbor"), preserve_default=False),
    RemoveConstraint("Stay", "one_stay"),
    RemoveIndex("Bed", "by_keeper"),
    AddField("Agency", "part_of", belongs_to("Agency", null=True)),
    CreateModel("Call", [_ID, ("to", belongs_to("Agency")), ("stays", models.ManyToManyField("field.Stay"))]),
    AddConstraint("Call", models.UniqueConstraint(fields=["to"], name="one_call")),
    AlterField("Agency", "id", models.UUIDField(primary_key=True)),
]


@pytest.fixture
def drawn(monkeypatch):
    """The name of every model that was drawn, as often as it was."""
    names, render = [], ModelState.render
    monkeypatch.setattr(
        ModelState, "render", lambda state, apps: names.append(state.name) or render(state, apps)
    )
    return names


def after(steps, state):
    """The state after these steps, as the executor leads it from one to the next."""
    state = state.clone()
    assert list(state.apps.get_models()) == []
    for step in steps:
        state.clone()
        step.state_forwards("field", state)
    return state


def known(state):
    """All that a step could ask its models."""
    return {
        model._meta.label: (
            sorted((field.name, type(field).__name__, at(field)) for field in model._meta.get_fields()),
            model._meta.constraints,
            model._meta.indexes,
        )
        for model in state.apps.get_models(include_auto_created=True)
    }


def at(field):
    """Where a field or what points back at a model leads, and whether there is but one model of that name."""
    to = field.related_model
    return to and (to._meta.label, to is to._meta.apps.get_model(to._meta.label))


@pytest.mark.parametrize("many", range(1, len(STEPS) + 1))
def test_after_each_step_the_models_are_those_that_django_would_know(many):
    assert known(after(STEPS[:many], OurState())) == known(after(STEPS[:many], ProjectState()))


def test_a_new_model_is_drawn_alone_and_a_field_a_constraint_or_an_index_draws_nothing(drawn):
    state = after(STEPS[:2], OurState())
    assert drawn == ["Agency", "Bed"]
    for step in STEPS[2:8]:
        step.state_forwards("field", state)
    assert drawn == ["Agency", "Bed", "Stay"]
