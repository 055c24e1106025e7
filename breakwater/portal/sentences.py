"""How the chronology tells of a person's own copy."""

from breakwater.cases.timeline import says
from breakwater.cases.timeline.sentences import Facts
from breakwater.portal import events
from breakwater.portal.models import OwnAct, OwnCopy


@says(events.CopyHanded)
def _handed(facts: Facts) -> str:
    whom = "The person" if facts.get("to_person") else "Somebody who speaks for the person"
    code = str(facts.get("way"))
    return (
        f"{whom} was handed a code for their own copy: {dict(OwnCopy.Way.choices).get(code, code).lower()}."
    )


@says(events.OwnWordSaid)
def _said(facts: Facts) -> str:
    code = str(facts.get("kind"))
    return f"{dict(OwnAct.Kind.choices).get(code, code)}, on their own copy."


@says(events.OwnWordAnswered)
def _answered(facts: Facts) -> str:
    code = str(facts.get("answer"))
    answer = dict(OwnAct.Answer.choices).get(code, code).lower()
    return f"What they said about safe contact was answered: {answer}."


@says(events.PhoneGiven)
def _given(facts: Facts) -> str:
    return "The person was given a worker's device, and answers on it themselves."


@says(events.PlanHeldOut)
def _held_out(facts: Facts) -> str:
    return "The person was given a worker's device, to read their plan and answer to it themselves."


@says(events.PlanTakenBack)
@says(events.PhoneTakenBack)
def _taken_back(facts: Facts) -> str:
    return "The device is back with the worker."


@says(events.SiteAnswered)
def _site_answered(facts: Facts) -> str:
    if facts.get("code") == "first_contact":
        return "Whoever takes over confirmed the first contact by its link."
    return f"A site answered by its link: {facts.get('code')}."


@says(events.SiteFileOpened)
def _site_file_opened(facts: Facts) -> str:
    return "A site opened a file that went along with its letter."
