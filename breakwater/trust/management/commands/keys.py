"""Keys of agencies and of persons: which there are, rotation, another master key, another tree, and the end of one."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table

from breakwater.kernel.cipher import MasterKey
from breakwater.kernel.errors import Refused
from breakwater.trust.actions.keys import destroy_keys, renew_persons, rotate, wrap_anew
from breakwater.trust.keyring import master_key
from breakwater.trust.models import Agency, DataKey

_SHUT = "BREAKWATER_MASTER_KEY is not the key that the agencies' keys are wrapped in. Nothing was changed."


class Command(BaseCommand):
    help = "List the keys of agencies, give them new ones, wrap them in another master key, or destroy them"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["list", "rotate", "rewrap", "renew", "destroy"])
        parser.add_argument("--agency", help="only this one, by its name")
        parser.add_argument(
            "--sure", action="store_true", help="destroy: you know that nothing opens it again"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        acts: dict[str, Callable[[dict[str, Any]], None]] = {
            "list": self._list, "rotate": self._rotate, "rewrap": self._rewrap, "renew": self._renew,
            "destroy": self._destroy,
        }  # fmt: skip
        acts[options["what"]](options)

    def _list(self, options: dict[str, Any]) -> None:
        table = Table("agency", "key", "made", "stands", "persons")
        for key in DataKey.objects.filter(agency__in=_chosen(options)).select_related("agency"):
            table.add_row(
                key.agency.name, str(key.version), f"{key.made_at:%Y-%m-%d}", _standing(key), key.tree
            )
        Console().print(table)

    def _rotate(self, options: dict[str, Any]) -> None:
        _must_open()
        for agency in _chosen(options).filter(pk__in=DataKey.objects.values("agency")):
            with Progress(transient=True) as progress:
                task = progress.add_task(agency.name, total=None)
                try:
                    done = rotate(agency, at=timezone.now(), progress=partial(_show, progress, task))
                except Refused as refusal:
                    raise CommandError(str(refusal)) from refusal
            self.stdout.write(f"{agency.name}: {done} cells stand under a new key; the old one is destroyed.")

    def _rewrap(self, options: dict[str, Any]) -> None:
        if not settings.MASTER_KEY_BEFORE:
            raise CommandError("BREAKWATER_MASTER_KEY_BEFORE must hold the master key up to now.")
        try:
            done = wrap_anew(MasterKey(settings.MASTER_KEY_BEFORE), master=master_key())
        except Refused as refusal:
            raise CommandError(f"BREAKWATER_MASTER_KEY_BEFORE: {_SHUT}") from refusal
        self.stdout.write(f"{done} keys are wrapped in the new master key.")

    def _renew(self, options: dict[str, Any]) -> None:
        _must_open()
        with Progress(transient=True) as progress:
            task = progress.add_task("persons", total=None)
            try:
                done = renew_persons(at=timezone.now(), progress=partial(_show, progress, task))
            except Refused as refusal:
                raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"{done} cells stand under new keys of their persons; no dump from before opens now."
        )

    def _destroy(self, options: dict[str, Any]) -> None:
        if not options["agency"] or not options["sure"]:
            raise CommandError(
                "This cannot be undone: nothing that the agency encrypted opens again. A dump from before"
                " opens as long as its master key is kept. Say --agency NAME --sure."
            )
        for agency in _chosen(options):
            done = destroy_keys(agency, at=timezone.now())
            self.stdout.write(f"{agency.name}: {done} keys are destroyed. Start web and worker again now.")


def _show(progress: Progress, task: TaskID, done: int) -> None:
    progress.update(task, completed=done)


def _chosen(options: dict[str, Any]) -> Any:
    """The agencies that are meant."""
    if not options["agency"]:
        return Agency.objects.order_by("name")
    found = Agency.objects.filter(name=options["agency"])
    if not found:
        raise CommandError("No agency has this name.")
    return found


def _must_open() -> None:
    """Every standing key opens; else nothing is begun."""
    master = master_key()
    for key in DataKey.objects.filter(destroyed_at=None):
        try:
            master.unwrap(bytes(key.wrapped), key.pk, key.agency_id)
        except Refused as refusal:
            raise CommandError(_SHUT) from refusal


def _standing(key: DataKey) -> str:
    if key.destroyed_at:
        return f"destroyed {key.destroyed_at:%Y-%m-%d}"
    return "being replaced" if key.retired_at else "in use"
