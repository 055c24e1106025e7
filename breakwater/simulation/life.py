"""One episode while it is lived: every verb is a real action, at its own moment, by somebody who works there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from breakwater.cases.actions.closing import close_case, reopen_case
from breakwater.cases.actions.follow_up import Try, attempt, book_next_contact
from breakwater.cases.actions.gates import meet_gate
from breakwater.cases.actions.intake import Story, judge, take_in
from breakwater.cases.actions.notes import Telling, add_note, amend_note, name_barrier, remove_barrier
from breakwater.cases.actions.screening import read_danger
from breakwater.cases.models import Case, Danger, FollowUp, Note
from breakwater.cases.rules import GATES
from breakwater.people.actions.households import join_household
from breakwater.people.actions.reach import add_supporter
from breakwater.people.models import Person
from breakwater.plans.actions.needs import Task, end_need, finish_step, link_needs, name_need, plan_step
from breakwater.plans.models import Need, Step
from breakwater.simulation import people
from breakwater.simulation.agencies import House
from breakwater.simulation.troubles import Trouble
from breakwater.trust.access import Actor, acting, actor_for
from breakwater.trust.models import Appointment

SCHEME = "uk-mhts-2015"
_PARTS = ("adult", "partner", "adult child", "sister", "brother", "mother")


class Life:
    """One episode: who, what, where, and the worker who carries it.

    Hours are counted from the asking; nothing happens after the county's own now.
    """

    def __init__(
        self,
        house: House,
        worker: Appointment,
        trouble: Trouble,
        chance: Random,
        *,
        asked_at: datetime,
        now: datetime,
    ) -> None:
        self.house, self.worker, self.trouble, self.c = house, worker, trouble, chance
        self.asked_at, self.now = asked_at, now
        self.actor = actor_for(worker, now=asked_at)
        self.told = 0
        self.case: Case

    @contextmanager
    def at_work(self) -> Iterator["Life"]:
        """One transaction on the agency's side of the wall."""
        with acting(self.actor):
            yield self

    def at(self, hours: float) -> datetime:
        """A moment of the episode."""
        return min(self.asked_at + timedelta(hours=hours), self.now)

    def by(self, at: datetime, worker: Appointment | None = None) -> Actor:
        """The worker, or a colleague, acting at a moment."""
        if worker is None or worker.user_id == self.worker.user_id:
            return replace(self.actor, now=at)
        return replace(
            self.actor, now=at, user=worker.user, unit=worker.unit, role=worker.role, own_role=worker.own_role
        )

    def acts(self, hours: float, worker: Appointment | None = None) -> dict[str, Any]:
        """``at`` and ``by`` of an act."""
        at = self.at(hours)
        return {"at": at, "by": self.by(at, worker)}

    # --- taking in

    def take_in(
        self, *, hours: float = 0.1, is_queued: bool = False, code: str | None = None, person: Person | None = None,
        **known: Any,
    ) -> "Life":  # fmt: skip
        """Take them in: somebody new unless ``person`` is told; in the duty queue, or with a worker."""
        chosen = self.c.choice(self.trouble.codes) if code is None else code
        reasons = self.trouble.dangers[0][2]
        story = Story(
            what_is_happening=self.c.choice(self.trouble.told), asked_by=self.c.choice(self.trouble.asked_by),
            asked_at=self.asked_at, dangers={to: (level, words) for to, level, words in self.trouble.dangers},
            judgment=judge(SCHEME, chosen, reasons=reasons or _WHY) if chosen else None,
            worker=None if is_queued else self.actor.user, unit=self.actor.unit,
        )  # fmt: skip
        facts = known if person else people.somebody(self.c) | known
        self.case = take_in(story, person=person, **self.acts(hours), **facts)
        return self

    def supporters(self, many: int = 1) -> None:
        """People round them, and what they may be told."""
        for _ in range(many):
            add_supporter(self.case.person, **people.supporter(self.c), **self.acts(0.3))

    def together(self, with_: Person) -> None:
        """They are in this together with somebody who was taken in before."""
        join_household(self.case.person, with_=with_, part=self.c.choice(_PARTS), **self.acts(0.4))

    # --- what happened

    def note(
        self, hours: float, *, kind: str = "call", reached: bool = True, late: float = 0, **more: Any
    ) -> Note:
        """The next thing in the chronology; written down ``late`` hours after it happened."""
        words = more.pop("words", None) or self.trouble.calls[self.told % len(self.trouble.calls)]
        self.told += 1
        telling = Telling(
            kind=kind, words=words, happened_at=self.at(hours), reached=reached,
            minutes=self.c.choice((5, 10, 15, 30, 45)), **more,
        )  # fmt: skip
        return add_note(self.case, telling, **self.acts(hours + late))

    def advocacy(self, hours: float) -> None:
        """A call to somebody else for them."""
        domain = self.trouble.needs[0][0].replace("_", " ")
        self.note(
            hours, kind="advocacy", reached=False, with_whom=f"County desk for {domain}",
            what_for=self.trouble.needs[0][1],
            outcome="Will call back by noon", words="Called for them and did not let go until somebody wrote it down.",
        )  # fmt: skip

    def amend(self, note: Note, hours: float) -> None:
        """Somebody looks at a note again, and adds what was left out."""
        words = f"{note.words} The sister was there too; she may be told that we are in touch."
        amend_note(note, words=words, reason="Left out who was there", version=1, **self.acts(hours))

    def barrier(self, hours: float, *, removed: float | None = None) -> None:
        """What stands in the way; and when it was out of it."""
        named, how = self.trouble.barrier
        barrier = name_barrier(self.case, words=named, **self.acts(hours))
        if removed is not None:
            remove_barrier(barrier, how=how, **self.acts(removed))

    # --- needs and steps

    def needs(self, hours: float = 0.5, *, most: int = 3) -> list[Need]:
        """What they need; the first makes the second worse."""
        named = [
            name_need(self.case, domain=domain, words=words, **self.acts(hours))
            for domain, words in self.trouble.needs[:most]
        ]
        if len(named) > 1:
            link_needs(named[0], effect=named[1], **self.acts(hours))
        return named

    def step(
        self, hours: float, *, due: float, need: Need | None = None, owner: str = Step.Owner.WORKER, number: int = 0,
        partner: str = "",
    ) -> Step:  # fmt: skip
        """Somebody will do something by a time."""
        words = self.trouble.steps[number % len(self.trouble.steps)]
        task = Task(words=words, owner=owner, worker=self.actor.user, need=need, partner=partner)
        acts = self.acts(hours)
        return plan_step(self.case, task, due_at=self.asked_at + timedelta(hours=due), **acts)

    def done(self, step: Step, hours: float, outcome: str = "Done together.") -> None:
        """It is done."""
        finish_step(step, outcome=outcome, **self.acts(hours))

    def end(self, needs: list[Need], hours: float) -> None:
        """They are met."""
        for need in needs:
            end_need(need, how=Need.Ending.MET, **self.acts(hours))

    # --- gates and follow-up

    def gates(self, hours: float, *kinds: str, every: float = 0.2) -> None:
        """Gates are met, one after another."""
        for number, kind in enumerate(kinds or GATES):
            evidence = self.trouble.settled if kind == GATES[0] else _EVIDENCE[kind]
            if kind == "next_contact":
                self.next_contact(hours + number * every, due=hours + 48)
            meet_gate(self.case, kind=kind, evidence=evidence, **self.acts(hours + number * every))

    def follow_up(self, until: float, *, outcome: str = "reached") -> None:
        """Keep every check-in that is due until then; or try in vain."""
        owed = FollowUp.objects.standing().filter(case=self.case, planned_for__lt=self.at(until))
        for one in owed.order_by("planned_for"):
            if not owed.filter(pk=one.pk).exists():
                continue
            self.attempt(one, (one.planned_for - self.asked_at) / timedelta(hours=1) - 1, outcome)

    def attempt(self, owed: FollowUp, hours: float, outcome: str) -> None:
        """One try."""
        words = self.trouble.calls[-1] if outcome == "reached" else ""
        attempt(owed, Try(outcome=outcome, words=words), **self.acts(max(hours, 0.2)))

    def next_contact(self, hours: float, *, due: float) -> None:
        """Promise the next contact."""
        book_next_contact(self.case, due_at=self.asked_at + timedelta(hours=due), **self.acts(hours))

    # --- the end

    def close(self, hours: float, outcome: str, *, words: str = "", worked: bool = False) -> None:
        """The episode ends."""
        told = self.trouble.worked if worked else ""
        for danger in Danger.objects.pressing().filter(case=self.case).order_by("to"):
            calmer = "Read again before the end: asked, and nothing presses any more."
            read_danger(self.case, to=danger.to, level="possible", words=calmer, **self.acts(hours - 0.01))
        carer = self.worker if self.worker in self.house.carers else self.house.carers[0]
        close_case(self.case, outcome=outcome, words=words, what_worked=told, **self.acts(hours, carer))

    def reopen(self, hours: float, because: str) -> None:
        """It goes on after all."""
        carer = self.worker if self.worker in self.house.carers else self.house.carers[0]
        reopen_case(self.case, because=because, **self.acts(hours, carer))


_WHY = "Somebody they trust stays with them, and the line is open to both."
_EVIDENCE = {
    "rescreened": "Asked all of it again, sitting down, without hurry.",
    "basic_needs": "Ate while we were there; warm, dry, medicine at hand.",
    "contact": "Number works, a person answers, and a second way is written down.",
    "next_contact": "Agreed on day and hour, and wrote it on the same calendar.",
}
