"""Forms with free text about benefits."""

from datetime import UTC, datetime, timedelta

from breakwater.benefits.actions.applying import Proof, submit
from breakwater.benefits.forms.course import (
    ApplicationEndingForm,
    NoticeForm,
    PapersForm,
    SubmissionForm,
)
from breakwater.benefits.models import Application
from tests.luck.told import Told, World

_LAST_WEEK = (datetime.now(UTC) - timedelta(days=7)).date().isoformat()
_YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")


def submitted(world: World) -> None:
    """The application was handed in."""
    found = Application.objects.select_related("case__circle", "circle").get(pk=world.ids["application_id"])
    proof = Proof(how="mail", hand="person")
    submit(found, proof, submitted_at=world.actor.now, at=world.actor.now, by=world.actor)


BENEFITS = (
    Told(PapersForm, "benefits:papers", {"other": "benefits.Paper.words"}),
    Told(
        SubmissionForm, "benefits:submission", {"confirmation": "benefits.Application.confirmation"},
        {"how": "mail", "hand": "person", "submitted_at": _YESTERDAY},
    ),
    Told(
        NoticeForm, "benefits:notice",
        {"words": "benefits.Notice.words", "amount": "benefits.Application.amount"},
        {"kind": "approved", "dated": _LAST_WEEK, "holds_from": _LAST_WEEK}, first=submitted,
    ),
    Told(
        ApplicationEndingForm, "benefits:ending", {"outcome": "benefits.Application.outcome"}, {"how": "given_up"}
    ),
)  # fmt: skip
