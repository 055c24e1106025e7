"""What is known of one person in the benchmark: one case, open when it is one of twenty, ten entries in its journal."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db.models import Model

from breakwater.cases.events import CaseOpened, CaseTriaged, DangerRead, GateMet, NoteAdded
from breakwater.cases.models import (
    Assignment,
    Attempt,
    Barrier,
    Case,
    Closure,
    Danger,
    FollowUp,
    Gate,
    Note,
    Triage,
)
from breakwater.clocks.events import ClockStarted
from breakwater.clocks.library import profile
from breakwater.clocks.models import Clock
from breakwater.kernel.cipher import DataKey
from breakwater.kernel.events import Event
from breakwater.kernel.text import name_key, phone_key
from breakwater.people.models import ContactPoint, Name, Person, Supporter
from breakwater.people.rules import sound_of
from breakwater.plans.models import Link, Need, Step
from breakwater.referrals.models import Placement, Referral, Stage
from breakwater.resources.models import Bed
from breakwater.server.bench.copying import Heap
from breakwater.simulation import names
from breakwater.trust.models import Circle, Entry, Grant, Information, Segment

ONE_IN = 20
"""One case of so many is open: 5 %."""

ENTRIES_EACH = 10
_US = profile("us")
_CHECK_INS = {"follow_up_24h": 24, "follow_up_72h": 72, "follow_up_7d": 168, "follow_up_30d": 720}
_FIRST_CLOCKS = {"stabilization": 48, "triage_response": 24}
_SCHEME, _VERSION = "uk-mhts-2015", "2015"
_NOTES, _MORE_NOTES = 3, 6


@dataclass(frozen=True)
class Staff:
    """Somebody who works in the benchmark, and the session they are signed in with."""

    user: UUID
    agency: UUID
    unit: UUID
    session: str


@dataclass(frozen=True)
class Life:
    """Somebody and their case."""

    staff: Staff
    circle: UUID
    person: UUID
    case: UUID
    is_open: bool


class Lives:
    """Makes people, one after another, into a heap of rows."""

    def __init__(
        self,
        heap: Heap,
        chance: Random,
        staff: list[Staff],
        place: UUID,
        *,
        keys: dict[UUID, DataKey],
        now: datetime,
    ) -> None:
        self.keys = keys
        self.heap, self.chance, self.staff, self.place, self.now = heap, chance, staff, place, now

    def live(self, number: int) -> Life:
        """One person with one case. An open one has every panel of its page filled."""
        staff = self.staff[number % len(self.staff)]
        self.heap.key = self.keys[staff.agency]
        is_open = number // len(self.staff) % ONE_IN == 0
        life = Life(staff, self.heap.id(), self.heap.id(), self.heap.id(), is_open)
        hours = self.chance.uniform(0.1, 60) if is_open else self.chance.uniform(240, 16_800)
        one = _One(self, life, number, asked_at=self.now - timedelta(hours=hours))
        one.person()
        one.case()
        one.clocks()
        one.plan()
        if is_open:
            one.more()
        one.entries()
        return life


class _One:
    """One person, while their rows are being made."""

    def __init__(self, lives: Lives, life: Life, number: int, *, asked_at: datetime) -> None:
        self.heap, self.c, self.place = lives.heap, lives.chance, lives.place
        self.life, self.staff, self.number, self.asked_at = life, life.staff, number, asked_at
        self.ended_at = None if life.is_open else asked_at + timedelta(days=3)
        self.news: list[tuple[UUID, Event]] = []

    def part(self, model: type[Model], hours: float = 0, **values: Any) -> UUID:
        """A part of the case, from so many hours after help was asked for."""
        return self.heap.add(
            model, circle_id=self.life.circle, case_id=self.life.case, by_id=self.staff.user,
            **{"starts_at": self.after(hours), **values},
        )  # fmt: skip

    def after(self, hours: float) -> datetime:
        """A moment after help was asked for."""
        return self.asked_at + timedelta(hours=hours)

    def until_closed(self, how: str) -> dict[str, Any]:
        """The end of something that ends with the case."""
        return {"ends_at": self.ended_at, "ended_how": how if self.ended_at else ""}

    def person(self) -> None:
        """Circle, standing, person, name and phone."""
        life, c = self.life, self.c
        known_as = f"{c.choice(names.FIRST)} {c.choice(names.LAST)} {c.choice(names.LAST)}"
        phone = f"555{self.number:07d}"
        here: dict[str, Any] = {
            "circle_id": life.circle,
            "person_id": life.person,
            "starts_at": self.asked_at,
        }
        self.heap.add(Circle, id=life.circle, opened_by_id=self.staff.agency, opened_at=self.asked_at)
        self.heap.add(
            Grant, circle_id=life.circle, agency_id=self.staff.agency, basis="care", information=list(Information),
            segments=list(Segment), starts_at=self.asked_at,
            given_by_id=self.staff.user,
        )  # fmt: skip
        self.heap.add(
            Person, id=life.person, circle_id=life.circle, known_as=known_as, changed_at=self.asked_at,
            safe_contact=c.choice(names.SAFE_CONTACT), changed_by_id=self.staff.user,
            birth_date=date(1950, 1, 1) + timedelta(days=c.randint(0, 21_000)),
        )  # fmt: skip
        self.heap.add(Name, text=known_as, key=name_key(known_as), sound=sound_of(known_as), **here)
        token = self.heap.key.token(phone_key(phone)) if self.heap.key else ""
        self.heap.add(ContactPoint, kind="phone", value=phone, key=token, safety="safe", **here)

    def case(self) -> None:
        """The case with its owner, code, dangers, notes and gates."""
        life, c, staff = self.life, self.c, self.staff
        self.heap.add(
            Case, id=life.case, circle_id=life.circle, person_id=life.person, agency_id=staff.agency,
            unit_id=staff.unit, number=f"{self.number:07d}", asked_at=self.asked_at, opened_by_id=staff.user,
            what_is_happening=c.choice(names.HAPPENING), recorded_at=self.asked_at,
        )  # fmt: skip
        self.tell(life.case, CaseOpened(case_id=life.case, asked_by="self"))
        self.part(
            Assignment,
            agency_id=staff.agency,
            worker_id=staff.user,
            unit_id=staff.unit,
            ends_at=self.ended_at,
        )
        if self.ended_at:
            self.part(Closure, outcome="stable", starts_at=self.ended_at)
        urgency = self.number % 5
        code = "ABCDE"[urgency]
        triage = self.part(Triage, scheme=_SCHEME, version=_VERSION, code=code, urgency=urgency)
        self.tell(triage, CaseTriaged(case_id=life.case, scheme=_SCHEME, version=_VERSION, code=code))
        for to in ("self", "others"):
            level = c.choice(("none", "possible"))
            danger = self.part(Danger, to=to, level=level)
            self.tell(danger, DangerRead(case_id=life.case, to=to, level=level))
        for one in range(_MORE_NOTES if life.is_open else _NOTES):
            self.note(one, is_told=one < _NOTES)
        for kind in ("safe_tonight", "contact"):
            gate = self.part(Gate, 1, kind=kind, evidence=c.choice(names.CALLS))
        self.tell(gate, GateMet(case_id=life.case, gate="contact"), hours=1)

    def note(self, hours: int, *, is_told: bool) -> None:
        """A call that reached them."""
        at = self.after(hours / 20)
        note = self.heap.add(
            Note, circle_id=self.life.circle, case_id=self.life.case, by_id=self.staff.user, kind="call",
            happened_at=at, recorded_at=at, words=self.c.choice(names.CALLS), reached=True,
        )  # fmt: skip
        if is_told:
            news = NoteAdded(case_id=self.life.case, note_id=note, kind="call", reached=True)
            self.tell(note, news, hours=hours / 20)

    def clocks(self) -> None:
        """The clocks that an intake starts, and the check-ins that they are for."""
        for kind, hours in (_FIRST_CLOCKS | _CHECK_INS).items():
            due = self.after(hours)
            clock = self.heap.add(
                Clock, circle_id=self.life.circle, agency_id=self.staff.agency, kind=kind, profile=_US.stamp,
                about=self.life.case, episode=self.life.case, started_at=self.asked_at, due_at=due,
                due_soon_at=due - timedelta(hours=hours / 8), ended_at=self.ended_at,
                ended_how="met" if self.ended_at else "",
            )  # fmt: skip
            if kind in _FIRST_CLOCKS:
                self.tell(clock, ClockStarted(clock_id=clock, kind=kind, due_at=due))
            else:
                self.part(FollowUp, kind=kind, planned_for=due, **self.until_closed("reached"))

    def plan(self) -> None:
        """What is needed, and what somebody does about it."""
        self.need = self.part(Need, domain="housing", words="A room of her own", **self.until_closed("met"))
        self.part(
            Step, need_id=self.need, words=self.c.choice(names.STEPS), owner="worker", worker_id=self.staff.user,
            due_at=self.after(30), recorded_at=self.asked_at, **self.until_closed("done"),
        )  # fmt: skip

    def more(self) -> None:
        """What fills the other panels of an open case."""
        c, life = self.c, self.life
        for to in ("community", "worker"):
            self.part(Danger, to=to, level=c.choice(("none", "possible")))
        self.part(Barrier, words=c.choice(names.BARRIERS))
        effect = self.part(Need, domain="benefits", words="The letter about the benefits")
        self.heap.add(
            Link, circle_id=life.circle, cause_id=self.need, effect_id=effect, by_id=self.staff.user,
            starts_at=self.asked_at,
        )  # fmt: skip
        self.part(
            Step,
            words=c.choice(names.STEPS),
            owner="person",
            due_at=self.after(50),
            recorded_at=self.asked_at,
        )
        for relation in ("sister", "neighbor"):
            self.heap.add(
                Supporter, circle_id=life.circle, person_id=life.person, name=c.choice(names.FIRST),
                relation=relation, may_know="That we are in touch.", starts_at=self.asked_at,
            )  # fmt: skip
        owed = self.part(
            FollowUp,
            kind="next_contact",
            planned_for=self.after(2),
            ends_at=self.after(2),
            ended_how="reached",
        )
        self.part(FollowUp, kind="next_contact", planned_for=self.after(72))
        self.heap.add(
            Attempt, circle_id=life.circle, follow_up_id=owed, outcome="reached", at=self.after(2),
            by_id=self.staff.user,
        )  # fmt: skip
        self.help()

    def help(self) -> None:
        """A referral that waits for its answer; and for one of four a bed."""
        staff = self.staff
        referral = self.heap.add(
            Referral, circle_id=self.life.circle, case_id=self.life.case, from_agency_id=staff.agency,
            to_name="Hope House", need="housing", words="A room for tonight, please.", sent_at=self.asked_at,
            sent_by_id=staff.user, due_at=self.after(4),
        )  # fmt: skip
        self.heap.add(
            Stage, referral_id=referral, from_agency_id=staff.agency, code="sent", told_by="sender",
            at=self.asked_at, by_id=staff.user, by_agency_id=staff.agency,
        )  # fmt: skip
        if self.number % 4 == 0:
            bed = self.heap.add(
                Bed, place_id=self.place, agency_id=staff.agency, label=f"Bed {self.number}", kind="shelter_adult",
                starts_at=self.asked_at,
            )  # fmt: skip
            self.part(
                Placement, bed_id=bed, agency_id=staff.agency, host_id=staff.agency, arrived_at=self.asked_at
            )

    def tell(self, about: UUID, event: Event, *, hours: float = 0) -> None:
        """Something for the journal."""
        self.news.append((about, event))

    def entries(self) -> None:
        """Ten entries in the journal."""
        for number, (about, event) in enumerate(self._ten()):
            at = self.asked_at + timedelta(minutes=number)
            self.heap.add_without_id(
                Entry, verb=event.verb, agency_id=self.staff.agency, by_id=self.staff.user, about=about, at=at,
                circle_id=self.life.circle, episode=self.life.case, recorded_at=at, facts=event.facts(),
            )  # fmt: skip

    def _ten(self) -> Iterator[tuple[UUID, Event]]:
        if len(self.news) != ENTRIES_EACH:
            raise RuntimeError(f"a case has {len(self.news)} entries in place of {ENTRIES_EACH}")
        yield from self.news
