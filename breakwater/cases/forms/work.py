from datetime import datetime
from typing import Any

from django import forms

from breakwater.cases.actions.notes import LONGEST, Telling
from breakwater.cases.actions.owners import TO_BE_ACCOUNTABLE
from breakwater.cases.models import Attempt, Case, Closure, Note
from breakwater.cases.timeline import ONLY, Asked
from breakwater.kernel.text import Filled, Ours
from breakwater.people.models import ContactPoint
from breakwater.trust.access import Actor
from breakwater.trust.models import Appointment, Unit, User
from breakwater.ui.act import ActForm
from breakwater.ui.fields import Day, Line, Moment, Words, choice, offer


class NoteForm(ActForm):
    """Something for the chronology."""

    kind = choice("What was it?", Note.Kind.choices, initial=Note.Kind.NOTE)
    words = Words(
        label="What happened?", error_messages={"required": "Write what happened. One line is enough."}
    )
    reached = forms.BooleanField(label="We reached the person themselves", required=False)
    happened_at = Moment(label="When did it happen?", required=False, help_text="Empty means now.")
    with_whom = Line(label="With whom?", required=False)
    what_for = Line(label="What for?", required=False)
    minutes = forms.IntegerField(
        label="Minutes it took",
        required=False,
        min_value=0,
        max_value=LONGEST,
        error_messages={"invalid": "Write the minutes as a number, or leave it empty."},
    )
    outcome = Line(label="What came of it?", required=False)

    def telling(self, now: datetime) -> Telling:
        """What is added."""
        return Telling(**self.cleaned_data | {"happened_at": self.cleaned_data["happened_at"] or now})


class AmendmentForm(ActForm):
    """A note's new text, and why."""

    words = Words(label="The text as it should read")
    reason = Line(
        label="Why is it changed?", max_length=300, error_messages={"required": "Say why it is changed."}
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class NotReachedForm(ActForm):
    """Why somebody was not reached who was written down as reached."""

    reason = Line(
        label="Why?",
        max_length=300,
        help_text="Such as: the wrong case, or the wrong box.",
        error_messages={"required": "Say why: the wrong case, or the wrong box."},
    )


class BarrierForm(ActForm):
    """What stands in the way."""

    words = Line(
        label="What stands in the way?",
        max_length=300,
        help_text="As concrete as it is: a missing letter, a closed desk, a fear.",
        error_messages={"required": "Say what stands in the way."},
    )


class RemovalForm(ActForm):
    """How a barrier was removed."""

    how = Line(
        label="How was it removed?", max_length=300, error_messages={"required": "Say how it was removed."}
    )


class ReasonForm(ActForm):
    """Why something changes."""

    because = Line(label="What changed?", max_length=300, error_messages={"required": "Say what changed."})


class WorkerForm(ActForm):
    """Somebody of the agency who works on cases."""

    worker = forms.ChoiceField(label="Who?", choices=[], error_messages={"required": "Choose somebody."})

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, now=by.now, **kwargs)
        found = Appointment.objects.standing(by.now).visible_to(by).that_may(TO_BE_ACCOUNTABLE)
        self.colleagues = {
            str(one.user_id): one for one in found.select_related("user", "unit").order_by("user__name", "pk")
        }
        choices = [(key, _named(one)) for key, one in self.colleagues.items()]
        offer(self, "worker", [("", "Choose …"), *choices])

    def clean_worker(self) -> User:
        """The colleague themselves."""
        return self.colleagues[self.cleaned_data["worker"]].user


class QueueForm(ActForm):
    """A duty queue of the agency."""

    unit = forms.ChoiceField(label="Which duty queue?", required=False)

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, now=by.now, **kwargs)
        self.units = {str(one.pk): one for one in Unit.objects.open().visible_to(by).order_by("name")}
        queues = [(key, one.name) for key, one in self.units.items()]
        offer(self, "unit", [("", "The whole agency"), *queues])

    def clean_unit(self) -> Unit | None:
        """The unit whose queue it is; none when it is the agency's."""
        return self.units.get(self.cleaned_data["unit"])


_IN_PERSON = "in_person"


class AttemptForm(ActForm):
    """A try to reach the person, and what came of it."""

    contact_point = forms.ChoiceField(label="How did you try?", required=False, widget=forms.RadioSelect)
    asked_first = forms.BooleanField(label="I made sure first that it may be used", required=False)
    outcome = choice(
        "What came of it?", Attempt.Outcome.choices, error_messages={"required": "Say what came of it."},
        help_text="A number that does not work is not used any more, for calls or for notices.",
    )  # fmt: skip
    words = Words(label="What was said?", required=False)
    happened_at = Moment(label="When?", required=False, help_text="Empty means now.")

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standing = ContactPoint.objects.filter(person=case.person_id, ends_at=None).order_by(
            "starts_at", "pk"
        )
        self.points = {str(one.pk): one for one in standing}
        ways = [(key, one.value) for key, one in self.points.items()]
        offer(self, "contact_point", [*ways, (_IN_PERSON, "In person"), ("", "Another way, not in person")])

    def clean(self) -> dict[str, Any]:
        """The way that was used, and whether somebody went there."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        way = data.get("contact_point")
        return data | {"contact_point": self.points.get(str(way)), "in_person": way == _IN_PERSON}


class ClosureForm(ActForm):
    """How the episode ended."""

    outcome = choice(
        "How did it end?", Closure.Outcome.choices, error_messages={"required": "Say how it ended."}
    )
    words = Words(label="In words", required=False, help_text="What the record should say about the ending.")
    what_worked = Words(label="What worked?", required=False, help_text="For whoever opens the next episode.")


class ChronologyForm(forms.Form):
    """What a reader wants to see of a chronology."""

    only = forms.ChoiceField(label="Show", choices=list(ONLY.items()), initial="all", required=False)
    since = Day(label="From day", required=False)
    until = Day(label="Until day", required=False)

    def asked(self, *, for_person: bool = False) -> Asked:
        """What was asked for, as far as it can be read."""
        self.is_valid()
        data = self.cleaned_data
        return Asked(
            only=data.get("only") or "all",
            since=data.get("since"),
            until=data.get("until"),
            for_person=for_person,
        )


def _named(appointment: Appointment) -> str:
    who = {"name": appointment.user.name, "role": Ours(appointment.get_role_display().lower())}
    if appointment.unit:
        return Filled("{name} ({role}, {unit})", unit=appointment.unit.name, **who)
    return Filled("{name} ({role})", **who)
