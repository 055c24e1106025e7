from typing import Any
from uuid import UUID

from django import forms

from breakwater.cases.actions.owners import TO_BE_ACCOUNTABLE
from breakwater.kernel.text import Filled, Ours
from breakwater.trust.access import Actor
from breakwater.trust.capabilities import BUILT_IN, CAPABILITIES
from breakwater.trust.forms import ask_again
from breakwater.trust.models import Agency, AgencyRole, Appointment, Unit, User
from breakwater.ui.fields import Line, choice, offer

_NO_UNIT = ("", "No unit: the whole agency")


class WorkForm(forms.Form):
    """As what somebody works here, and in which unit."""

    role = choice("As what?", [], error_messages={"required": "Choose a role."})
    unit = forms.ChoiceField(label="In which unit?", required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = AgencyRole.objects.visible_to(actor).filter(ended_at=None).order_by("name")
        self.roles: dict[str, str | AgencyRole] = {role.value: role.value for role in BUILT_IN}
        self.roles |= {str(one.pk): one for one in own}
        built_in = [(role.value, role.label) for role in BUILT_IN]
        offer(
            self,
            "role",
            [*built_in, *((key, str(one)) for key, one in self.roles.items() if str(one) != key)],
        )
        self.units = {str(one.pk): one for one in Unit.objects.visible_to(actor).open().order_by("name")}
        offer(self, "unit", [_NO_UNIT, *((key, one.name) for key, one in self.units.items())])

    def clean_role(self) -> str | AgencyRole:
        """A built-in role by its code, or one of the agency's own."""
        return self.roles[self.cleaned_data["role"]]

    def clean_unit(self) -> Unit | None:
        """The unit; none when it is the whole agency."""
        return self.units.get(self.cleaned_data["unit"])


class AppointForm(WorkForm):
    """Somebody who starts to work here."""

    name = Line(
        label="Their name",
        help_text="As colleagues know them.",
        error_messages={"required": "Write their name."},
    )
    username = Line(
        label="Sign-in name", max_length=150, strip=True, help_text="What they type to sign in. It stays the same.",
        error_messages={"required": "Write a sign-in name."},
    )  # fmt: skip

    field_order = ("name", "username", "role", "unit")


class HandOverForm(forms.Form):
    """To whom the cases of somebody go who no longer works on them."""

    to = forms.ChoiceField(label="Who is accountable for their cases from now on?", required=False)

    def __init__(self, *args: Any, actor: Actor, leaver: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = Appointment.objects.visible_to(actor).standing(actor.now).that_may(TO_BE_ACCOUNTABLE)
        found = found.exclude(user=leaver).select_related("user", "own_role").order_by("user__name", "pk")
        self.colleagues = {str(one.user_id): one for one in found}
        named = [
            (key, Filled("{name}, {role}", name=one.user.name, role=Ours(one.role_name)))
            for key, one in self.colleagues.items()
        ]
        offer(self, "to", [("", "The duty queues they came from"), *named])

    def clean_to(self) -> User | None:
        """The colleague; none when the duty queues take them."""
        found = self.colleagues.get(self.cleaned_data["to"])
        return found.user if found else None


class UnitForm(forms.Form):
    """What a unit is called."""

    name = Line(label="What is it called?", max_length=120, error_messages={"required": "Write its name."})

    def clean_name(self) -> str:
        """A name that can be read."""
        name: str = self.cleaned_data["name"].strip()
        if not name:
            raise forms.ValidationError("Write its name.")
        return name


class RoleForm(forms.Form):
    """A role of the agency's own."""

    name = Line(
        label="What is the role called?", max_length=60, error_messages={"required": "Give it a name."}
    )
    capabilities = forms.MultipleChoiceField(
        label="What does it allow?", choices=tuple(CAPABILITIES.items()), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose what it allows."},
    )  # fmt: skip
    because = Line(
        label="Why does one person hold both?", max_length=300, required=False,
        help_text="Only when the role holds rights that should be apart. It is shown with the role.",
    )  # fmt: skip


class SuspensionForm(forms.Form):
    """Stop one's own agency."""

    reason = Line(
        label="Why?", max_length=300, help_text="No names of people helped: other agencies may read this.",
        error_messages={"required": "Say why the agency is suspended."},
    )  # fmt: skip
    looked_after_by = forms.ChoiceField(
        label="Who looks after its open cases meanwhile?", required=False,
        help_text="They see the number, code and next deadline of each case, and who was accountable. No names.",
    )  # fmt: skip
    name = Line(label="The name of your agency, as it is written above")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_again(self, actor)
        self.agency = actor.agency
        others = Agency.objects.exclude(pk=actor.agency_id).order_by("name")
        self.agencies = {str(one.pk): one for one in others}
        offer(
            self,
            "looked_after_by",
            [("", "Nobody yet"), *((key, one.name) for key, one in self.agencies.items())],
        )

    def clean_looked_after_by(self) -> Agency | None:
        """The agency; none when nobody is named yet."""
        return self.agencies.get(self.cleaned_data["looked_after_by"])

    def clean_name(self) -> str:
        """The name of the agency, so that nobody stops it by a slip."""
        name: str = self.cleaned_data["name"].strip()
        if name.casefold() != self.agency.name.casefold():
            raise forms.ValidationError("Write the name of your agency, so that nobody stops it by a slip.")
        return name


def chosen(appointment: Appointment) -> dict[str, UUID | str | None]:
    """What a form about an appointment begins with."""
    return {"role": appointment.own_role_id or appointment.role, "unit": appointment.unit_id}
