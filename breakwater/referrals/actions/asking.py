"""Those who look for a bed: ask many places at once, reply to what they ask, follow their answers, or call it off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from breakwater.cases.actions.holding import held, keep_held
from breakwater.cases.models import Case
from breakwater.clocks.actions import stop_kind
from breakwater.clocks.models import Clock
from breakwater.kernel.db import refuse_if
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.referrals.actions.letters import hold_case, is_news
from breakwater.referrals.actions.rounds import (
    ANSWER,
    CONFIRMATION,
    QUESTION,
    call_off_asks,
    close_round,
    end_hold,
    end_questions,
    locked_round,
    promise,
    tell_round,
)
from breakwater.referrals.events import BedOffered, PlaceAsked, QuestionReplied, RoundOpened
from breakwater.referrals.library import ROUNDS
from breakwater.referrals.models import Ask, Hold, Placement, Question, Round
from breakwater.resources.fit import Wants
from breakwater.resources.models import Bed, Capacity, Program
from breakwater.trust.access import Actor
from breakwater.trust.journal import record
from breakwater.trust.models import Entry


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is asked for: which kind of bed, the facts they decide on, and words that name nobody.

    Args:
        also: other kinds that would do as well; each place is asked for the kind that it gives.
    """

    kind: str
    wants: Wants
    words: str = ""
    also: tuple[str, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """All that would do, the first wish first."""
        return tuple(dict.fromkeys((self.kind, *self.also)))


@transaction.atomic
def ask_many(case: Case, wish: Wish, programs: Sequence[Program], *, at: datetime, by: Actor) -> Round:
    """Ask many places for a bed at once. The first that says yes holds one; the others are told.

    Raises:
        Refused: the case is closed, nobody is asked, too many are, or one of them cannot be asked from here.
        Overtaken: they hold a bed already, or somebody asks for them already.
    """
    by.must("referrals.place", case.circle)
    case = held(case, by=by)
    if sentence := _why_not_asked(wish, programs, by=by):
        raise Refused(sentence)
    if Placement.objects.standing().filter(case=case).exists():
        raise Overtaken("They already hold a bed. Move them, or end that stay first.")
    _end_what_ran_out(case, at=at, by=by)
    with refuse_if(
        "one_open_round_for_a_case", "Places are being asked already. Wait, or call it off first."
    ):
        opened = Round.objects.create(
            circle=case.circle, case=case, kind=wish.kind, agency=by.agency, hold_for=ROUNDS.hold_for,
            asked_at=at, due_at=at + ROUNDS.answer_within, by=by.user,
        )  # fmt: skip
    _ask_each(opened, wish, programs, at=at, by=by)
    promise(ANSWER, opened, about=opened.pk, until=opened.due_at, at=at, by=by)
    tell_round(RoundOpened(round_id=opened.pk, kind=opened.kind, asked=len(programs)), opened, at=at, by=by)
    return opened


@transaction.atomic
def reply(question: Question, *, words: str, at: datetime, by: Actor) -> Question:
    """Reply to what a place asks before it decides.

    Raises:
        NotPermitted: another agency was asked.
        Refused: nothing is said.
        Overtaken: somebody has replied, or the place no longer waits.
    """
    by.must("referrals.place")
    if question.from_agency_id != by.agency_id:
        raise NotPermitted("Only those who asked can reply.")
    if not words.strip():
        raise Refused("Say something: they wait for it.")
    hold_case(Round.objects.values_list("case", flat=True).get(asks=question.ask_id))
    asked = Ask.objects.lock(Ask(pk=question.ask_id))
    question = Question.objects.lock(question)
    if question.replied_at is not None or asked.stage != Ask.Stage.WAITING:
        raise Overtaken("Somebody has replied, or they no longer wait for it.")
    question.reply, question.replied_at, question.replied_by = words, at, by.user
    question.save(update_fields=["reply", "replied_at", "replied_by"])
    end_questions([asked], "", at=at, by=by)
    news = QuestionReplied(ask_id=asked.pk)
    record(news, about=asked.pk, to_agency=asked.to_agency, by=by, at=at)
    return question


@transaction.atomic
def call_off(round_: Round, *, at: datetime, by: Actor) -> Round:
    """Nobody is asked any more. A bed that is held for it is given back.

    Raises:
        Overtaken: it is over already.
    """
    if round_.agency_id != by.agency_id:
        raise NotPermitted("Only those who ask can call it off.")
    by.must("referrals.place", round_.circle)
    hold_case(round_.case_id)
    found = locked_round(round_)
    if found.closed_at is not None:
        raise Overtaken(f"This is over: {found.get_closed_how_display().lower()}.")
    for hold in Hold.objects.filter(round=found, ended_at=None):
        end_hold(hold, Hold.Ending.GIVEN_BACK, "No longer needed.", at=at, by=by)
    close_round(found, Round.Ending.CALLED_OFF, at=at, by=by)
    return found


@transaction.atomic
def hear_answer(entry: Entry, *, by: Actor) -> None:
    """Our side takes in what a place answered: the first yes calls the others off. Hearing it again changes nothing."""
    asked = ask_of_ours(entry)
    if asked is None:
        return
    hold_case(asked.round.case_id)
    end_questions([asked], "They answered without a reply.", at=entry.at, by=by)
    if entry.facts["code"] == Ask.Stage.ACCEPTED:
        found = locked_round(asked.round)
        if is_news(asked.hold.pk, by=by):
            _won(found, at=entry.at, by=by)


@transaction.atomic
def hear_asked_back(entry: Entry, *, by: Actor) -> None:
    """A place waits for a reply before it answers: from now a clock runs. Hearing it again changes nothing."""
    asked = ask_of_ours(entry)
    if asked is None:
        return
    hold_case(asked.round.case_id)
    asked = Ask.objects.select_related("round__circle").select_for_update(of=("self",)).get(pk=asked.pk)
    waits = asked.questions.filter(replied_at=None).first()
    if waits and asked.stage == Ask.Stage.WAITING and is_news(waits.pk, by=by):
        promise(QUESTION, asked.round, about=asked.pk, at=waits.at, by=by)


@transaction.atomic
def hear_withdrawal(entry: Entry, *, by: Actor) -> None:
    """The place took its bed back: the round is over, and its clock too. Hearing it again changes nothing."""
    hold: Any = hold_of_ours(entry)
    if hold is None:
        return
    hold_case(hold.round.case_id)
    found = locked_round(hold.round)
    if found.closed_at is None:
        close_round(found, Round.Ending.RAN_OUT, at=entry.at, by=by)


def ask_of_ours(entry: Entry) -> Ask | None:
    """What news of a round is about; nothing when its case went home, and we reach the round no more."""
    return Ask.objects.select_related("round").filter(pk=entry.about).first()


def hold_of_ours(entry: Entry) -> Hold | None:
    """The same of a bed that was held in a round."""
    found = Hold.objects.select_related("round").filter(pk=entry.about, round__circle__isnull=False)
    return found.first()


def _won(found: Round, *, at: datetime, by: Actor) -> None:
    """The answer is here: from now a clock runs until the bed is taken up, and nobody else is asked."""
    hold = Hold.objects.get(round=found)
    stop_kind([ANSWER], about=found.pk, how=Clock.Ended.MET, at=at, by=by)
    if found.closed_at is None and hold.ended_at is None:
        promise(CONFIRMATION, found, about=hold.pk, until=hold.expires_at, at=hold.starts_at, by=by)
    call_off_asks(found, at=at, by=by)
    tell_round(BedOffered(round_id=found.pk, hold_id=hold.pk), found, at=at, by=by)
    keep_held(found.case_id, circle=found.circle, at=by.now, by=by)


def _why_not_asked(wish: Wish, programs: Sequence[Program], *, by: Actor) -> str:
    if not programs:
        return "Choose at least one place to ask."
    if len(programs) > ROUNDS.most_at_once:
        return f"Ask at most {ROUNDS.most_at_once} places at once."
    if set(wish.kinds) - set(Bed.Kind.values) or any(one.kind not in wish.kinds for one in programs):
        return "Ask for the kinds of bed that were chosen."
    known = Program.objects.askable_by(by.agency).filter(pk__in=[one.pk for one in programs])
    if known.count() < len(programs):
        return "One of these places cannot be asked from here. Call those who keep it."
    return ""


def _end_what_ran_out(case: Case, *, at: datetime, by: Actor) -> None:
    """An earlier round from which nothing can come any more is closed, and a new one may begin."""
    for earlier in Round.objects.open().select_related("circle").filter(case=case):
        found = locked_round(earlier)
        stands = Hold.objects.standing().filter(round=found)
        won = Hold.objects.filter(round=found)
        if (won.exists() and not stands.exists()) or not (won.exists() or _is_awaited(found)):
            close_round(found, Round.Ending.RAN_OUT, at=at, by=by)


def _is_awaited(found: Round) -> bool:
    return Ask.objects.waiting().filter(round=found).exists()


def _ask_each(opened: Round, wish: Wish, programs: Sequence[Program], *, at: datetime, by: Actor) -> None:
    """One letter to each place, with what the board listed of it at this moment."""
    listed = dict(Capacity.objects.standing().filter(program__in=programs).values_list("program_id", "free"))
    facts: Any = wish.wants.facts()
    for program in programs:
        keeper: Any = program.agency
        asked = Ask.objects.create(
            round=opened, from_agency=by.agency, to_agency=keeper, program=program,
            facts=facts, words=wish.words, listed_open=listed.get(program.pk), asked_at=at,
            due_at=opened.due_at,
        )  # fmt: skip
        record(PlaceAsked(ask_id=asked.pk), about=asked.pk, to_agency=keeper, by=by, at=at)
