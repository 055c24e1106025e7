from datetime import datetime
from typing import Any

from django import forms

from breakwater.cases.forms.own_words import OwnWords, offer_own_words, together
from breakwater.kernel.text import Filled, Ours
from breakwater.plans.actions.needs import Task
from breakwater.plans.models import Goal, Need, Step
from breakwater.plans.rules import usual_times
from breakwater.resources.models import Domain
from breakwater.trust.access import Actor
from breakwater.trust.models import Appointment, User
from breakwater.ui.act import ActForm
from breakwater.ui.fields import Line, Moment, Words, choice, needed, offer

_TIMES = {
    "in_2_hours": "In two hours",
    "tonight": "Tonight",
    "tomorrow": "Tomorrow at noon",
    "in_3_days": "In three days",
    "in_a_week": "In a week",
}
_ANOTHER = ("another", "Another time")
_LONGEST = 300
_NO_NEED = ("", "No need in particular")
_NO_GOAL = ("", "No goal in particular")


class NeedForm(forms.Form):
    """A domain of life, and the need in the person's words."""

    domain = choice("What it is about", Domain.choices)
    words = Words(
        label="In their words", required=False, help_text="What they say they need, as they say it."
    )


class NeedEndingForm(forms.Form):
    """How a need ended."""

    how = choice("How did it end?", Need.Ending.choices)


class LinkForm(forms.Form):
    """Which other need this need makes worse."""

    effect = choice("It makes this worse", [])

    def __init__(self, *args: Any, need: Need, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = (
            Need.objects.standing().filter(case=need.case_id).exclude(pk=need.pk).order_by("starts_at", "pk")
        )
        self.needs = {str(other.pk): other for other in others}
        offer(self, "effect", [(pk, _named(other)) for pk, other in self.needs.items()])

    def clean_effect(self) -> Need:
        """The other need itself."""
        return self.needs[self.cleaned_data["effect"]]


class TimeForm(ActForm):
    """When something is due: one of the usual times, or another."""

    when = choice("Done by", [])
    due_at = Moment(
        label="Day and time",
        required=False,
        help_text="Only when none of these fits.",
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, now=actor.now, **kwargs)
        self.times = usual_times(actor.now, actor.zone)
        usual = [(code, f"{_TIMES[code]}, {_told(moment, actor)}") for code, moment in self.times.items()]
        offer(self, "when", [*usual, _ANOTHER])
        self.fields["when"].initial = "tomorrow"

    def clean(self) -> dict[str, Any]:
        """One moment, whichever way it was given."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("when") in self.times:
            cleaned["due_at"] = self.times[cleaned["when"]]
        elif cleaned.get("when") and not cleaned.get("due_at") and "due_at" not in self.errors:
            self.add_error("due_at", "Say when, or choose one of the usual times.")
        return cleaned


def with_their_words(form: forms.Form, cleaned: dict[str, Any]) -> dict[str, Any]:
    """What was chosen of theirs and what was typed, as one line; told at its field where it is empty or too long."""
    words = together(cleaned.get("said") or (), cleaned.get("words") or "", between="; ")
    if not words and "words" not in form.errors:
        form.add_error("words", "Say what it is, or choose a line of theirs.")
    elif len(words) > _LONGEST:
        form.add_error(
            "words",
            f"Together this is {len(words)} characters long, and {_LONGEST} is the most. Choose less.",
        )
    return cleaned | {"words": words}


class StepForm(TimeForm):
    """One clear thing, who does it, by when, for which need."""

    said = OwnWords()
    words = needed(Line(label="What is to be done", max_length=300, help_text="One clear thing."))
    owner = choice("Who does it", Step.Owner.choices)
    worker = forms.ChoiceField(label="Which worker", required=False)
    partner = Line(label="Which partner", required=False)
    goal = forms.ChoiceField(label="Toward which goal", required=False)
    need = forms.ChoiceField(label="For which need", required=False)

    field_order = ("said", "words", "owner", "worker", "partner", "when", "due_at", "goal", "need")

    def __init__(self, *args: Any, actor: Actor, case_id: Any, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        offer_own_words(self, case_id, by=actor)
        self.workers = _colleagues(actor)
        self.needs = {
            str(n.pk): n for n in Need.objects.standing().filter(case=case_id).order_by("starts_at", "pk")
        }
        self.goals = {str(one.pk): one for one in Goal.objects.of_episode(case_id).standing()}
        offer(self, "goal", [_NO_GOAL, *((pk, _named(one)) for pk, one in self.goals.items())])
        offer(self, "worker", [(pk, user.name) for pk, user in self.workers.items()])
        offer(self, "need", [_NO_NEED, *((pk, _named(n)) for pk, n in self.needs.items())])
        self.fields["worker"].initial = str(actor.user.pk) if actor.user else None
        self.fields["owner"].initial = Step.Owner.WORKER

    def clean(self) -> dict[str, Any]:
        """Lines of theirs that were chosen stand before what was typed."""
        return with_their_words(self, super().clean())

    def task(self) -> Task:
        """What was typed, as the act wants it."""
        said = self.cleaned_data
        return Task(
            words=said["words"], owner=said["owner"], partner=said["partner"],
            worker=self.workers.get(said["worker"]), need=self.needs.get(said["need"]),
            goal=self.goals.get(said["goal"]),
        )  # fmt: skip


class CompletionForm(forms.Form):
    """What came of a step."""

    outcome = Line(label="What came of it", max_length=300, required=False)


class DroppingForm(forms.Form):
    """Why a step is dropped."""

    reason = Line(label="Why it is dropped", max_length=300)


def _colleagues(actor: Actor) -> dict[str, User]:
    """Everybody who works at the actor's agency now, the actor first."""
    standing = Appointment.objects.standing(actor.now).filter(agency=actor.agency).select_related("user")
    users = sorted((found.user for found in standing), key=lambda user: (user != actor.user, user.name))
    return {str(user.pk): user for user in users}


def _named(need: Need | Goal) -> str:
    short = need.words if len(need.words) <= 60 else f"{need.words[:59].rstrip()}…"  # noqa: PLR2004 - one line
    domain = Ours(need.get_domain_display())
    return (
        Filled("{domain}: {words}", domain=domain, words=short)
        if short
        else Filled("{domain}", domain=domain)
    )


def _told(moment: datetime, actor: Actor) -> str:
    return f"{moment.astimezone(actor.zone):%a %H:%M}"
