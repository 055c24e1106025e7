"""Benefits in the county: some wait for a decision, some were refused for a missing paper, some are to be renewed."""

from datetime import timedelta

from breakwater.benefits.actions.applying import (
    Proof,
    begin_application,
    screen_benefits,
    submit,
    want_papers,
)
from breakwater.benefits.actions.notices import Letter, note_notice
from breakwater.benefits.models import Application
from breakwater.benefits.rules.screening import Household
from breakwater.simulation.life import Life


def waits_for_food(life: Life, hours: float) -> Application:
    """Nearly no money: SNAP was asked for, to be decided faster, and the office wants to see papers."""
    told = Household(size=2, income=120, resources=40, housing=700, age=34, children=True, emergency=True)
    screen_benefits(life.case, told, **life.acts(hours))
    application = _handed_in(life, "snap", hours, is_expedited=True)
    due_on = (life.now + timedelta(days=6)).astimezone(life.actor.zone).date()
    papers = list(application.terms.papers.values())[:2]
    want_papers(application, papers, due_on=due_on, **life.acts(hours + 0.5))
    return application


def was_refused(life: Life, hours: float) -> None:
    """Medicaid was refused for a missing paper; the last day to ask for a hearing runs."""
    application = _handed_in(life, "medicaid", hours)
    _told(
        application, life, hours + 1, kind="denied", reason="papers", words="Proof of income did not arrive."
    )


def is_renewed_soon(life: Life, hours: float) -> None:
    """WIC is approved for a time, and somebody has to ask whether the mail still finds them."""
    application = _handed_in(life, "wic", hours)
    today = life.at(hours).astimezone(life.actor.zone).date()
    holds = {"holds_from": today, "holds_until": today + timedelta(days=55), "amount": "Food for two"}
    _told(application, life, hours + 1, kind="approved", **holds)


def _handed_in(life: Life, program: str, hours: float, *, is_expedited: bool = False) -> Application:
    begun = begin_application(life.case, program, is_expedited=is_expedited, **life.acts(hours))
    proof = Proof(how="online", hand="worker", confirmation=f"WEB-{life.case.number[-4:]}")
    return submit(begun, proof, submitted_at=life.at(hours), **life.acts(hours))


def _told(application: Application, life: Life, hours: float, **said: object) -> None:
    acts = life.acts(hours)
    dated = acts["at"].astimezone(life.actor.zone).date()
    note_notice(application, Letter(dated=dated, **said), **acts)  # type: ignore[arg-type]  # facts by name
