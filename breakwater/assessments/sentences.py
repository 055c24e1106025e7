"""How the chronology tells what was asked, what had to be heard, and what was decided."""

from breakwater.assessments import events
from breakwater.assessments.library import INSTRUMENTS, PROPOSALS
from breakwater.assessments.models.asked import TIER_LABELS
from breakwater.cases.timeline import says
from breakwater.cases.timeline.sentences import Facts
from breakwater.trust.rules.law import PURPOSES


@says(events.AssessmentBegun)
def _begun(facts: Facts) -> str:
    return f"{_title(facts)} was begun."


@says(events.AssessmentCompleted)
def _completed(facts: Facts) -> str:
    return f"{_title(facts)} was completed. {_level(facts)}"


@says(events.AssessmentAmended)
def _amended(facts: Facts) -> str:
    return f"{_title(facts)} was amended; this is result {facts.get('number')}. {_level(facts)}"


@says(events.AssessmentStopped)
def _stopped(facts: Facts) -> str:
    return f"{_title(facts)} was not finished."


@says(events.AssessmentExported)
def _exported(facts: Facts) -> str:
    why = PURPOSES.get(str(facts.get("purpose")), str(facts.get("purpose")))
    return f"{_title(facts)} was exported. What for: {why[:1].lower()}{why[1:]}."


@says(events.AskedInLanguage)
def _in_language(facts: Facts) -> str:
    code = str(facts.get("language"))
    known = (
        INSTRUMENTS[str(facts.get("instrument"))].translations
        if str(facts.get("instrument")) in INSTRUMENTS
        else {}
    )
    named = known[code].name if code in known else code
    how = ", with somebody who interprets" if facts.get("interpreted") else ""
    return f"{_title(facts)} is asked {f'in {named} too' if code else 'in English alone'}{how}."


@says(events.AlertRaised)
def _raised(facts: Facts) -> str:
    return f"{_title(facts)}: {_alert(facts)}. It must be heard at once."


@says(events.AlertHeard)
def _heard(facts: Facts) -> str:
    return f"{_title(facts)}: something was done about “{_alert(facts)}”."


@says(events.ResultOverridden)
def _overridden(facts: Facts) -> str:
    return f"{_title(facts)}: judged otherwise. {_level(facts)}"


@says(events.ProposalDecided)
def _decided(facts: Facts) -> str:
    proposal = PROPOSALS.get(str(facts.get("proposal")))
    words = proposal.label if proposal else str(facts.get("proposal"))
    return f"{'Decided' if facts.get('taken') else 'Decided against'}: {words[:1].lower()}{words[1:]}."


def _title(facts: Facts) -> str:
    code = str(facts.get("instrument"))
    return INSTRUMENTS[code].title if code in INSTRUMENTS else "A questionnaire of the agency"


def _alert(facts: Facts) -> str:
    found = INSTRUMENTS.get(str(facts.get("instrument")))
    labels = {one.key: one.label for one in found.alerts} if found else {}
    words = labels.get(str(facts.get("alert")), str(facts.get("alert")))
    return f"{words[:1].lower()}{words[1:]}"


def _level(facts: Facts) -> str:
    tier = TIER_LABELS.get(str(facts.get("tier")))
    return f"Level: {tier.lower()}." if tier else "It gives no level."
