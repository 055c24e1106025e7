"""Django's ``migrate``, which draws a model anew only where a step changes what other models see of it.

After each step Django draws every model again that hangs together with the changed one. Here all of them do, because
everything belongs to an agency: nine tenths of a first start went into that. Three kinds of step are most of ours and
concern nobody but their own model: a new model, to which nothing points yet, a constraint and an index.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db.migrations import executor
from django.db.migrations.state import ModelState, ProjectState, StateApps


class OurState(ProjectState):
    """The models between two steps."""

    def clone(self) -> ProjectState:
        """Another one of the same kind, which Django's own would not be."""
        other = super().clone()
        other.__class__ = type(self)
        return other

    def add_model(self, model_state: ModelState) -> None:
        """Draw the new model alone; the ones it points to hear of it from the registry that they share."""
        key = model_state.app_label, model_state.name_lower
        if key in self.models:
            super().add_model(model_state)
            return
        with self._undrawn() as drawn:
            super().add_model(model_state)
        if drawn:
            drawn.render_multiple([model_state])

    def _append_option(self, app_label: str, model_name: str, option_name: str, obj: Any) -> None:
        """Tell the model that is drawn already of its new constraint or index."""
        with self._undrawn() as drawn:
            super()._append_option(app_label, model_name, option_name, obj)  # type: ignore[misc]  # Django's own, without types
        if drawn:
            told = self.models[app_label, model_name].options[option_name]
            setattr(drawn.get_model(app_label, model_name)._meta, option_name, told)

    @contextmanager
    def _undrawn(self) -> Iterator[StateApps | None]:
        """Keep Django from drawing meanwhile, which it only does where something was drawn before."""
        drawn = self.__dict__.pop("apps", None)
        try:
            yield drawn
        finally:
            if drawn:
                self.__dict__["apps"] = drawn


class Command(Migrate):
    """The same command with that state."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate."""
        executor.ProjectState = OurState  # type: ignore[attr-defined]  # it only imports the name
        super().handle(*args, **options)
