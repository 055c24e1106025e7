"""How the chronology tells what happened to needs and steps."""

from breakwater.cases.timeline import says
from breakwater.cases.timeline.sentences import Facts
from breakwater.plans import events
from breakwater.plans.models import Need, Step
from breakwater.resources.models import Domain


@says(events.NeedNamed)
def _named(facts: Facts) -> str:
    return f"A need was named: {_domain(facts)}."


@says(events.NeedEnded)
def _ended(facts: Facts) -> str:
    met = facts.get("ended_how") == Need.Ending.MET
    return f"A need was met: {_domain(facts)}." if met else f"No longer needed: {_domain(facts)}."


@says(events.StepPlanned)
def _planned(facts: Facts) -> str:
    owner = dict(Step.Owner.choices).get(str(facts.get("owner")), "somebody")
    return f"A step was planned, to be done by {owner.lower()}."


def _domain(facts: Facts) -> str:
    code = str(facts.get("domain"))
    return dict(Domain.choices).get(code, code).lower()
