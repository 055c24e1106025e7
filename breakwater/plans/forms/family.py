from typing import Any
from uuid import UUID

from django import forms

from breakwater.cases.models import Case
from breakwater.people.models import Membership
from breakwater.plans.actions.family import Choice, Telling
from breakwater.plans.family import PARTS, mark_of_choices, others_in, said_parts, standing_choices
from breakwater.plans.models import FamilyChoice, FamilyTelling
from breakwater.trust.access import Actor
from breakwater.ui.fields import choice, offer

_ASKED = (("no", "No"), ("yes", "Yes"))


class FamilyForm(forms.Form):
    """For each member of the household: which parts they may see, and whether they may have hurt the person.

    The members are numbered as they stand on the page; ``read`` is the mark of just these, and of what held for them.
    """

    read = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = list(others_in(case, by=actor).values())
        chosen = standing_choices(case)
        self.initial = {"read": mark_of_choices(chosen, [one.pk for one in self.members])}
        for number, member in enumerate(self.members, start=1):
            self._ask(number, member, chosen.get(member.pk))

    def _ask(self, number: int, member: Membership, last: FamilyChoice | None) -> None:
        name = member.person.known_as
        self.fields[f"hurt-{number}"] = choice(f"May {name} have hurt them?", _ASKED)
        self.fields[f"parts-{number}"] = forms.MultipleChoiceField(
            label=f"What may {name} see?", choices=list(PARTS.items()), required=False,
            widget=forms.CheckboxSelectMultiple, help_text="Where nothing is chosen, they see nothing.",
        )  # fmt: skip
        if last:
            self.initial[f"hurt-{number}"] = "yes" if last.hurt_them else "no"
            self.initial[f"parts-{number}"] = last.parts

    def each(self) -> list[tuple[Membership, forms.BoundField, forms.BoundField]]:
        """Each member with the two questions about them."""
        return [
            (one, self[f"hurt-{at}"], self[f"parts-{at}"]) for at, one in enumerate(self.members, start=1)
        ]

    def choices(self) -> dict[UUID, Choice]:
        """What each may see."""
        said = self.cleaned_data
        return {
            one.pk: Choice(
                parts=frozenset(said[f"parts-{number}"]), hurt_them=said[f"hurt-{number}"] == "yes"
            )
            for number, one in enumerate(self.members, start=1)
        }


class TellingForm(forms.Form):
    """Who was told which parts, and how."""

    member = forms.ChoiceField(label="Who was told?")
    parts = forms.MultipleChoiceField(label="Which parts?", widget=forms.CheckboxSelectMultiple)
    how = choice("How?", FamilyTelling.How.choices)
    safe_to_keep = forms.BooleanField(
        label="They told me where they keep the paper, and that it is safe there", required=False
    )

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = standing_choices(case)
        others = others_in(case, by=actor).items()
        self.members = {str(pk): one for pk, one in others if pk in chosen and chosen[pk].parts}
        offer(self, "member", [(pk, one.person.known_as) for pk, one in self.members.items()])
        may_be_seen = {part for one in self.members.values() for part in chosen[one.pk].parts}
        offer(self, "parts", [(part, PARTS[part]) for part in said_parts(case) if part in may_be_seen])

    def telling(self) -> Telling:
        """What was told."""
        said = self.cleaned_data
        return Telling(parts=tuple(said["parts"]), how=said["how"], safe_to_keep=said["safe_to_keep"])
