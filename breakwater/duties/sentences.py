"""How the chronology tells what the duty table asked, and what was done."""

from breakwater.cases.timeline import says
from breakwater.cases.timeline.sentences import Facts, within
from breakwater.duties import events
from breakwater.duties.library import SIGNALS
from breakwater.duties.models import Answer, Prompt, Weighing
from breakwater.kernel.text import Filled, Ours
from breakwater.trust.rules.law import TOPICS

_SAID = dict(Answer.Kind.choices) | dict(Prompt.Ended.choices)


@says(events.PromptOpened)
def _opened(facts: Facts) -> str:
    signal = SIGNALS.get(str(facts.get("signal")))
    return Filled(
        "The duty table asks: {topic_label}. Because of: {signal_label}.",
        topic_label=_topic(facts), signal_label=within(signal.label if signal else "A sign"),
    )  # fmt: skip


@says(events.PromptAnswered)
def _answered(facts: Facts) -> str:
    said = within(str(_SAID.get(str(facts.get("answer")), facts.get("answer"))))
    if facts.get("is_over"):
        return Filled("Duty, {topic_label}: {said_label}.", topic_label=_topic(facts), said_label=said)
    return Filled(
        "Duty, {topic_label}: {said_label}; it stays open.", topic_label=_topic(facts), said_label=said
    )


@says(events.ThreatWeighed)
def _weighed(facts: Facts) -> str:
    action = str(dict(Weighing.Option.choices).get(str(facts.get("action")), facts.get("action")))
    return Filled("A threat was weighed: {action_label}.", action_label=within(action))


def _topic(facts: Facts) -> Ours:
    code = str(facts.get("topic"))
    return within(TOPICS.get(code, code))
