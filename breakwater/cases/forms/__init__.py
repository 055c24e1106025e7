"""Reading what a person typed."""

from breakwater.cases.forms.intake import IntakeForm
from breakwater.cases.forms.readings import CircumstanceForm, DangerForm, GateForm, TriageForm
from breakwater.cases.forms.work import (
    AmendmentForm,
    AttemptForm,
    BarrierForm,
    ChronologyForm,
    ClosureForm,
    NextContactForm,
    NoteForm,
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
    "GateForm",
    "IntakeForm",
    "NextContactForm",
    "NoteForm",
    "QueueForm",
    "ReasonForm",
    "RemovalForm",
    "TriageForm",
    "WorkerForm",
]
