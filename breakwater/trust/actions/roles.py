"""Roles of an agency's own."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from breakwater.kernel.db import refuse_if
from breakwater.kernel.errors import Refused
from breakwater.trust.access import Actor
from breakwater.trust.capabilities import BUILT_IN, CAPABILITIES
from breakwater.trust.events import RoleEnded, RoleMade
from breakwater.trust.house import HOUSE
from breakwater.trust.journal import record
from breakwater.trust.models import AgencyRole, Appointment
from breakwater.trust.rules.roles import not_apart


@transaction.atomic
def make_role(
    *, name: str, capabilities: Collection[str], because: str, at: datetime, by: Actor
) -> AgencyRole:
    """A role of the agency's own: a name and what it allows. It stays as it was made.

    Args:
        because: why one person holds what should be apart, where the role says so.

    Raises:
        Refused: it allows nothing or what there is not, or what never stands in one role; or it does not say why.
        Overtaken: another role has this name.
    """
    by.must("trust.administer")
    allowed = [one for one in CAPABILITIES if one in capabilities]
    if not allowed or len(allowed) != len(set(capabilities)):
        raise Refused("Choose what the role allows, from the list.")
    if name.strip().casefold() in {role.label.casefold() for role in BUILT_IN}:
        raise Refused("A built-in role has this name. Choose another.")
    together = not_apart(allowed, HOUSE.apart)
    if never := [one for one in together if one.refused]:
        raise Refused(f"These never stand in one role. {never[0].why}")
    if together and not because.strip():
        raise Refused(f"Say why one person holds both. {together[0].why}")
    with refuse_if("a_role_has_its_own_name", "Another role has this name. Choose another."):
        role = AgencyRole.objects.create(
            agency=by.agency, name=name.strip(), capabilities=allowed, because=because.strip(), made_by=by.user,
            made_at=at,
        )  # fmt: skip
    record(RoleMade(role_id=role.pk), about=role.pk, by=by, at=at)
    return role


@transaction.atomic
def end_role(role: AgencyRole, *, at: datetime, by: Actor) -> None:
    """A role can no longer be given.

    Raises:
        Refused: somebody still holds it, or it has ended already.
    """
    by.must("trust.administer")
    role = AgencyRole.objects.select_for_update().get(pk=role.pk)
    if role.agency_id != by.agency_id or role.ended_at is not None:
        raise Refused("This role has ended already.")
    if Appointment.objects.filter(own_role=role, ends_at=None).exists():
        raise Refused("Somebody still holds this role. Move them first.")
    role.ended_at = at
    role.save(update_fields=["ended_at"])
    record(RoleEnded(role_id=role.pk), about=role.pk, by=by, at=at)
