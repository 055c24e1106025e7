"""Reading what a person typed."""

from breakwater.cases.forms.contact import GatesForm, NextContactForm
from breakwater.cases.forms.intake import IntakeForm
from breakwater.cases.forms.readings import CircumstanceForm, DangerForm, TriageForm
from breakwater.cases.forms.work import (
    AmendmentForm,
    AttemptForm,
    BarrierForm,
    ChronologyForm,
    ClosureForm,
    NoteForm,
    NotReachedForm,
    QueueForm,
    ReasonForm,
    RemovalForm,
    WorkerForm,
)

__all__ = [
    "AmendmentForm",
    "AttemptForm",
    "BarrierForm",
    "ChronologyForm",
    "CircumstanceForm",
    "ClosureForm",
    "DangerForm",
    "GatesForm",
    "IntakeForm",
    "NextContactForm",
    "NotReachedForm",
    "NoteForm",
    "QueueForm",
    "ReasonForm",
    "RemovalForm",
    "TriageForm",
    "WorkerForm",
]
