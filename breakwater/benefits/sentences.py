"""How the chronology tells what happened to benefits."""

from breakwater.benefits import events
from breakwater.benefits.library import PROGRAMS
from breakwater.benefits.models import Application, Notice, Paper
from breakwater.benefits.rules.course import GROUNDS
from breakwater.cases.timeline import says
from breakwater.cases.timeline.sentences import Facts, within
from breakwater.kernel.text import Filled, Ours

_LABELS = {code: one.label for found in PROGRAMS.values() for code, one in found.programs.items()}
_ENDED = {
    Application.Ending.GIVEN_UP: "is not wanted any more",
    Application.Ending.HANDED_ON: "is seen to by somebody else from now",
    Application.Ending.AGAIN: "is applied for again",
    Application.Ending.OVER: "is over",
}


@says(events.BenefitsScreened)
def _screened(facts: Facts) -> str:
    return f"Benefits were looked through: {facts.get('worth')} worth applying for."


@says(events.ApplicationStarted)
def _started(facts: Facts) -> str:
    if facts.get("is_expedited"):
        return Filled(
            "An application was begun: {program_label}, to be decided faster.", program_label=_program(facts)
        )
    return Filled("An application was begun: {program_label}.", program_label=_program(facts))


@says(events.PapersWanted)
def _wanted(facts: Facts) -> str:
    return Filled(
        "{program_label}: {many} papers are wanted.", program_label=_program(facts), many=facts.get("many")
    )


@says(events.PaperSeenTo)
def _seen_to(facts: Facts) -> str:
    code, program = str(facts.get("ended_how")), _program(facts)
    if code == Paper.Ending.NOT_NEEDED:
        return Filled("{program_label}: a paper is no longer needed.", program_label=program)
    how = within(dict(Paper.Ending.choices).get(code, "Seen to"))
    return Filled("{program_label}: a paper was {how_label}.", program_label=program, how_label=how)


@says(events.ApplicationSubmitted)
def _submitted(facts: Facts) -> str:
    how = within(dict(Application.How.choices).get(str(facts.get("how")), ""))
    return Filled(
        "{program_label}: the application was handed in, {how_label}.",
        program_label=_program(facts), how_label=how,
    )  # fmt: skip


@says(events.InterviewBooked)
def _booked(facts: Facts) -> str:
    return Filled("{program_label}: an interview was booked.", program_label=_program(facts))


@says(events.InterviewOver)
def _over(facts: Facts) -> str:
    if facts.get("kept"):
        return Filled("{program_label}: the interview was kept.", program_label=_program(facts))
    return Filled("{program_label}: the interview was missed.", program_label=_program(facts))


@says(events.NoticeReceived)
def _notice(facts: Facts) -> str:
    kind = within(dict(Notice.Kind.choices).get(str(facts.get("kind")), ""))
    ground = GROUNDS.get(str(facts.get("ground")))
    if ground:
        return Filled(
            "A notice came about {program_label}: {kind_label} ({ground_label}).",
            program_label=_program(facts), kind_label=kind, ground_label=Ours(ground),
        )  # fmt: skip
    return Filled(
        "A notice came about {program_label}: {kind_label}.", program_label=_program(facts), kind_label=kind
    )


@says(events.LastDayFound)
def _last_day(facts: Facts) -> str:
    return Filled("{program_label}: the last day to appeal was found out.", program_label=_program(facts))


@says(events.AppealFiled)
def _appealed(facts: Facts) -> str:
    return Filled("{program_label}: a hearing was asked for.", program_label=_program(facts))


@says(events.RenewalFiled)
def _renewed(facts: Facts) -> str:
    return Filled("{program_label}: the renewal was filed.", program_label=_program(facts))


@says(events.AddressAsked)
def _address(facts: Facts) -> str:
    answer = Ours("still finds them" if facts.get("still_right") else "has to go somewhere else from now")
    return Filled(
        "{program_label}: asked, and the office's mail {answer_label}.",
        program_label=_program(facts), answer_label=answer,
    )  # fmt: skip


@says(events.ApplicationEnded)
def _ended(facts: Facts) -> str:
    how = Ours(_ENDED.get(Application.Ending(str(facts.get("ended_how"))), "ended"))
    return Filled("{program_label} {how_label}.", program_label=_program(facts), how_label=how)


def _program(facts: Facts) -> Ours:
    code = str(facts.get("program"))
    return Ours(_LABELS.get(code, code))
