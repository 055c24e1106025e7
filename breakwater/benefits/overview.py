"""What is read together: one application with all about it, what is due about benefits, and what was lost for what."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from breakwater.attachments.shown import files_on
from breakwater.benefits.library import Program, programs_of
from breakwater.benefits.models import Application, Notice, Paper, Screening
from breakwater.benefits.rules.course import share
from breakwater.benefits.rules.screening import Verdict, in_order
from breakwater.cases.models import Assignment, Case
from breakwater.clocks.models import Clock
from breakwater.kernel.text import Ours
from breakwater.trust.access import Actor

YEAR = timedelta(days=365)


def answers_of(screening: Screening) -> list[tuple[Program, Verdict, bool]]:
    """What came out for each program, those worth applying for first, and whether faster is worth asking for."""
    programs = programs_of(screening.programs).programs
    told = {code: one for code, one in screening.answers.items() if code in programs}
    verdicts = {code: Verdict(one["answer"], tuple(one["reasons"])) for code, one in told.items()}
    return [(programs[code], verdicts[code], told[code]["faster"]) for code in in_order(verdicts)]


def application_of(application: Application, *, by: Actor) -> dict[str, Any]:
    """Everything the page of one application shows."""
    papers = list(Paper.objects.of_application(application.pk))
    notices = Notice.objects.of_application(application.pk).select_related("by").defer("by__password")
    files = files_on([application.pk, *(one.pk for one in (*notices, *papers))], by=by)
    return {
        "clocks": list(Clock.objects.running().of(application.pk).order_by("due_at")),
        "missing": [one for one in papers if one.ends_at is None],
        "seen_to": [one for one in papers if one.ends_at is not None],
        "notices": list(notices),
        "files": files,
        "terms": application.terms,
    }


@dataclass(frozen=True)
class Due:
    """What is due about an application, and whose case it is."""

    application: Application
    clock: Clock
    is_mine: bool


def calendar_of(actor: Actor, *, is_mine: bool, most: int) -> list[Due]:
    """What is due about the benefits that the actor's agency watches, the next first."""
    watched = {one.pk: one for one in Application.objects.watched_by(actor)}
    mine = set(
        Assignment.objects.standing()
        .filter(worker=actor.user, case__in={one.case_id for one in watched.values()})
        .values_list("case_id", flat=True)
    )
    clocks = Clock.objects.running().filter(about__in=list(watched)).order_by("due_at", "pk")
    rows = [Due(watched[one.about], one, watched[one.about].case_id in mine) for one in clocks]
    return [row for row in rows if row.is_mine or not is_mine][:most]


def losses_of(actor: Actor) -> dict[str, Any]:
    """What was lost in the last year in the actor's agency, by program, and all together."""
    since = actor.now - YEAR
    found = list(Notice.objects.losses(actor, since).values_list("application__program", "reason"))
    labels = {code: one.label for code, one in programs_of(actor.agency.profile).programs.items()}
    by_program = [
        (label, share(reason for program, reason in found if program == code))
        for code, label in labels.items()
    ]
    return {
        "total": share(reason for _, reason in found),
        "by_program": [(label, one) for label, one in by_program if one.all],
        "since": since,
    }


@dataclass(frozen=True)
class Told:
    """An application as it is handed on: where it stands and what is missing, and what is due by when."""

    label: str
    facts: list[str]
    due: list[tuple[str, datetime]]


def told_on(case: Case) -> list[Told]:
    """The applications of a case that are on their way, for whoever sees to them next."""
    applications = list(Application.objects.of_episode(case.pk).standing())
    papers = list(Paper.objects.missing_in(case.pk))
    clocks = list(
        Clock.objects.running().filter(about__in=[one.pk for one in applications]).order_by("due_at")
    )
    return [
        Told(
            label=one.label,
            facts=_facts(one, [paper.words for paper in papers if paper.application_id == one.pk]),
            due=[(clock.label, clock.due_at) for clock in clocks if clock.about == one.pk],
        )
        for one in applications
    ]


def _day(on: date) -> str:
    return f"{on:%B} {on.day}, {on.year}"


def _facts(application: Application, missing: list[str]) -> list[str]:
    until = Ours(f"Approved until {_day(application.holds_until)}") if application.holds_until else ""
    proof = Ours(f"Proof: {application.confirmation}") if application.confirmation else ""
    papers = Ours(f"Missing: {', '.join(missing)}") if missing else ""
    return [one for one in (application.get_stage_display(), until, proof, papers) if one]
