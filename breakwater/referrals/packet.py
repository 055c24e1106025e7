"""What a hand-off packet says: the sections chosen, as text, in the order a receiver needs them.

A packet is words, not rows: it stays as it was offered whatever happens to the case later. A line may carry a
``value`` beside its words, the same fact spelled for a form, so that the receiver need not type it again.
"""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from breakwater.benefits.overview import told_on
from breakwater.cases.models import Barrier, Case, Danger, Gate, Note, Triage
from breakwater.cases.rules import GATES
from breakwater.cases.schemes import scheme
from breakwater.cases.timeline import Asked, chronology_of
from breakwater.kernel.text import Ours
from breakwater.people.models import ContactPoint, Supporter
from breakwater.plans.models import Need, SafetyPlan, Step
from breakwater.referrals.lines import Line, day, line, moment, said
from breakwater.referrals.models import Placement, Referral
from breakwater.referrals.safely import OF_PLAN, card, plans, safety_plan
from breakwater.resources.models import Bed
from breakwater.trust.access import Actor
from breakwater.trust.models import Agency

Reader = Callable[[Case, Actor], list[Line]]

NEWEST = 40
"""How many lines of the chronology go along."""


def packet_of(
    case: Case, sections: Iterable[str], *, notes: Iterable[UUID] = (), message: str = "", by: Actor
) -> dict[str, Any]:
    """The packet of a case: exactly what the receiver sees, and nothing beside it."""
    chosen = set(sections)
    told = [
        {"code": code, "title": title, "lines": read(case, by)}
        for code, (title, _, read) in SECTIONS.items()
        if code in chosen
    ]
    chosen_notes = _chosen(case, list(notes))
    if chosen_notes:
        told.append({"code": "notes", "title": "Notes", "lines": [_note(note, by) for note in chosen_notes]})
    return {
        "from": by.agency.name,
        "by": by.name,
        "number": case.number,
        "message": message,
        "sections": told,
        "segments": sorted(
            {*_segments_of(chosen_notes), *_segments_of(plans(case) if chosen & OF_PLAN else [])}
        ),
    }


def informing(packet: dict[str, Any]) -> set[str]:
    """Which kinds of information a packet tells."""
    told = {section["code"] for section in packet["sections"]} | ({"notes"} if packet["message"] else set())
    return {kind for kind, sections in _KINDS.items() if told & sections} | {*packet.get("opened_by", ())}


def titles(packet: dict[str, Any]) -> str:
    """What a packet tells, by the titles of its sections."""
    return ", ".join(section["title"].lower() for section in packet["sections"])


_KINDS = {
    "who": {"who", "safety", "supporters", "card"},
    "care": {"happening", "dangers", "triage", "gates", "chronology", "notes", "card", "safety_plan"},
    "needs": {"plan", "help", "benefits", "where"},
}
"""Which sections tell which kind of information; a message tells what a note does."""


def _who(case: Case, by: Actor) -> list[Line]:
    person = case.person
    born = person.birth_date
    return said(
        line("known_as", "Known as", person.known_as),
        line("pronouns", "Pronouns", person.pronouns),
        line("birth_date", "Born", Ours(day(born) if born else ""), value=born.isoformat() if born else ""),
        line("language", "Language", person.language),
        line(
            "needs_interpreter", "Interpreter", Ours("Needed" if person.needs_interpreter else ""), value="on"
        ),
        line("triggers", "What makes it worse", person.triggers),
        line("strengths", "Strengths, and what has worked before", person.strengths),
    )


def _happening(case: Case, by: Actor) -> list[Line]:
    barriers = Barrier.objects.standing().not_apart().filter(case=case).order_by("starts_at", "pk")
    return said(
        line("what_is_happening", "What is happening", case.what_is_happening),
        line(
            "asked",
            "Help was asked for",
            Ours(f"{moment(case.asked_at, by)}, {case.get_asked_by_display().lower()}"),
        ),
        *(line("barrier", "In the way", barrier.words) for barrier in barriers),
    )


def _dangers(case: Case, by: Actor) -> list[Line]:
    order = list(Danger.To.values)
    found = sorted(Danger.objects.standing().filter(case=case), key=lambda danger: order.index(danger.to))
    return [
        line(
            f"danger_{danger.to}",
            danger.get_to_display(),
            Ours(f"Read {moment(danger.starts_at, by)}: {danger.get_level_display().lower()}"),
            danger.words,
            value=danger.level,
        )
        for danger in found
    ]


def _triage(case: Case, by: Actor) -> list[Line]:
    triage = Triage.objects.standing().filter(case=case).first()
    if triage is None:
        return []
    label = scheme(triage.scheme).code(triage.code).label
    return said(
        line("code", "Code", triage.code, Ours(label), f"{scheme(triage.scheme).name}, {triage.version}"),
        line("since", "Since", Ours(moment(triage.starts_at, by))),
        line("reasons", "Why", triage.reasons),
    )


def _gates(case: Case, by: Actor) -> list[Line]:
    met = {gate.kind: gate for gate in Gate.objects.standing().filter(case=case)}
    return [
        line(
            kind,
            Gate.Kind(kind).label,
            Ours(f"Met {moment(met[kind].starts_at, by)}" if kind in met else "Not met yet"),
            met[kind].evidence if kind in met else "",
        )
        for kind in GATES
    ]


def _safety(case: Case, by: Actor) -> list[Line]:
    """What a law protects apart, such as a confidential location, never goes into a packet."""
    standing = ContactPoint.objects.not_apart().filter(person=case.person_id, ends_at=None)
    points = standing.order_by("starts_at", "pk")
    return said(
        line("safe_contact", "How and when it is safe to reach them", case.person.safe_contact),
        line("must_not_know", "Who must not know", case.person.must_not_know),
        *(
            line(
                "contact_point",
                point.get_kind_display(),
                point.value,
                Ours(point.get_safety_display()),
                point.how,
            )
            for point in points
        ),
    )


def _plan(case: Case, by: Actor) -> list[Line]:
    """What a law keeps apart of it, one by one, goes along in no packet."""
    needs = Need.objects.of_episode(case.pk).standing().not_apart().in_order_of_work()
    steps = Step.objects.of_episode(case.pk).standing().not_apart()
    return [
        *(
            line("need", f"Need: {need.get_domain_display()}", need.words or Ours("Named, not described"))
            for need in needs
        ),
        *(
            line("step", "Step", step.words, _doer(step), Ours(f"By {moment(step.due_at, by)}"))
            for step in steps
        ),
    ]


def _segments_of(rows: Iterable[Note | SafetyPlan]) -> set[str]:
    return {segment for row in rows for segment in row.segments}


def _where(case: Case, by: Actor) -> list[Line]:
    """The bed they have or that is held for them; one that is given by phone only is told to nobody."""
    bed = (
        Placement.objects.standing()
        .exclude(bed__in=Bed.objects.by_phone())
        .filter(case=case)
        .select_related("bed__place", "bed__agency")
        .first()
    )
    since = Ours(f"Since {moment(bed.arrived_at, by)}" if bed and bed.arrived_at else "Expected there")
    return [line("bed", "Bed", f"{bed.bed.label}, {bed.bed.place.name}", since)] if bed else []


def _help(case: Case, by: Actor) -> list[Line]:
    """What was asked for, and the bed they hold. Whoever helps victims is not named, as nowhere in the chronology."""
    asked = Referral.objects.filter(case=case).select_related("to_agency").order_by("sent_at", "pk")
    return [
        *_where(case, by),
        *(
            line(
                "referral",
                one.get_need_display(),
                _whom(one),
                Ours(f"Asked {moment(one.sent_at, by)}: {one.get_stage_display().lower()}"),
            )
            for one in asked
        ),
    ]


def _whom(asked: Referral) -> str:
    """Whom somebody asked for help, unless the name alone could endanger whoever is helped there."""
    is_hidden = asked.to_agency is not None and asked.to_agency.kind == Agency.Kind.VICTIM_SERVICE
    return "" if is_hidden else asked.to_name


def _benefits(case: Case, by: Actor) -> list[Line]:
    """What must not lapse: where each application stands, its proof, which papers are missing, what is due."""
    return [
        line(
            "benefit",
            one.label,
            *map(Ours, one.facts),
            *(Ours(f"By {moment(due, by)}: {label}") for label, due in one.due),
        )
        for one in told_on(case)
    ]


def _supporters(case: Case, by: Actor) -> list[Line]:
    found = Supporter.objects.filter(person=case.person_id, ends_at=None).order_by("starts_at", "pk")
    return [_supporter(one) for one in found]


def _supporter(one: Supporter) -> Line:
    typed = bool(one.relation)
    return line("supporter", one.relation or "Supporter", one.name, one.reach, _may_know(one), is_typed=typed)


def _chronology(case: Case, by: Actor) -> list[Line]:
    story = chronology_of(case, Asked(only="story"), most=NEWEST)
    return [line("entry", moment(told.at, by), Ours(told.sentence)) for told in story if not told.segments]


def _chosen(case: Case, ids: list[UUID]) -> list[Note]:
    if not ids:
        return []
    found = Note.objects.filter(case=case, pk__in=ids).select_related("by").prefetch_related("amendments")
    return list(found.order_by("happened_at", "pk"))


def _note(note: Note, by: Actor) -> Line:
    title = Ours(
        f"{note.get_kind_display()} written by {note.by or 'Breakwater'}, {moment(note.happened_at, by)}"
    )
    return line("note", title, _latest(note))


def _latest(note: Note) -> str:
    amendments = sorted(note.amendments.all(), key=lambda one: one.version)
    return amendments[-1].words if amendments else note.words


def _may_know(supporter: Supporter) -> str:
    if supporter.must_not_know:
        return Ours("Must not know")
    return Ours(f"May be told: {supporter.may_know}" if supporter.may_know else "May be told nothing")


def _doer(step: Step) -> str:
    if step.owner == Step.Owner.PERSON:
        return Ours("The person")
    return step.partner if step.owner == Step.Owner.PARTNER else str(step.worker)


SECTIONS: dict[str, tuple[str, str, Reader]] = {
    "who": ("Who", "Name, pronouns, birth date, language, triggers, strengths", _who),
    "happening": ("What is happening", "In the words of whoever asked, and what is in the way", _happening),
    "where": ("Where they are", "The bed they have, or that is held for them", _where),
    "dangers": ("Dangers", "To self, others, the community, the worker; from somebody else", _dangers),
    "triage": ("How urgent", "The code with its scheme, and why", _triage),
    "gates": ("Stabilization", "The five gates: met on which evidence, or not met yet", _gates),
    "safety": ("Safe contact", "How to reach them safely, and who must not know", _safety),
    "card": ("When it gets hard", "What makes it worse, what helps, how it shows", card),
    "safety_plan": ("Safety plan", "The newest version, in the words of the person", safety_plan),
    "plan": ("Needs and steps", "What is needed, who does what by when", _plan),
    "help": ("Help asked for", "Referrals with their stages, and the bed they hold", _help),
    "benefits": ("Benefits", "Applications on their way: proof, missing papers, deadlines", _benefits),
    "supporters": ("People round them", "Names, how to reach them, what they may be told", _supporters),
    "chronology": ("What was done", f"The newest {NEWEST} lines of it, without notes", _chronology),
}
"""What can go into a packet: its title, what it holds, and who reads it. Notes are chosen one by one."""

USUAL = ("who", "happening", "where", "dangers", "triage", "gates", "safety", "plan", "benefits")
"""What mostly goes along. The rest is chosen when the receiver needs it."""
