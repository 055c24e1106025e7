"""A case with everything on it, made by real actions: what the pages are walked through with."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from breakwater.cases.actions.gates import meet_gate
from breakwater.cases.actions.notes import amend_note, name_barrier
from breakwater.cases.actions.owners import join_team
from breakwater.cases.models import Case, FollowUp, Note
from breakwater.cases.testing import a_note, a_triaged_case
from breakwater.people.actions.reach import add_supporter
from breakwater.plans.testing import (
    a_copy,
    a_goal,
    a_lesson,
    a_need,
    a_reading,
    a_safeguard,
    a_safety_plan,
    a_step,
    an_agreement,
)
from breakwater.referrals.testing import a_bed, a_handoff, a_placement, a_referral
from breakwater.trust.access import Actor
from breakwater.trust.models import Agency, User

LONG = "Wolfeschlegelsteinhausenbergerdorff-Nakashima de la Cruz y Montoya"
NASTY = '<i>She said</i> "it\'s fine" & hung up'


@dataclass(frozen=True)
class World:
    """One case, and the ids that addresses ask for, by the names they give them."""

    case: Case
    ids: dict[str, UUID]


def a_world(*, by: Actor, colleague: User, partner: Agency, at: datetime) -> World:
    """A case three days old with a part of every kind; a referral, a hand-off and a bed at a partner agency."""
    case = _somebody(by=by, at=at - timedelta(days=3))
    ids = {"case_id": case.pk, "person_id": case.person_id}
    join_team(case, worker=colleague, at=at, by=by)
    ids |= _what_was_done(case, by=by, at=at)
    _what_keeps_her_safe(case, by=by, at=at)
    ids |= _what_was_asked(case, partner, by=by, at=at)
    ids["follow_up_id"] = FollowUp.objects.standing().filter(case=case).values_list("pk", flat=True)[0]
    return World(case, ids)


def _somebody(*, by: Actor, at: datetime) -> Case:
    return a_triaged_case(
        by=by, at=at, known_as=LONG, pronouns="she/her", language="Ukrainian", needs_interpreter=True,
        safe_contact="Text only, before noon. Never leave a message.", must_not_know="Her former partner",
        strengths="Looks after her brother.", triggers="Raised voices.", birth_date=date(1990, 3, 10),
        dangers={"self": ("likely", NASTY), "worker": ("possible", "A dog.")},
        contact_points=[{"kind": "phone", "value": "(555) 010-7788", "safety": "ask_first", "how": "Evenings"}],
    )  # fmt: skip


def _what_was_done(case: Case, *, by: Actor, at: datetime) -> dict[str, UUID]:
    note = a_note(
        case, by=by, at=at - timedelta(hours=30), kind=Note.Kind.CALL, reached=True, words=NASTY * 5
    )
    amend_note(note, words="She said she is fine.", reason="Misheard", version=1, at=at, by=by)
    late = at - timedelta(hours=20)
    a_note(
        case, by=by, at=at, kind=Note.Kind.ADVOCACY, happened_at=late, with_whom="Benefits office", minutes=20
    )
    meet_gate(case, kind="safe_tonight", evidence="With her aunt.", at=at, by=by)
    name_barrier(case, words="No papers.", at=at, by=by)
    add_supporter(
        case.person, name="Olena", relation="aunt", reach="(555) 010-2233", may_know="That we are in touch.",
        must_not_know=False, at=at, by=by,
    )  # fmt: skip
    need = a_need(case, by=by, at=at)
    a_need(case, by=by, at=at, domain="safety", words="")
    a_step(case, by=by, at=at - timedelta(hours=1), need=need)
    return {"note_id": note.pk}


def _what_keeps_her_safe(case: Case, *, by: Actor, at: datetime) -> None:
    told = {"by": by, "at": at}
    first = a_safety_plan(case, people_to_ask="", surroundings="", **told)
    a_copy(first, how="read", **told)
    a_safety_plan(case, version=1, warning_signs="I stop eating.\nI do not answer " + LONG, **told)
    a_safeguard(case, **told)
    a_lesson(case, words="The river", **told)
    a_lesson(case, kind="trigger", words=NASTY, **told)
    a_goal(case, words="A door that locks", **told)
    an_agreement(case, **told)
    a_step(case, words="See the room", **told)
    a_reading(case, housing=1, food=2, safety=3, legal=4, family=2, mobility=5, **told)


def _what_was_asked(case: Case, partner: Agency, *, by: Actor, at: datetime) -> dict[str, UUID]:
    referral = a_referral(case, by=by, at=at, to_agency=partner, to_name=partner.name)
    a_placement(case, a_bed(keeper=partner, at=at), by=by, at=at, known_as="Marisol")
    return {"referral_id": referral.pk, "handoff_id": a_handoff(case, by=by, to=partner, at=at).pk}
