"""One form: who fills it in and where, and the column from which its words come back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django import forms
from django.apps import apps
from django.test import Client

from breakwater.cases.actions.gates import lose_gate
from breakwater.cases.models import Gate
from breakwater.cases.testing import a_case, a_closed_case
from breakwater.referrals.testing import a_bed
from breakwater.resources.testing import a_service
from breakwater.trust.access import Actor
from breakwater.trust.capabilities import Role
from breakwater.trust.testing import an_actor, as_seen_by
from breakwater.trust.tests.browsing import hidden, press
from tests.architecture.world import addresses, somebody_known


def every_form() -> list[type[forms.Form]]:
    """Every form there is."""

    def below(form: type[forms.Form]) -> Iterator[type[forms.Form]]:
        for one in form.__subclasses__():
            yield one
            yield from below(one)

    return [one for one in below(forms.Form) if "tests" not in one.__module__]


def texts(form: type[forms.Form]) -> dict[str, int]:
    """The fields of free text of a form, each with the longest text it takes."""
    return {
        name: one.max_length or 20_000
        for name, one in form.base_fields.items()
        if isinstance(one, forms.CharField)
        and not isinstance(one, forms.UUIDField)
        and not one.widget.is_hidden
    }


@dataclass
class World:
    """Somebody known with everything on their case, and more cases for what happens once."""

    actor: Actor
    officer: Actor
    second: Actor
    chief: Actor
    ids: dict[str, Any]

    @classmethod
    def of_somebody(cls) -> "World":
        """One of everything."""
        actor, ids = somebody_known()
        now = actor.now
        fresh = a_case(by=actor, at=now - timedelta(minutes=5))
        closed = a_closed_case(by=actor, at=now - timedelta(days=3))
        lose_gate(
            Gate.objects.standing().filter(case=ids["case_id"]).last(), because="Gone.", at=now, by=actor
        )
        listed = a_service("Laundry of the parish")
        roles = (Role.PRIVACY_OFFICER, Role.PRIVACY_OFFICER, Role.ADMINISTRATOR)
        desks = [an_actor(role, agency=actor.agency, now=now) for role in roles]
        ids |= {"fresh": fresh.pk, "closed": closed.pk, "service_id": listed.pk}
        ids |= {
            "organization_id": listed.organization_id,
            "own_bed_id": a_bed(keeper=actor.agency, at=now).pk,
        }
        return cls(actor, *desks, ids)


@dataclass(frozen=True)
class Told:
    """One form: its address, what else it needs, and the column each text comes back from.

    Args:
        of: which id of the world its address takes, when not the one that the address names.
        first: what must have happened before.
        shown: what was shown and is sent along.
        by: whose form it is, as the world calls them.
        trims: it holds names, of which blanks at the ends are not kept, or between words only one.
        answers: the status when it is taken; 200 where a secret is shown once.
    """

    form: type[forms.Form]
    where: str
    back: dict[str, str]
    also: dict[str, str] = field(default_factory=dict)
    of: str = ""
    first: Callable[[World], Any] = lambda world: None
    shown: Callable[[World, dict[str, str]], str] | None = None
    by: str = "actor"
    trims: bool = False
    answers: int = 303

    def who(self, world: World) -> Actor:
        """Whose form it is."""
        who: Actor = getattr(world, self.by)
        return who

    def begin(self, world: World) -> None:
        """What must have happened before, and then they sit down at it."""
        self.first(world)
        as_seen_by(self.who(world))

    def address(self, world: World) -> str:
        """Where it is sent."""
        (address,) = (one for one in addresses() if one.name == self.where)
        return address.at(dict(world.ids, **({address.ids[0]: world.ids[self.of]} if self.of else {})))

    def send(self, client: Client, world: World, typed: dict[str, str]) -> Any:
        """Fill it in and press; where something is shown first, what was shown comes along."""
        said = self.also | typed
        if self.shown:
            said["shown"] = self.shown(world, said)
        elif self.also.get("read") == "":
            said["read"] = hidden(client.get(self.address(world)).content, "read")
        elif "shown" in self.also:
            said["shown"] = hidden(
                press(client, self.address(world), by=self.who(world), **said).content, "shown"
            )
        return press(client, self.address(world), by=self.who(world), **said)

    def lost(self, typed: dict[str, str]) -> list[str]:
        """The fields whose text no row says exactly; in its column it may be encrypted. Each table is read once."""
        read: dict[str, list[Any]] = {}
        return [name for name, text in typed.items() if not self._says(name, text, read)]

    def _says(self, name: str, text: str, read: dict[str, list[Any]]) -> bool:
        model, column = self.back[name].rsplit(".", 1)
        if model not in read:
            read[model] = list(apps.get_model(model).objects.all())
        kept = {text, text.strip(), " ".join(text.split())} if self.trims else {text}
        return any(not kept.isdisjoint(_strings(getattr(row, column))) for row in reversed(read[model]))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
    else:
        yield str(value)
