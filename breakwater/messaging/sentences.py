"""News of messaging in words."""

from breakwater.cases.timeline.sentences import Facts, says, within
from breakwater.kernel.text import Filled, Ours
from breakwater.messaging import events
from breakwater.messaging.models import Channel
from breakwater.messaging.rules.wording import WHY_NOT

_CHANNELS = dict(Channel.choices)


@says(events.NoticeAsked)
def _asked(facts: Facts) -> str:
    channel = within(_CHANNELS[str(facts.get("channel"))])
    return Filled("A notice to the person was asked for, {channel_label}.", channel_label=channel)


@says(events.NoticeNotSent)
def _not_sent(facts: Facts) -> str:
    why = WHY_NOT.get(str(facts.get("why")))
    if why is None:
        return Ours("A notice to the person did not reach them.")
    return Filled("A notice to the person did not reach them. {why_label}", why_label=Ours(why))
