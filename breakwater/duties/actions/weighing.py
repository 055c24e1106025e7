"""Weigh a threat to somebody: what could be done, what was, and whom it was told to."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from breakwater.cases.actions.holding import held
from breakwater.cases.models import Case
from breakwater.cases.rules import why_no_such_moment
from breakwater.duties.actions.prompts import finish, still_open
from breakwater.duties.events import ThreatWeighed
from breakwater.duties.models import Prompt, Weighing
from breakwater.kernel.errors import Refused
from breakwater.trust.access import Actor
from breakwater.trust.actions.circles import hold_circle
from breakwater.trust.actions.leaving import Leaving, Recipient, may_leave
from breakwater.trust.journal import record
from breakwater.trust.models import Information
from breakwater.trust.rules.law import WARN

_TELLS = {Weighing.Option.WARN: "target", Weighing.Option.POLICE: "police"}
_ENDS = {
    Weighing.Option.WARN: Prompt.Ended.WARNED,
    Weighing.Option.POLICE: Prompt.Ended.WARNED,
    Weighing.Option.NOTHING: Prompt.Ended.NOT_REQUIRED,
}


@dataclass(frozen=True, kw_only=True)
class Threat:
    """A threat as it was weighed, and what was done.

    Args:
        options: what was considered, of ``Weighing.Option``.
        warned: who was warned or told, where somebody was; ``told`` word for word.
        facts: what the law asks for besides: why it is serious, how they can lessen it, where it is known from.
    """

    victim: str
    threat: str
    means: str
    imminence: str
    options: Collection[str]
    action: str
    action_words: str
    when: datetime
    warned: str = ""
    told: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def weigh(case: Case, threat: Threat, *, prompt: Prompt | None = None, at: datetime, by: Actor) -> Weighing:
    """Write down who is threatened, with what, how soon, what was considered and what was done. It answers its prompt.

    Whoever is warned, and the police, are told only when the law lets it leave; then it is accounted for.

    Raises:
        Unlawful: the law lets no warning out of this record, or what it asks for was not written.
        Refused: something is not said, or the case is closed.
        Overtaken: the prompt was answered already.
    """
    by.must("duties.answer", case.circle)
    hold_circle(case.circle)
    case = held(case, by=by)
    if prompt is not None:
        prompt = still_open(prompt, by=by)
    if reason := _why_not_weighed(threat, case, prompt, at=at):
        raise Refused(reason)
    if threat.action in _TELLS:
        may_leave(_warning(threat, case), case.circle, at=at, by=by)
    weighing = Weighing.objects.create(
        circle=case.circle, case=case, prompt=prompt, victim=threat.victim, threat=threat.threat,
        means=threat.means, imminence=threat.imminence, options=sorted({*threat.options, threat.action}),
        action=threat.action, action_words=threat.action_words, warned=threat.warned, by=by.user, at=threat.when,
    )  # fmt: skip
    record(
        ThreatWeighed(weighing_id=weighing.pk, action=weighing.action),
        about=weighing.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    if prompt is not None:
        how = _ENDS.get(Weighing.Option(threat.action), Prompt.Ended.OTHERWISE)
        finish(prompt, how=how, when=threat.when, at=at, by=by)
    return weighing


def _warning(threat: Threat, case: Case) -> Leaving:
    facts = {"threat": threat.threat, "why_imminent": threat.imminence, "recipient_name": threat.warned}
    return Leaving(
        act=WARN, to=Recipient(name=threat.warned, kind=_TELLS[Weighing.Option(threat.action)]), purpose="SAFETY",
        information=frozenset({Information.WHO, Information.THREAT}), what=threat.told,
        facts=dict(threat.facts) | facts, emergency=True, about=case.pk,
    )  # fmt: skip


def _why_not_weighed(threat: Threat, case: Case, prompt: Prompt | None, *, at: datetime) -> str:
    if prompt is not None and (prompt.case_id != case.pk or not prompt.duty.is_warning):
        return "Weigh the threat on the prompt that asks whether somebody is to be warned."
    said = (threat.victim, threat.threat, threat.means, threat.imminence, threat.action_words)
    if not all(one.strip() for one in said):
        return "Write who is threatened, with what, by which means, how soon, and why you did what you did."
    if threat.action not in Weighing.Option.values or not set(threat.options) <= set(Weighing.Option.values):
        return "Choose what was considered, and what was done."
    if threat.action in _TELLS and not (threat.warned.strip() and threat.told.strip()):
        return "Write who was told, and word for word what."
    return why_no_such_moment(threat.when, at=at)
