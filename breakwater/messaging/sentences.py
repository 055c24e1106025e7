"""News of messaging in words."""

from breakwater.cases.timeline.sentences import Facts, says
from breakwater.messaging import events
from breakwater.messaging.models import Channel
from breakwater.messaging.rules.wording import WHY_NOT

_CHANNELS = dict(Channel.choices)


@says(events.NoticeAsked)
def _asked(facts: Facts) -> str:
    return f"A notice to the person was asked for, {_CHANNELS[str(facts.get('channel'))].lower()}."


@says(events.NoticeNotSent)
def _not_sent(facts: Facts) -> str:
    return f"A notice to the person did not reach them. {WHY_NOT.get(str(facts.get('why')), '')}".strip()
