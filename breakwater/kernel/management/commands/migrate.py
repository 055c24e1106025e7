"""Django's ``migrate``, which draws a model anew only where a step changes what other models see of it.

After each step Django draws every model again that hangs together with the changed one. Here all of them do, because
everything belongs to an agency: nine tenths of a first start went into that. Four kinds of step are most of ours and
concern nobody but their own model: a new model, to which nothing points yet, a field that points to none, and a
constraint or an index that comes or goes.

And a step is written down as done in the transaction that does it. Django writes it down in one of its own when the
step made a key or an index last: killed between the two, the step was done, and could never be done again.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from django.core.management.commands import migrate
from django.core.management.commands.migrate import Command as Migrate
from django.db import transaction
from django.db.migrations import Migration, executor
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
        self._tell_of_option(drawn, (app_label, model_name), option_name)

    def _remove_option(self, app_label: str, model_name: str, option_name: str, obj_name: str) -> None:
        """Tell it of one that goes."""
        with self._undrawn() as drawn:
            super()._remove_option(app_label, model_name, option_name, obj_name)  # type: ignore[misc]  # the same
        self._tell_of_option(drawn, (app_label, model_name), option_name)

    def _tell_of_option(self, drawn: StateApps | None, model: tuple[str, str], option_name: str) -> None:
        if drawn:
            setattr(drawn.get_model(*model)._meta, option_name, self.models[model].options[option_name])

    def add_field(
        self, app_label: str, model_name: str, name: str, field: Any, preserve_default: bool
    ) -> None:
        """Give the model that is drawn already a field that points to no other."""
        if field.is_relation:
            super().add_field(app_label, model_name, name, field, preserve_default)
            return
        with self._undrawn() as drawn:
            super().add_field(app_label, model_name, name, field, preserve_default)
        if drawn:
            kept = self.models[app_label, model_name].fields[name]
            kept.clone().contribute_to_class(drawn.get_model(app_label, model_name), name)

    @contextmanager
    def _undrawn(self) -> Iterator[StateApps | None]:
        """Keep Django from drawing meanwhile, which it only does where something was drawn before."""
        drawn = self.__dict__.pop("apps", None)
        try:
            yield drawn
        finally:
            if drawn:
                self.__dict__["apps"] = drawn


class OurExecutor(executor.MigrationExecutor):
    """Does a step and writes it down, or neither."""

    def apply_migration(
        self, state: ProjectState, migration: Migration, *how: Any, **more: Any
    ) -> ProjectState:
        """Do a step."""
        with self._whole(migration):
            return super().apply_migration(state, migration, *how, **more)

    def unapply_migration(
        self, state: ProjectState, migration: Migration, *how: Any, **more: Any
    ) -> ProjectState:
        """Take a step back."""
        with self._whole(migration):
            return super().unapply_migration(state, migration, *how, **more)

    def _whole(self, migration: Migration) -> AbstractContextManager[Any]:
        return transaction.atomic(using=self.connection.alias) if migration.atomic else nullcontext()


class Command(Migrate):
    """The same command with that state and that executor."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate."""
        executor.ProjectState = OurState  # type: ignore[attr-defined]  # it only imports the name
        migrate.MigrationExecutor = OurExecutor  # type: ignore[attr-defined]  # the same
        super().handle(*args, **options)
