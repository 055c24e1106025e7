"""What a life meets in the county: other agencies, the post between them, free beds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from random import Random
from typing import Any

from breakwater.cases.actions.intake import Story, judge
from breakwater.kernel.jobs import Job
from breakwater.referrals.actions import handoff as handing
from breakwater.referrals.actions import loop
from breakwater.referrals.actions.handoff import Receiver, offer_case
from breakwater.referrals.actions.letters import Word
from breakwater.referrals.actions.loop import Letter, refer
from breakwater.referrals.actions.meeting import Together, note_meeting
from breakwater.referrals.models import Handoff, Meeting, Referral, Told, free_beds
from breakwater.referrals.packet import USUAL, packet_of
from breakwater.resources.models import Bed, Service
from breakwater.simulation.agencies import CLINIC, DETOX, MOBILE, PASSAGE, SHELTER, House
from breakwater.simulation.agreeing import agree
from breakwater.simulation.directory import SOURCE
from breakwater.simulation.life import SCHEME, Life
from breakwater.trust.access import Actor, acting, actor_for
from breakwater.trust.dispatch import react

_GIVES = {
    "housing": (SHELTER, "Emergency shelter, adults"),
    "substance_use": (DETOX, "Withdrawal management"),
    "mental_health": (CLINIC, "Crisis follow-up clinic"),
    "medical": (CLINIC, "Walk-in primary care"),
    "safety": (PASSAGE, "Court advocacy"),
    "utilities": (MOBILE, "Mobile crisis visits"),
}
_OUTSIDE = {
    "food": "Pantry on wheels",
    "income": "Day work and job training",
    "legal": "Legal aid clinic",
    "utilities": "Energy help",
    "benefits": "Benefits desk",
    "family": "Parent and child mornings",
}

_ANSWERS: dict[str, Callable[..., Any]] = {
    "acknowledged": loop.acknowledge,
    "accepted": loop.accept,
    "declined": loop.decline,
    "started": loop.start_help,
}


class Town:
    """The agencies of the county, and what goes between them.

    Args:
        post: what was announced and has not been heard.
    """

    def __init__(self, houses: list[House], post: list[Job]) -> None:
        self.houses = {house.agency.name: house for house in houses}
        self.post = post
        self._by_id = {str(house.agency.pk): house.agency for house in houses}
        listed = Service.objects.filter(source=SOURCE, retired_at=None).select_related("organization")
        self.services = {service.name: service for service in listed}

    def hear(self, at: datetime) -> None:
        """Everybody hears what was announced, until nothing new is."""
        while self.post:
            name, arguments = self.post.pop(0)
            if name != "trust.react":
                raise LookupError(f"nobody in the county does {name}")
            react(arguments["entry_id"], self._by_id[arguments["agency_id"]], at=at)

    def forget(self) -> None:
        """What was announced was for nobody else."""
        self.post.clear()

    @contextmanager
    def at(self, name: str, at: datetime, *, carer: bool = False) -> Iterator[Actor]:
        """Whoever answers letters at an agency, or carries its cases, on its own side of the wall."""
        house = self.houses[name]
        with acting(actor_for(house.carers[0] if carer else house.answers, now=at)) as by:
            yield by

    def refer(self, life: Life, hours: float, *, need: int = 0, outside: bool = False) -> Referral:
        """Ask for help with one of their needs: an agency of the county, or whoever else the directory lists."""
        domain, words = life.trouble.needs[need]
        name, service = ("", "") if outside else _GIVES.get(domain, ("", ""))
        house = self.houses.get(name)
        is_ours = house is None or house.agency == life.house.agency
        listed: Service = self.services[_OUTSIDE.get(domain, "Benefits desk") if is_ours else service]
        letter = Letter(
            to_name=str(listed.organization), need=domain, words=f"{words}. Can you help this week?",
            known_as=life.case.person.known_as, service=listed,
            to_agency=None if is_ours or house is None else house.agency,
        )  # fmt: skip
        agree(life, hours, name=letter.to_name, agency=letter.to_agency, need=domain, always=outside)
        return refer(life.case, letter, **life.acts(hours))

    def answer(
        self, referral: Referral, life: Life, hours: float, code: str, *, reason: str = "", words: str = ""
    ) -> None:
        """A stage is told: by the agency itself when it works here, or by somebody there on the phone."""
        act = _ANSWERS[code]
        if referral.to_agency is None:
            word = Word(told_by=Told.RECEIVER, source="Front desk, by phone", reason=reason, words=words)
            act(referral, word=word, **life.acts(hours))
            return
        with self.at(referral.to_agency.name, life.at(hours)) as by:
            act(referral, word=Word(reason=reason, words=words), at=by.now, by=by)
        self.hear(life.at(hours))

    def need_met(self, referral: Referral, life: Life, hours: float) -> None:
        """The person says that it was met."""
        word = Word(told_by=Told.PERSON, words="Got there, was let in, and it is what was needed.")
        loop.meet_need(referral, word=word, **life.acts(hours))

    def offer(self, life: Life, hours: float, to: str) -> Handoff:
        """Offer a case to another agency of the county, or to somebody outside."""
        house, acts = self.houses.get(to), life.acts(hours)
        receiver = Receiver(name=to, agency=house.agency if house else None)
        agree(life, hours, name=to, agency=receiver.agency)
        packet = packet_of(life.case, USUAL, message="As discussed on the phone.", by=acts["by"])
        return offer_case(life.case, to=receiver, packet=packet, **acts)

    def accept(self, handoff: Handoff, life: Life, hours: float) -> None:
        """They will take it over."""
        if handoff.to_agency is None:
            handing.accept_case(handoff, word=Word(source="Intake coordinator there"), **life.acts(hours))
            return
        with self.at(handoff.to_agency.name, life.at(hours), carer=True) as by:
            handing.accept_case(handoff, at=by.now, by=by)
        self.hear(life.at(hours))

    def take_over(self, handoff: Handoff, life: Life, hours: float) -> Life:
        """The receiver opens its own case from the packet."""
        house = self.houses[str(handoff.to_name)]
        theirs = Life(house, house.carers[0], life.trouble, life.c, asked_at=life.at(hours), now=life.now)
        story = Story(
            what_is_happening=life.case.what_is_happening, asked_by="partner", asked_at=theirs.asked_at,
            dangers={"self": ("possible", "As the packet says")}, judgment=judge(SCHEME, "E"),
            worker=theirs.actor.user, unit=theirs.actor.unit,
        )  # fmt: skip
        with theirs.at_work():
            acts = theirs.acts(0)
            theirs.case = handing.take_over(handoff, story, known_as=life.case.person.known_as, **acts)
        return theirs

    def decline(self, handoff: Handoff, life: Life, hours: float, words: str) -> None:
        """They will not, and say why."""
        name = handoff.to_agency.name if handoff.to_agency else ""
        with self.at(name, life.at(hours)) as by:
            handing.decline_case(handoff, word=Word(words=words), at=by.now, by=by)
        self.hear(life.at(hours))

    def met(self, handoff: Handoff, life: Life, hours: float, *, spoke: bool = True) -> None:
        """A call with three: they spoke, or the person did not answer it."""
        outcome = Meeting.Outcome.SPOKE if spoke else Meeting.Outcome.PERSON_AWAY
        words = "They will be called at ten tomorrow." if spoke else "Rang twice; we try again at four."
        told = Together(kind=Meeting.Kind.CALL, outcome=outcome, receiver="The worker there", words=words)
        note_meeting(handoff, told, held_at=life.at(hours), **life.acts(hours + 0.1))

    def confirmed(self, handoff: Handoff, life: Life, hours: float) -> None:
        """Somebody outside has reached them: the person says so."""
        word = Word(told_by=Told.PERSON, source="The person", words="Met the new worker; it went well.")
        handing.confirm_contact(handoff, word=word, **life.acts(hours))

    def a_free_bed(self, kind: str, c: Random, at: datetime) -> Bed:
        """One of the free beds of a kind."""
        free: Bed = c.choice(list(free_beds(at).filter(kind=kind).order_by("place__name", "label")))
        return free
