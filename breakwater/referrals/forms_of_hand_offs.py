from typing import Any
from uuid import UUID

from django import forms

from breakwater.attachments.library import LIMITS
from breakwater.cases.models import Case, Note
from breakwater.kernel.text import Filled, Ours
from breakwater.referrals.filed import files_of
from breakwater.referrals.forms import ToForm
from breakwater.referrals.packet import SECTIONS
from breakwater.referrals.usual import usual_for
from breakwater.trust.access import Actor
from breakwater.ui.fields import Words, offer

_MOST_NOTES = 50


class HandoffForm(ToForm):
    """What goes into the packet, and to whom."""

    sections = forms.MultipleChoiceField(
        label="What they will see", choices=[(code, title) for code, (title, _, _) in SECTIONS.items()],
        widget=forms.CheckboxSelectMultiple, required=False,
    )  # fmt: skip
    notes = forms.MultipleChoiceField(
        label="Notes that go along, word for word", widget=forms.CheckboxSelectMultiple, required=False
    )
    along = forms.MultipleChoiceField(
        label="Files that go along", widget=forms.CheckboxSelectMultiple, required=False,
        help_text=(
            "Somebody without an account opens them by a link, and reads their kind and size, not their name:"
            f" at most {LIMITS.at_once}."
        ),
    )  # fmt: skip
    message = Words(
        label="A message to the receiver", required=False, help_text="What you would say on the phone."
    )

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        initial = {"sections": list(usual_for(case))} | _as_lists(
            kwargs.pop("initial", {}), "sections", "notes", "along"
        )
        super().__init__(*args, actor=actor, initial=initial, **kwargs)
        notes = list(Note.objects.filter(case=case).in_order()[:_MOST_NOTES])
        offer(self, "notes", [(str(note.pk), _first_words(note, actor)) for note in notes])
        kept = files_of(case, by=actor)
        offer(self, "along", [(str(one.pk), f"{one.name}, {one.length}") for one in kept])
        actor.saw("attachments.attachment", [one.pk for one in kept])
        if len(notes) == _MOST_NOTES:
            latest = f"The latest {_MOST_NOTES}. Tell in your message what older ones say."
            self.fields["notes"].help_text = latest

    def chosen(self) -> dict[str, Any]:
        """What to put into the packet."""
        said = self.cleaned_data
        notes = [UUID(note) for note in said["notes"]]
        return {"sections": said["sections"], "notes": notes, "message": said["message"]}

    def files_chosen(self) -> list[UUID]:
        """Which files go along."""
        return [UUID(one) for one in self.cleaned_data["along"]]


def _as_lists(initial: dict[str, Any], *names: str) -> dict[str, Any]:
    """Drafts keep one value alone as itself; a field of several wants a list."""
    return initial | {name: [initial[name]] for name in names if isinstance(initial.get(name), str)}


def _first_words(note: Note, actor: Actor) -> str:
    when = note.happened_at.astimezone(actor.zone)
    short = note.words if len(note.words) <= 80 else f"{note.words[:79].rstrip()}…"  # noqa: PLR2004 - one line
    of_kind = Ours(f"{note.get_kind_display()}, {when.day} {when:%b %H:%M}")
    return Filled("{of_kind}: {words}", of_kind=of_kind, words=short)
