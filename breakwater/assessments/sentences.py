"""How the chronology tells what was asked, what had to be heard, and what was decided."""

from breakwater.assessments import events
from breakwater.assessments.library import INSTRUMENTS, PROPOSALS
from breakwater.assessments.models.asked import TIER_LABELS
from breakwater.cases.timeline import says
from breakwater.cases.timeline.sentences import Facts, within
from breakwater.kernel.text import Filled, Ours
from breakwater.trust.rules.law import PURPOSES


@says(events.AssessmentBegun)
def _begun(facts: Facts) -> str:
    return Filled("{title} was begun.", title=_title(facts))


@says(events.AssessmentCompleted)
def _completed(facts: Facts) -> str:
    return Filled("{title} was completed. {level_label}", title=_title(facts), level_label=_level(facts))


@says(events.AssessmentAmended)
def _amended(facts: Facts) -> str:
    return Filled(
        "{title} was amended; this is result {number}. {level_label}",
        title=_title(facts), number=facts.get("number"), level_label=_level(facts),
    )  # fmt: skip


@says(events.AssessmentStopped)
def _stopped(facts: Facts) -> str:
    return Filled("{title} was not finished.", title=_title(facts))


@says(events.AssessmentExported)
def _exported(facts: Facts) -> str:
    why = PURPOSES.get(str(facts.get("purpose")), str(facts.get("purpose")))
    return Filled("{title} was exported. What for: {why_label}.", title=_title(facts), why_label=within(why))


@says(events.AskedInLanguage)
def _in_language(facts: Facts) -> str:
    code = str(facts.get("language"))
    known = (
        INSTRUMENTS[str(facts.get("instrument"))].translations
        if str(facts.get("instrument")) in INSTRUMENTS
        else {}
    )
    named = known[code].name if code in known else code
    how = Ours(", with somebody who interprets" if facts.get("interpreted") else "")
    if not code:
        return Filled("{title} is asked in English alone{how_label}.", title=_title(facts), how_label=how)
    return Filled(
        "{title} is asked in {language} too{how_label}.", title=_title(facts), language=named, how_label=how
    )


@says(events.AlertRaised)
def _raised(facts: Facts) -> str:
    return Filled(
        "{title}: {alert_label}. It must be heard at once.", title=_title(facts), alert_label=_alert(facts)
    )


@says(events.AlertHeard)
def _heard(facts: Facts) -> str:
    return Filled(
        "{title}: something was done about “{alert_label}”.", title=_title(facts), alert_label=_alert(facts)
    )


@says(events.ResultOverridden)
def _overridden(facts: Facts) -> str:
    return Filled("{title}: judged otherwise. {level_label}", title=_title(facts), level_label=_level(facts))


@says(events.ProposalDecided)
def _decided(facts: Facts) -> str:
    proposal = PROPOSALS.get(str(facts.get("proposal")))
    words = within(proposal.label if proposal else str(facts.get("proposal")))
    if facts.get("taken"):
        return Filled("Decided: {proposal_label}.", proposal_label=words)
    return Filled("Decided against: {proposal_label}.", proposal_label=words)


def _title(facts: Facts) -> Ours:
    code = str(facts.get("instrument"))
    return Ours(INSTRUMENTS[code].title if code in INSTRUMENTS else "A questionnaire of the agency")


def _alert(facts: Facts) -> Ours:
    found = INSTRUMENTS.get(str(facts.get("instrument")))
    labels = {one.key: one.label for one in found.alerts} if found else {}
    return within(labels.get(str(facts.get("alert")), str(facts.get("alert"))))


def _level(facts: Facts) -> str:
    tier = TIER_LABELS.get(str(facts.get("tier")))
    return Filled("Level: {tier_label}.", tier_label=within(tier)) if tier else Ours("It gives no level.")
