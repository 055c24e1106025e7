"""How the chronology tells what happened to benefits."""

from breakwater.benefits import events
from breakwater.benefits.library import PROGRAMS
from breakwater.benefits.models import Application, Notice, Paper
from breakwater.benefits.rules.course import GROUNDS
from breakwater.cases.timeline import says
from breakwater.cases.timeline.sentences import Facts

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
    faster = ", to be decided faster" if facts.get("is_expedited") else ""
    return f"An application was begun: {_program(facts)}{faster}."


@says(events.PapersWanted)
def _wanted(facts: Facts) -> str:
    return f"{_program(facts)}: {facts.get('many')} papers are wanted."


@says(events.PaperSeenTo)
def _seen_to(facts: Facts) -> str:
    how = dict(Paper.Ending.choices).get(str(facts.get("ended_how")), "seen to").lower()
    return (
        f"{_program(facts)}: a paper was {how}."
        if how != "not needed"
        else f"{_program(facts)}: a paper less."
    )


@says(events.ApplicationSubmitted)
def _submitted(facts: Facts) -> str:
    how = dict(Application.How.choices).get(str(facts.get("how")), "").lower()
    return f"{_program(facts)}: the application was handed in, {how}."


@says(events.InterviewBooked)
def _booked(facts: Facts) -> str:
    return f"{_program(facts)}: an interview was booked."


@says(events.InterviewOver)
def _over(facts: Facts) -> str:
    return f"{_program(facts)}: the interview was {'kept' if facts.get('kept') else 'missed'}."


@says(events.NoticeReceived)
def _notice(facts: Facts) -> str:
    kind = dict(Notice.Kind.choices).get(str(facts.get("kind")), "").lower()
    ground = GROUNDS.get(str(facts.get("ground")))
    if ground:
        return f"A notice came about {_program(facts)}: {kind} ({ground})."
    return f"A notice came about {_program(facts)}: {kind}."


@says(events.LastDayFound)
def _last_day(facts: Facts) -> str:
    return f"{_program(facts)}: the last day to appeal was found out."


@says(events.AppealFiled)
def _appealed(facts: Facts) -> str:
    return f"{_program(facts)}: a hearing was asked for."


@says(events.RenewalFiled)
def _renewed(facts: Facts) -> str:
    return f"{_program(facts)}: the renewal was filed."


@says(events.AddressAsked)
def _address(facts: Facts) -> str:
    answer = "still finds them" if facts.get("still_right") else "has to go somewhere else from now"
    return f"{_program(facts)}: asked, and the office's mail {answer}."


@says(events.ApplicationEnded)
def _ended(facts: Facts) -> str:
    return f"{_program(facts)} {_ENDED.get(Application.Ending(str(facts.get('ended_how'))), 'ended')}."


def _program(facts: Facts) -> str:
    code = str(facts.get("program"))
    return _LABELS.get(code, code)
