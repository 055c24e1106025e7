"""Pre-screen, begin an application, gather papers, hand it in, keep the interview; and end it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from breakwater.attachments.actions import attach
from breakwater.attachments.forms import Brought
from breakwater.benefits.actions.going import (
    FILING,
    INTERVIEW,
    PAPERS,
    STATUS,
    clock_of,
    move,
    on_its_way,
    peg,
    tell,
    unwatch,
    watch,
)
from breakwater.benefits.events import (
    ApplicationEnded,
    ApplicationStarted,
    ApplicationSubmitted,
    BenefitsScreened,
    InterviewBooked,
    InterviewOver,
    PaperSeenTo,
    PapersWanted,
)
from breakwater.benefits.library import programs_of
from breakwater.benefits.models import Application, Paper, Screening
from breakwater.benefits.rules.course import DENIED, ENDED, LOST, SUBMITTED
from breakwater.benefits.rules.screening import SETTLED, WORTH, Household
from breakwater.cases.actions.holding import held
from breakwater.cases.models import Case
from breakwater.kernel.days import end_of_day
from breakwater.kernel.db import refuse_if
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.trust.access import Actor
from breakwater.trust.journal import record


@dataclass(frozen=True, kw_only=True)
class Proof:
    """How an application was handed in, by whom, and what proves it."""

    how: str
    hand: str
    confirmation: str = ""
    attached: Sequence[Brought] = ()


@transaction.atomic
def screen_benefits(case: Case, household: Household, *, at: datetime, by: Actor) -> Screening:
    """Look through the programs with what was told; keep what came out, and nothing of what was said of citizenship.

    Raises:
        Refused: the case is closed.
    """
    by.must("plans.work", case.circle)
    case = held(case, by=by)
    programs, today = programs_of(by.agency.profile), at.astimezone(by.zone).date()
    found = programs.screen(household, today=today)
    kept: dict[str, Any] = {
        "told": {name: said for name, said in asdict(household).items() if said is not None and name != SETTLED},
        "answers": {
            code: {
                "answer": one.answer, "reasons": list(one.reasons),
                "faster": programs.is_faster(code, household, today=today),
            }
            for code, one in found.items()
        },
    }  # fmt: skip
    screening = Screening(circle=case.circle, case=case, programs=programs.stamp, by=by.user, at=at, **kept)
    screening.save(force_insert=True)
    worth = sum(one.answer == WORTH for one in found.values())
    record(
        BenefitsScreened(screening_id=screening.pk, worth=worth),
        about=screening.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    return screening


@transaction.atomic
def begin_application(
    case: Case, program: str, *, is_expedited: bool, at: datetime, by: Actor
) -> Application:
    """Begin an application; one that was refused or stopped before ends with it, and is told as its past.

    Raises:
        Refused: there is no such program, or it is never decided faster; or the case is closed.
        Overtaken: an application for it is on its way already.
    """
    by.must("plans.work", case.circle)
    case = held(case, by=by)
    programs = programs_of(by.agency.profile)
    if program not in programs.programs:
        raise Refused("Choose what to apply for.")
    if is_expedited and not programs.programs[program].expedited:
        raise Refused(
            f"{programs.programs[program].label} has no faster decision. Untick that it is asked for."
        )
    before = (
        Application.objects.standing().filter(case=case, program=program, stage__in=(DENIED, LOST)).first()
    )
    if before is not None:
        end_application(before, how=Application.Ending.AGAIN, outcome="Applied for again", at=at, by=by)
    application = Application(
        circle=case.circle, case=case, program=program, programs=programs.stamp, again_of=before,
        is_expedited=is_expedited, by=by.user, starts_at=at,
    )  # fmt: skip
    with refuse_if(
        "one_standing_application_for_a_program", "An application for this is already open. Open that one."
    ):
        application.save(force_insert=True)
    watch(application, clock_of(application, "filing", FILING, by=by)[0], since=at, at=at, by=by)
    news = ApplicationStarted(application_id=application.pk, program=program, is_expedited=is_expedited)
    tell(news, application, at=at, by=by)
    return application


@transaction.atomic
def want_papers(
    application: Application, papers: Sequence[str], *, due_on: date | None, at: datetime, by: Actor
) -> list[Paper]:
    """The office wants to see papers, by a day where it says one.

    Raises:
        Refused: no paper is named, or the day is over.
        Overtaken: the application has ended.
    """
    by.must("plans.work", application.circle)
    application = on_its_way(application, by=by)
    wanted = list(dict.fromkeys(words for words in papers if words.strip()))
    if not wanted:
        raise Refused("Say which papers the office wants to see.")
    if due_on is not None and end_of_day(due_on, by.zone) <= at:
        raise Refused("This day is over. Ask the office for another, and write that one down.")
    made = []
    for words in wanted:
        paper = Paper(
            circle=application.circle, application=application, words=words, by=by.user, starts_at=at
        )
        paper.save(force_insert=True)
        made.append(paper)
    if due_on is not None:
        watch(application, PAPERS, since=at, until=end_of_day(due_on, by.zone), at=at, by=by)
    news = PapersWanted(application_id=application.pk, program=application.program, many=len(made))
    tell(news, application, at=at, by=by)
    return made


@transaction.atomic
def see_to_paper(paper: Paper, *, how: str, at: datetime, by: Actor) -> Paper:
    """A paper was handed in, or is not needed. With the last one, nothing is waited for.

    Raises:
        Overtaken: it was seen to already, or the application has ended.
    """
    by.must("plans.work", paper.circle)
    application = on_its_way(paper.application, by=by)
    paper = Paper.objects.lock(paper)
    if paper.ends_at is not None:
        raise Overtaken(f"This paper was seen to already: {paper.get_ended_how_display().lower()}.")
    paper.ends_at, paper.ended_how, paper.ended_by = max(at, paper.starts_at), how, by.user
    paper.save(update_fields=["ends_at", "ended_how", "ended_by"])
    if not Paper.objects.standing().filter(application=application).exists():
        unwatch(application, [PAPERS], at=at, by=by)
    news = PaperSeenTo(paper_id=paper.pk, program=application.program, ended_how=how)
    tell(news, application, at=at, by=by)
    return paper


@transaction.atomic
def submit(
    application: Application, proof: Proof, *, submitted_at: datetime, at: datetime, by: Actor
) -> Application:
    """It was handed in: when, how, by whom, with which proof. From then the office owes a decision.

    Raises:
        Refused: that lies ahead, or it is not said how.
        Overtaken: it was handed in already, or has ended.
    """
    by.must("plans.work", application.circle)
    application = on_its_way(application, by=by)
    if submitted_at > at:
        raise Refused("It cannot be handed in at a time still to come. Check day and time.")
    move(application, SUBMITTED)
    application.submitted_at, application.submitted_by = submitted_at, by.user
    application.submitted_how, application.submitted_hand = proof.how, proof.hand
    application.confirmation = proof.confirmation
    application.save(
        update_fields=[
            "stage", "submitted_at", "submitted_by", "submitted_how", "submitted_hand", "confirmation",
        ]
    )  # fmt: skip
    attach(proof.attached, peg("application", application, by=by), at=at, by=by)
    _await_decision(application, at=at, by=by)
    news = ApplicationSubmitted(application_id=application.pk, program=application.program, how=proof.how)
    tell(news, application, at=at, by=by)
    return application


@transaction.atomic
def book_interview(
    application: Application, *, interview_at: datetime, at: datetime, by: Actor
) -> Application:
    """The office wants to speak with them at a time; an earlier time is replaced.

    Raises:
        Refused: the time is past.
        Overtaken: the application has ended.
    """
    by.must("plans.work", application.circle)
    application = on_its_way(application, by=by)
    if interview_at <= at:
        raise Refused("An interview is booked for a time still to come.")
    application.interview_at = interview_at
    application.save(update_fields=["interview_at"])
    watch(application, INTERVIEW, since=at, until=interview_at, at=at, by=by)
    news = InterviewBooked(
        application_id=application.pk, program=application.program, interview_at=interview_at
    )
    tell(news, application, at=at, by=by)
    return application


@transaction.atomic
def end_interview(application: Application, *, kept: bool, at: datetime, by: Actor) -> Application:
    """The interview was kept, or missed: then another one is asked for.

    Raises:
        Overtaken: none is booked, or the application has ended.
    """
    by.must("plans.work", application.circle)
    application = on_its_way(application, by=by)
    if application.interview_at is None:
        raise Overtaken("No interview is booked. Open the page again to see how it stands.")
    application.interview_at = None
    application.save(update_fields=["interview_at"])
    excuse = "" if kept else "The interview was missed"
    unwatch(application, [INTERVIEW], excuse=excuse, at=at, by=by)
    news = InterviewOver(application_id=application.pk, program=application.program, kept=kept)
    tell(news, application, at=at, by=by)
    return application


@transaction.atomic
def end_application(
    application: Application, *, how: str, outcome: str, at: datetime, by: Actor
) -> Application:
    """It ends with every clock about it: given up, handed on to somebody who is named, applied for again, or over.

    Raises:
        Refused: it is not said why, or who sees to it from now.
        Overtaken: it has ended already.
    """
    by.must("plans.work", application.circle)
    application = on_its_way(application, by=by)
    if not outcome.strip():
        raise Refused("Say why it ends. If somebody takes it over, say who.")
    move(application, ENDED)
    application.ends_at, application.ended_how = max(at, application.starts_at), how
    application.outcome, application.ended_by = outcome, by.user
    application.save(update_fields=["stage", "ends_at", "ended_how", "outcome", "ended_by"])
    unwatch(application, excuse=outcome, at=at, by=by)
    news = ApplicationEnded(application_id=application.pk, program=application.program, ended_how=how)
    tell(news, application, at=at, by=by)
    return application


def _await_decision(application: Application, *, at: datetime, by: Actor) -> None:
    """The decision's clock runs from filing; where no law has one, ours asks how it stands."""
    since = application.submitted_at or at
    if application.is_expedited:
        watch(application, clock_of(application, "expedited", STATUS, by=by)[0], since=since, at=at, by=by)
    watch(application, clock_of(application, "decision", STATUS, by=by)[0], since=since, at=at, by=by)
    unwatch(application, [clock_of(application, "filing", FILING, by=by)[0]], at=at, by=by)
