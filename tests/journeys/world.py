"""A case with everything on it, made by real actions: what pages are walked through, and strangers find nothing of."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from breakwater.cases.actions.gates import meet_gate
from breakwater.cases.actions.notes import amend_note, name_barrier
from breakwater.cases.actions.owners import join_team
from breakwater.cases.models import Case, FollowUp, Note
from breakwater.cases.testing import a_note, a_triaged_case
from breakwater.people.actions import add_supporter
from breakwater.plans.testing import a_need, a_step
from breakwater.referrals.testing import a_bed, a_handoff, a_placement, a_referral
from breakwater.trust.access import Actor
from breakwater.trust.models import Agency, User

LONG = "Wolfeschlegelsteinhausenbergerdorff-Nakashima de la Cruz y Montoya"
NASTY = '<i>She said</i> "it\'s fine" & hung up'


@dataclass(frozen=True)
class World:
    """One case, and the ids of everything on it by the name that addresses give them."""

    case: Case
    ids: dict[str, UUID]


def a_world(*, by: Actor, colleague: User, partner: Agency, at: datetime) -> World:
    """A case three days old with a part of every kind; a referral, a hand-off and a bed at a partner agency.

    Each act is dated within the actor's own moment, so the actor may stand at any.
    """
    asked = at - timedelta(days=3)
    case = a_triaged_case(
        by=by, at=asked, known_as=LONG, pronouns="she/her", language="Ukrainian", needs_interpreter=True,
        safe_contact="Text only, before noon. Never leave a message.", must_not_know="Her former partner",
        strengths="Looks after her brother.", triggers="Raised voices.", birth_date=asked.date().replace(year=1990),
        dangers={"self": ("likely", NASTY), "worker": ("possible", "A dog.")},
        contact_points=[{"kind": "phone", "value": "(555) 010-7788", "safety": "ask_first", "how": "Evenings"}],
    )  # fmt: skip
    note = a_note(
        case, by=by, at=at - timedelta(hours=30), kind=Note.Kind.CALL, reached=True, words=NASTY * 5
    )
    amend_note(note, words="She said she is fine.", reason="Misheard", version=1, at=at, by=by)
    late = at - timedelta(hours=20)
    a_note(
        case, by=by, at=at, kind=Note.Kind.ADVOCACY, happened_at=late, with_whom="Benefits office", minutes=20
    )
    gate = meet_gate(case, kind="safe_tonight", evidence="With her aunt.", at=at, by=by)
    barrier = name_barrier(case, words="No papers.", at=at, by=by)
    helper = join_team(case, worker=colleague, at=at, by=by)
    add_supporter(
        case.person, name="Olena", relation="aunt", reach="(555) 010-2233", may_know="That we are in touch.",
        must_not_know=False, at=at, by=by,
    )  # fmt: skip
    need = a_need(case, by=by, at=at)
    a_need(case, by=by, at=at, domain="safety", words="")
    step = a_step(case, by=by, at=at - timedelta(hours=1), need=need)
    referral = a_referral(case, by=by, at=at, to_agency=partner, to_name=partner.name)
    placement = a_placement(case, a_bed(keeper=partner, at=at), by=by, at=at, known_as="Marisol")
    handoff = a_handoff(case, by=by, to=partner, at=at)
    owed = FollowUp.objects.standing().filter(case=case).first()
    ids = {
        "case_id": case.pk,
        "person_id": case.person_id,
        "note_id": note.pk,
        "gate_id": gate.pk,
        "barrier_id": barrier.pk,
        "assignment_id": helper.pk,
        "follow_up_id": owed.pk,
        "need_id": need.pk,
        "step_id": step.pk,
        "referral_id": referral.pk,
        "placement_id": placement.pk,
        "handoff_id": handoff.pk,
    }
    return World(case, ids)
