"""Harbor County: six agencies and a victim-service agency, their people, and two years of crises, from one seed.

Everything is done by the same actions that people use, so no row of it lies in an impossible world.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from breakwater.cases.actions.closing import close_case
from breakwater.cases.actions.follow_up import attempt, book_next_contact
from breakwater.cases.actions.gates import meet_gate
from breakwater.cases.actions.intake import Story, judge, take_in
from breakwater.cases.actions.notes import Telling, add_note, amend_note, name_barrier, remove_barrier
from breakwater.cases.actions.owners import join_team
from breakwater.cases.actions.screening import read_danger
from breakwater.cases.models import Case, Danger, FollowUp
from breakwater.cases.rules import GATES
from breakwater.clocks.models import Clock
from breakwater.people.actions import add_supporter
from breakwater.plans.actions import Task, finish_step, name_need, plan_step
from breakwater.plans.models import Step
from breakwater.resources.models import Domain
from breakwater.simulation import names
from breakwater.trust.access import Actor, acting, actor_for
from breakwater.trust.actions.agencies import appoint, found_agency
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Agency, Appointment, Unit

PASSWORD = "harbor light 7"  # noqa: S105 - printed for everyone; the demo county holds no real person
ZONE = "America/New_York"
OPEN_CASES, PAST_CASES = 60, 340
HISTORY = timedelta(days=730)

AGENCIES = (
    ("Harbor Crisis Line", Agency.Kind.CRISIS_LINE, ("Day line", "Night line")),
    ("Harbor Mobile Team", Agency.Kind.MOBILE_TEAM, ("North", "South")),
    ("Lantern Shelter", Agency.Kind.SHELTER, ("Front desk",)),
    ("Tidewater Detox", Agency.Kind.DETOX, ("Intake",)),
    ("Bayside Clinic", Agency.Kind.CLINIC, ("Crisis follow-up",)),
    ("Harbor Police Liaison", Agency.Kind.POLICE_LIAISON, ("Liaison desk",)),
    ("Safe Passage", Agency.Kind.VICTIM_SERVICE, ("Advocates",)),
)
STAFF = (
    (Role.CASE_MANAGER, 2),
    (Role.INTAKE_WORKER, 1),
    (Role.SUPERVISOR, 1),
)
CASELOAD = (0.34, 0.26, 0.1, 0.08, 0.12, 0.02, 0.08)


@dataclass
class County:
    """The county while it is being made."""

    seed: int
    now: datetime
    chance: random.Random = field(init=False)
    workers: dict[Agency, list[Appointment]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 - a repeatable county, not a secret

    def build(self, progress: Callable[[int, int], None] = lambda done, of: None) -> None:
        """Make everything, telling how far it is."""
        self.found()
        plan = [*self._past(), *self._present()]
        for done, (agency, asked_at, is_open) in enumerate(plan, 1):
            self.live(agency, asked_at, is_open=is_open)
            progress(done, len(plan))

    def found(self) -> None:
        """The agencies and the thirty people who work there, one sign-in name each."""
        start = self.now - HISTORY - timedelta(days=30)
        for name, kind, units in AGENCIES:
            agency = found_agency(name=name, kind=kind, time_zone=ZONE, at=start, units=units)
            self.workers[agency] = list(self._appoint(agency, start))

    def live(self, agency: Agency, asked_at: datetime, *, is_open: bool) -> None:
        """One person's crisis, from asking for help to today or to its end."""
        worker = self.chance.choice([one for one in self.workers[agency] if one.role in _CARERS])
        by = actor_for(worker, now=asked_at + timedelta(minutes=self.chance.randint(2, 25)))
        with acting(by):
            case = self._take_in(by, asked_at, is_queued=is_open and self.chance.random() < 0.12)  # noqa: PLR2004
            hours = (self.now - asked_at) / timedelta(hours=1)
            self._care(case, by, hours=hours, is_open=is_open)
            if not is_open:
                self._end(case, by)

    def _appoint(self, agency: Agency, at: datetime) -> Iterator[Appointment]:
        units = list(Unit.objects.filter(agency=agency).order_by("name"))
        word = (
            agency.name.split()[-1].lower()
            if agency.name.startswith("Harbor")
            else agency.name.split()[0].lower()
        )
        roles = [role for role, many in STAFF for _ in range(many)]
        roles += [Role.ADMINISTRATOR] if agency.kind == Agency.Kind.CRISIS_LINE else []
        roles += [Role.RESPONDER] if agency.kind == Agency.Kind.MOBILE_TEAM else []
        roles += [Role.PRIVACY_OFFICER] if agency.kind == Agency.Kind.VICTIM_SERVICE else []
        roles[-1:] = [*roles[-1:], Role.PARTNER] if agency.kind in _PARTNERS else roles[-1:]
        by = Actor(user=None, agency=agency, role=Role.SYSTEM, now=at)
        for number, role in enumerate(roles, 1):
            with acting(by):
                name = f"{self.chance.choice(names.FIRST)} {self.chance.choice(names.LAST)}"
                yield appoint(
                    username=f"{word}.{role.value.replace('_', '')}{number}", name=name, password=PASSWORD, role=role,
                    unit=self.chance.choice(units), at=at, by=by,
                )  # fmt: skip

    def _past(self) -> Iterator[tuple[Agency, datetime, bool]]:
        days = sorted(self.chance.uniform(20, HISTORY.days) for _ in range(PAST_CASES))
        for back in reversed(days):
            yield self._agency(), self.now - timedelta(days=back), False

    def _present(self) -> Iterator[tuple[Agency, datetime, bool]]:
        hours = sorted(self.chance.choice((0.2, 1, 3, 8, 20, 30, 46, 60, 90, 140)) * self.chance.uniform(0.6, 1.2)
                       for _ in range(OPEN_CASES))  # fmt: skip
        for back in reversed(hours):
            yield self._agency(), self.now - timedelta(hours=back), True

    def _agency(self) -> Agency:
        return self.chance.choices(list(self.workers), weights=CASELOAD)[0]

    def _take_in(self, by: Actor, asked_at: datetime, *, is_queued: bool) -> Case:
        c = self.chance
        levels = {to: c.choices(Danger.Level.values, weights=(5, 3, 2, 1))[0] for to in Danger.To.values}
        dangers = {to: (level, "") for to, level in levels.items() if c.random() < 0.75}  # noqa: PLR2004
        code = c.choices("ABCDEFG", weights=(1, 4, 6, 5, 2, 1, 1))[0] if c.random() < 0.85 else ""  # noqa: PLR2004
        story = Story(
            what_is_happening=c.choice(names.HAPPENING), asked_by=c.choice(Case.AskedBy.values), asked_at=asked_at,
            dangers=dangers, judgment=judge("uk-mhts-2015", code) if code else None,
            worker=None if is_queued else by.user, unit=by.unit,
        )  # fmt: skip
        case = take_in(story, at=by.now, by=by, **self._somebody())
        if c.random() < 0.5:  # noqa: PLR2004
            add_supporter(
                case.person, name=f"{c.choice(names.FIRST)} {c.choice(names.LAST)}", reach=_phone(c),
                relation=c.choice(("sister", "brother", "mother", "friend", "sponsor", "neighbor")),
                may_know="That we are in touch, nothing more.", must_not_know=False, at=by.now, by=by,
            )  # fmt: skip
        return case

    def _somebody(self) -> dict[str, Any]:
        c = self.chance
        roll = c.random()
        if roll < 0.05:  # noqa: PLR2004
            return {"known_as": c.choice(names.DESCRIPTIONS), "is_described": True}
        if roll < 0.12:  # noqa: PLR2004
            return {"known_as": c.choice(names.NICKNAMES)}
        language = c.choice(names.LANGUAGES)
        return {
            "known_as": f"{c.choice(names.FIRST)} {c.choice(names.LAST)}",
            "pronouns": c.choice(("she/her", "he/him", "they/them", "")),
            "birth_date": date(1950, 1, 1) + timedelta(days=c.randint(0, 21000)),
            "language": language,
            "needs_interpreter": language not in ("English", "Spanish"),
            "strengths": c.choice(names.STRENGTHS) if c.random() < 0.6 else "",  # noqa: PLR2004
            "triggers": c.choice(names.TRIGGERS) if c.random() < 0.5 else "",  # noqa: PLR2004
            "safe_contact": c.choice(names.SAFE_CONTACT),
            "must_not_know": "Her former partner" if c.random() < 0.1 else "",  # noqa: PLR2004
            "contact_points": [
                {
                    "kind": "phone",
                    "value": _phone(c),
                    "safety": c.choice(("safe", "safe", "ask_first", "unsafe")),
                }
            ],
        }

    def _care(self, case: Case, by: Actor, *, hours: float, is_open: bool) -> None:
        """What was done for them since, as far as time allows."""
        c = self.chance
        span = min(hours, 60)
        for number in range(c.randint(1, 4) if span > 1 else c.randint(0, 1)):
            at = self._after(case, span * (number + 1) / 5)
            kind = c.choice(("call", "visit", "message", "advocacy", "note"))
            telling = Telling(
                kind=kind, words=c.choice(names.CALLS), happened_at=at, reached=kind != "note" and c.random() < 0.8,  # noqa: PLR2004
                with_whom="Benefits office" if kind == "advocacy" else "",
                what_for="A missing letter" if kind == "advocacy" else "", minutes=c.choice((5, 10, 20, 45)),
            )  # fmt: skip
            note = add_note(case, telling, at=at, by=self._then(by, at))
            if c.random() < 0.06:  # noqa: PLR2004
                amend_note(
                    note,
                    words=note.words + " He asked for the morning.",
                    reason="Left out",
                    version=1,
                    at=at,
                    by=by,
                )
        for domain in c.sample(Domain.values, k=c.randint(1, 3)):
            name_need(case, domain=domain, words="", at=self._after(case, span * 0.1), by=by)
        if span > 2:  # noqa: PLR2004
            met = (
                GATES
                if not is_open or (hours > 50 and c.random() < 0.6)  # noqa: PLR2004 - a share of those who are settled
                else c.sample(GATES, k=c.randint(0, 4))
            )
            for gate in met:
                meet_gate(
                    case, kind=gate, evidence=c.choice(names.CALLS), at=self._after(case, span * 0.4), by=by
                )
            self._work(case, by, span=span, is_open=is_open)

    def _work(self, case: Case, by: Actor, *, span: float, is_open: bool) -> None:
        c = self.chance
        at = self._after(case, span * 0.5)
        if c.random() < 0.8:  # noqa: PLR2004
            task = Task(words=c.choice(names.STEPS), owner=Step.Owner.WORKER, worker=by.user)
            step = plan_step(
                case, task, due_at=at + timedelta(hours=c.randint(3, 40)), at=at, by=self._then(by, at)
            )
            if not is_open or c.random() < 0.3:  # noqa: PLR2004
                finish_step(step, outcome="Done together.", at=at + timedelta(hours=1), by=by)
        if c.random() < 0.4:  # noqa: PLR2004
            barrier = name_barrier(case, words=c.choice(names.BARRIERS), at=at, by=by)
            if c.random() < 0.5:  # noqa: PLR2004
                remove_barrier(
                    barrier, how="Went there together and waited.", at=at + timedelta(hours=2), by=by
                )
        if is_open and c.random() < 0.3:  # noqa: PLR2004
            mate = c.choice(
                [one for one in self.workers[by.agency] if one.user_id != (by.user and by.user.pk)]
            )
            join_team(case, worker=mate.user, at=at, by=by)
        self._follow_up(case, by, is_open=is_open)

    def _follow_up(self, case: Case, by: Actor, *, is_open: bool) -> None:
        until = self.now if is_open else case.asked_at + timedelta(days=8)
        for owed in (
            FollowUp.objects.standing().filter(case=case, planned_for__lt=until).order_by("planned_for")
        ):
            if is_open and self.chance.random() < 0.3:  # noqa: PLR2004
                continue
            tried = owed.planned_for - timedelta(hours=2)
            if self.chance.random() < 0.3:  # noqa: PLR2004
                attempt(owed, outcome="no_answer", words="", contact_point=None, at=tried, by=by)
            attempt(owed, outcome="reached", words=self.chance.choice(names.CALLS), contact_point=None,
                    at=owed.planned_for - timedelta(minutes=20), by=by)  # fmt: skip
        if is_open and self.chance.random() < 0.4:  # noqa: PLR2004
            due = self.now + timedelta(hours=self.chance.uniform(0.3, 20))
            book_next_contact(case, due_at=due, at=self._after(case, 0.5), by=by)

    def _end(self, case: Case, by: Actor) -> None:
        at = case.asked_at + timedelta(days=8, hours=self.chance.uniform(0, 60))
        for danger in Danger.objects.pressing().filter(case=case):
            read_danger(
                case, to=danger.to, level=Danger.Level.POSSIBLE, words="Read again, calmer.", at=at, by=by
            )
        for step in Step.objects.standing().filter(case=case):
            finish_step(step, outcome="", at=at, by=by)
        hanging = (
            Clock.objects.running().in_episode(case.pk).filter(kind__in=("first_contact", "triage_response"))
        )
        outcome = (
            "declined"
            if hanging.exists()
            else self.chance.choices(("stable", "declined", "moved"), (8, 1, 1))[0]
        )
        worked = self.chance.choice(names.STRENGTHS) if self.chance.random() < 0.5 else ""  # noqa: PLR2004
        close_case(case, outcome=outcome, what_worked=worked, at=at, by=self._then(by, at))

    def _after(self, case: Case, hours: float) -> datetime:
        return min(case.asked_at + timedelta(hours=max(hours, 0.02)), self.now)

    def _then(self, by: Actor, at: datetime) -> Actor:
        by.now = max(by.now, at)
        return by


_CARERS = (Role.CASE_MANAGER, Role.SUPERVISOR)
_PARTNERS = (Agency.Kind.SHELTER, Agency.Kind.DETOX, Agency.Kind.CLINIC)


def _phone(chance: random.Random) -> str:
    return f"(555) 01{chance.randint(0, 9)}-{chance.randint(0, 9999):04d}"
