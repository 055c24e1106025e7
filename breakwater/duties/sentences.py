"""How the chronology tells what the duty table asked, and what was done."""

from breakwater.cases.timeline import says
from breakwater.cases.timeline.sentences import Facts
from breakwater.duties import events
from breakwater.duties.library import SIGNALS
from breakwater.duties.models import Answer, Prompt, Weighing
from breakwater.trust.rules.law import TOPICS

_SAID = dict(Answer.Kind.choices) | dict(Prompt.Ended.choices)


@says(events.PromptOpened)
def _opened(facts: Facts) -> str:
    signal = SIGNALS.get(str(facts.get("signal")))
    return (
        f"The duty table asks: {_topic(facts)}. Because of: {signal.label.lower() if signal else 'a sign'}."
    )


@says(events.PromptAnswered)
def _answered(facts: Facts) -> str:
    said = str(_SAID.get(str(facts.get("answer")), facts.get("answer")))
    return f"Duty, {_topic(facts)}: {said.lower()}{'' if facts.get('is_over') else '; it stays open'}."


@says(events.ThreatWeighed)
def _weighed(facts: Facts) -> str:
    action = str(dict(Weighing.Option.choices).get(str(facts.get("action")), facts.get("action")))
    return f"A threat was weighed: {action[:1].lower()}{action[1:]}."


def _topic(facts: Facts) -> str:
    code = str(facts.get("topic"))
    return TOPICS.get(code, code).lower()
