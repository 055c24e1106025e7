"""A safety plan with the person: their words, versions that stand, copies that harm nobody, dangers tracked to done."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from breakwater.cases.actions.closing import close_case
from breakwater.cases.testing import a_case
from breakwater.clocks.models import Clock
from breakwater.kernel.cipher import MARK
from breakwater.kernel.db import one_row
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused, Stale
from breakwater.people.actions.reach import add_contact_point, add_supporter, end_contact_point, end_supporter
from breakwater.plans.actions.lessons import drop_lesson, learn_anew
from breakwater.plans.actions.safeguards import end_safeguard
from breakwater.plans.actions.safety import write_plan
from breakwater.plans.library import FORM
from breakwater.plans.models import CopyGiven, Lesson, Safeguard, SafetyPlan
from breakwater.plans.overview import card_of
from breakwater.plans.rules import changes
from breakwater.plans.testing import a_copy, a_lesson, a_safeguard, a_safety_plan
from breakwater.trust.actions.consents import raise_segments
from breakwater.trust.actions.family import Close, say_who_may_know
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Decision, Entry, Involvement
from breakwater.trust.rules.law import Unlawful
from breakwater.trust.testing import NOON, an_actor, an_agency

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=3)


def clock_of(about, kind):
    return Clock.objects.of(about).filter(kind=kind).order_by("-started_at", "-pk").first()


def a_supporter(case, *, by, may_know="Everything", must_not_know=False):
    return add_supporter(
        case.person, name="Ana", relation="sister", reach="", may_know=may_know, must_not_know=must_not_know,
        at=NOON, by=by,
    )  # fmt: skip


def a_way(case, safety, *, by):
    return add_contact_point(
        case.person, kind="phone", value="(555) 010-2020", safety=safety, how="", at=NOON, by=by
    )


def test_a_plan_is_complete_when_every_section_has_its_minimum_and_says_what_is_missing_till_then():
    ada = an_actor()
    case = a_case(by=ada)
    begun = a_safety_plan(case, by=ada, people_to_ask="", surroundings=" \n ", reasons="", distraction="")
    assert (begun.is_complete, begun.lacks) == (False, ["people_to_ask", "surroundings"])
    whole = a_safety_plan(case, by=ada, version=1, reasons="", distraction="")
    assert (whole.is_complete, whole.lacks, whole.form) == (True, [], FORM.version)
    told = Entry.objects.filter(verb="plans.safety_plan_written").order_by("pk")
    assert [one.facts["is_complete"] for one in told] == [False, True]
    with pytest.raises(Refused, match="at least one thing"):
        a_safety_plan(case, by=ada, version=2, **dict.fromkeys(FORM.sections, "  "))


def test_words_stay_as_they_were_said_and_every_version_stands():
    ada = an_actor()
    case = a_case(by=ada)
    first = a_safety_plan(case, by=ada, warning_signs="  I stop\n eating — «quoted»  ")
    second = a_safety_plan(case, by=ada, at=LATER, version=1, warning_signs="I stop answering")
    first.refresh_from_db()
    assert first.warning_signs == "  I stop\n eating — «quoted»  "
    changed = changes(first.words, second.words)
    assert list(changed) == ["warning_signs"]
    assert (changed["warning_signs"].came, changed["warning_signs"].went) == (
        ("I stop answering",),
        ("I stop", "eating — «quoted»"),
    )
    for rewritten in (
        lambda: SafetyPlan.objects.filter(pk=first.pk).update(reasons=""),
        lambda: SafetyPlan.objects.filter(pk=first.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="stays written"), transaction.atomic():
            rewritten()
    with pytest.raises(IntegrityError, match="versions_of_a_plan"), transaction.atomic():
        SafetyPlan.objects.create(
            circle=case.circle, case=case, version=2, warning_signs="x", form="1", by=None, starts_at=NOON,
            review_at=LATER,
        )  # fmt: skip


def test_who_writes_over_somebody_elses_version_is_shown_both_texts():
    ada = an_actor()
    case = a_case(by=ada)
    a_safety_plan(case, by=ada, own_coping="Mine")
    with pytest.raises(Stale, match="version of this plan while you were writing") as stale:
        a_safety_plan(case, by=ada, version=0, own_coping="Yours")
    assert (stale.value.theirs["own_coping"], stale.value.who) == ("Mine", "Ada Reyes")
    assert SafetyPlan.objects.count() == 1


def test_a_plan_is_read_again_by_a_clock_that_the_next_version_winds_anew():
    ada = an_actor()
    case = a_case(by=ada)
    plan = a_safety_plan(case, by=ada)
    first = clock_of(case.pk, "safety_plan_review")
    assert plan.review_at == first.due_at > NOON + timedelta(days=29)
    again = a_safety_plan(case, by=ada, at=LATER, version=1)
    first.refresh_from_db()
    assert (first.ended_how, changes(plan.words, again.words)) == ("replaced", {})
    assert Clock.objects.running().of(case.pk).filter(kind="safety_plan_review").count() == 1


@pytest.mark.parametrize(
    ("safety", "why"), [("unsafe", "marked as not safe"), ("ask_first", "no message is left")]
)
def test_no_copy_goes_a_way_that_is_not_known_to_be_safe(safety, why):
    ada = an_actor()
    case = a_case(by=ada)
    plan, way = a_safety_plan(case, by=ada), a_way(case, safety, by=ada)
    with pytest.raises(Refused, match=f"{why}.*Give it into their hand"):
        a_copy(plan, by=ada, how="sent", contact_point=way)
    assert not CopyGiven.objects.exists()


def test_a_copy_is_given_to_the_person_as_is_safe_and_written_down():
    ada = an_actor()
    case = a_case(by=ada)
    plan, way = a_safety_plan(case, by=ada), a_way(case, "safe", by=ada)
    other = a_way(a_case(by=ada), "safe", by=ada)
    with pytest.raises(Refused, match="where the copy will be kept"):
        a_copy(plan, by=ada, safe_to_keep=False)
    for wrong in (None, other):
        with pytest.raises(Refused, match="Say which way it was sent"):
            a_copy(plan, by=ada, how="sent", contact_point=wrong)
    with pytest.raises(Refused, match="Only a copy that was sent needs a way"):
        a_copy(plan, by=ada, contact_point=way)
    with pytest.raises(Refused, match="Say how the copy was given"):
        a_copy(plan, by=ada, how="shouted")
    a_copy(plan, by=ada)
    a_copy(plan, by=ada, how="read", safe_to_keep=False)
    sent = a_copy(plan, by=ada, how="sent", contact_point=way)
    assert [one.how for one in CopyGiven.objects.of_episode(case.pk)] == ["sent", "read", "paper"]
    end_contact_point(way, at=LATER, by=ada)
    way.refresh_from_db()
    with pytest.raises(Refused, match="ways to reach them that stand"):
        a_copy(plan, by=ada, how="sent", contact_point=way)
    a_safety_plan(case, by=ada, at=LATER, version=1)
    with pytest.raises(Overtaken, match="newer version of this plan"):
        a_copy(plan, by=ada)
    with pytest.raises(DatabaseError, match="stays written"), transaction.atomic():
        CopyGiven.objects.filter(pk=sent.pk).update(how="read")


def test_somebody_round_the_person_gets_a_copy_only_as_the_person_wants():
    ada = an_actor()
    case = a_case(by=ada)
    plan = a_safety_plan(case, by=ada)
    with pytest.raises(Refused, match="must not know that the person asked"):
        a_copy(plan, by=ada, supporter=a_supporter(case, by=ada, must_not_know=True))
    with pytest.raises(Refused, match="may be told nothing yet"):
        a_copy(plan, by=ada, supporter=a_supporter(case, by=ada, may_know=""))
    ana = a_supporter(case, by=ada)
    with pytest.raises(Refused, match="sent to the person only"):
        a_copy(plan, by=ada, how="sent", supporter=ana, contact_point=a_way(case, "safe", by=ada))
    assert a_copy(plan, by=ada, supporter=ana).supporter == ana
    told = Decision.objects.get(about=plan.pk)
    assert (told.recipient_name, told.obligations) == ("Ana", ["log_disclosure"])
    said_no = Close(answer=Involvement.Answer.OBJECTED, name="ana")
    say_who_may_know(said_no, circle=case.circle, at=NOON, by=ada)
    with pytest.raises(Unlawful):
        a_copy(plan, by=ada, supporter=ana)
    end_supporter(ana, at=LATER, by=ada)
    ana.refresh_from_db()
    for gone in (ana, a_supporter(a_case(by=ada), by=ada)):
        with pytest.raises(Refused, match="stands round this person now"):
            a_copy(plan, by=ada, supporter=gone)


def test_what_a_law_protects_goes_to_nobody_but_the_person():
    ada = an_actor(agency=an_agency(kind="victim_service"))
    case = a_case(by=ada)
    plan, ana = a_safety_plan(case, by=ada), a_supporter(case, by=ada)
    with pytest.raises(Unlawful):
        a_copy(plan, by=ada, supporter=ana)
    assert a_copy(plan, by=ada).supporter is None
    treated = a_safety_plan(other := a_case(by=ada), by=ada)
    raise_segments(treated, ["part2"], at=NOON, by=ada)
    with pytest.raises(Unlawful):
        a_copy(treated, by=ada, supporter=a_supporter(other, by=ada))
    assert CopyGiven.objects.count() == 1


@pytest.mark.parametrize("segment", ["part2", "psychotherapy-notes", "vsp"])
def test_a_plan_that_a_law_protects_is_encrypted_and_its_segment_goes_on_with_it(segment):
    ada = an_actor()
    case = a_case(by=ada)
    plan = a_safety_plan(case, by=ada, own_coping="zqcanary helps")
    kept = "SELECT own_coping FROM plans_safetyplan WHERE id = %s"
    assert one_row(kept, (plan.pk,)) == ("zqcanary helps",)
    raise_segments(plan, [segment], at=NOON, by=ada)
    assert one_row(kept, (plan.pk,))[0].startswith(MARK)
    following = a_safety_plan(case, by=ada, at=LATER, version=1, own_coping="zqcanary helps more")
    todo = a_safeguard(case, by=ada, words="zqcanary pills")
    assert one_row(kept, (following.pk,))[0].startswith(MARK)
    assert one_row("SELECT words FROM plans_safeguard WHERE id = %s", (todo.pk,))[0].startswith(MARK)
    assert SafetyPlan.objects.get(pk=following.pk).own_coping == "zqcanary helps more"
    assert (following.segments, todo.segments, a_copy(following, by=ada).segments) == ([segment],) * 3


def test_a_plan_is_not_there_for_another_agency_nor_for_whoever_may_only_read():
    ada = an_actor()
    case = a_case(by=ada)
    plan, todo, lesson = a_safety_plan(case, by=ada), a_safeguard(case, by=ada), a_lesson(case, by=ada)
    a_copy(plan, by=ada)
    partner = an_actor(Role.PARTNER, agency=ada.agency)
    for refused in (
        lambda: a_safety_plan(case, by=partner, version=1),
        lambda: a_copy(plan, by=partner),
        lambda: a_safeguard(case, by=partner),
        lambda: end_safeguard(todo, how="locked", known_from="x", at=NOON, by=partner),
        lambda: a_lesson(case, by=partner),
        lambda: learn_anew(lesson, effect=9, at=NOON, by=partner),
        lambda: drop_lesson(lesson, at=NOON, by=partner),
    ):
        with pytest.raises(NotPermitted):
            refused()
    an_actor()
    for model in (SafetyPlan, CopyGiven, Safeguard, Lesson):
        assert not model.objects.exists()


def test_something_dangerous_is_tracked_until_it_is_out_of_reach():
    ada = an_actor()
    case = a_case(by=ada)
    with pytest.raises(Refused, match="what is to be done, and who"):
        a_safeguard(case, by=ada, who=" ")
    with pytest.raises(Refused, match="Say what is within reach"):
        a_safeguard(case, by=ada, means="words")
    with pytest.raises(Refused, match="still to come"):
        a_safeguard(case, by=ada, due_at=NOON)
    todo = a_safeguard(case, by=ada, due_at=LATER)
    clock = clock_of(todo.pk, "safeguard")
    assert (clock.due_at, clock.ended_at) == (LATER, None)
    with pytest.raises(Refused, match="how you know"):
        end_safeguard(todo, how="locked", known_from=" ", at=LATER, by=ada)
    ended = end_safeguard(todo, how="transferred", known_from="Her sister showed me", at=LATER, by=ada)
    clock.refresh_from_db()
    assert (ended.is_done, clock.ended_how, clock.ended_at) == (True, "met", LATER)
    with pytest.raises(Overtaken, match="already ended: with somebody else"):
        end_safeguard(todo, how="locked", known_from="x", at=LATER, by=ada)
    other = end_safeguard(a_safeguard(case, by=ada), how="declined", known_from="Not yet", at=LATER, by=ada)
    assert other.is_done is False
    with pytest.raises(IntegrityError, match="says_how_we_know"), transaction.atomic():
        Safeguard.objects.filter(pk=todo.pk).update(known_from="")


def test_what_helps_is_said_anew_and_goes_onto_the_card_by_how_well_it_helps():
    ada = an_actor()
    case = a_case(
        by=ada, triggers="Uniforms\nSirens", strengths="Paints", language="Dari", needs_interpreter=True
    )
    river, music = (
        a_lesson(case, by=ada),
        a_lesson(case, by=ada, words="Loud music", effect=None, with_others=True),
    )
    worse = a_lesson(case, by=ada, kind="trigger", words="Being touched", effect=4)
    assert (worse.effect, Lesson.objects.standing().count()) == (None, 3)
    music = learn_anew(music, effect=10, at=LATER, by=ada)
    not_for_her = learn_anew(river, effect=0, at=LATER, by=ada)
    plan = a_safety_plan(case, by=ada, own_coping="Loud music\nA bath")
    card = card_of(case.person, Lesson.objects.of_episode(case.pk), plan)
    assert card.speaks == "Dari, with an interpreter"
    assert card.worse == ["Being touched", "Uniforms", "Sirens"]
    assert card.helps == [("Loud music", "it helps 10 of 10, with somebody"), ("A bath", "in their own plan")]
    assert (card.signs, card.strengths) == (["My words for warning signs"], ["Paints"])
    with pytest.raises(Overtaken, match="something newer"):
        learn_anew(river, effect=2, at=LATER, by=ada)
    with pytest.raises(Refused, match="Only what helps is rated"):
        learn_anew(worse, effect=2, at=LATER, by=ada)
    drop_lesson(not_for_her, at=LATER, by=ada)
    assert set(Lesson.objects.of_episode(case.pk)) == {music, worse}


def test_what_was_told_in_steps_before_stays_as_it_was_told_and_in_its_place():
    ada = an_actor()
    case = a_case(by=ada)
    for words, effect in (("Tea", 9), ("The dog", 1), ("Cold water", 5), ("Nap", None)):
        a_lesson(case, by=ada, words=words, effect=effect)
    old = dict(zip(Lesson.Works.labels, Lesson.Works.values, strict=True))
    for label in ("It helped a lot", "It helped", "It helped a little", "It did not help"):
        made = a_lesson(case, by=ada, words=f"Old: {label}")
        Lesson.objects.filter(pk=made.pk).update(effect=None, works=old[label])
    card = card_of(case.person, Lesson.objects.of_episode(case.pk), None)
    assert card.helps == [
        ("Tea", "it helps 9 of 10"), ("Old: It helped a lot", "it helped a lot"), ("Old: It helped", "it helped"),
        ("Cold water", "it helps 5 of 10"), ("Old: It helped a little", "it helped a little"),
        ("The dog", "it helps 1 of 10"), ("Nap", "not tried yet"),
    ]  # fmt: skip
    anew = learn_anew(Lesson.objects.get(works=old["It helped"]), effect=10, at=LATER, by=ada)
    assert (anew.effect, anew.works, anew.came_after.works) == (10, None, old["It helped"])
    assert anew.last_used == LATER.astimezone(ada.zone).date()


def test_what_is_learned_says_something():
    ada = an_actor()
    case = a_case(by=ada)
    with pytest.raises(Refused, match="whether it makes it worse or helps"):
        a_lesson(case, by=ada, words=" ")
    for effect in (11, -1):
        with pytest.raises(Refused, match="from 0 to 10"):
            a_lesson(case, by=ada, effect=effect)
    with pytest.raises(Refused, match="later than today"):
        a_lesson(case, by=ada, last_used=NOON.date() + timedelta(days=1))
    with pytest.raises(Refused, match="what kind of thing"):
        a_lesson(case, by=ada, kind="trigger", category="weather")
    with pytest.raises(IntegrityError, match="only_what_helps"), transaction.atomic():
        Lesson.objects.filter(pk=a_lesson(case, by=ada).pk).update(category="place")
    with pytest.raises(IntegrityError, match="how_well"), transaction.atomic():
        Lesson.objects.create(
            circle=case.circle, case=case, kind="coping", words="x", works=None, by=None, starts_at=NOON
        )
    both = {"kind": "coping", "works": 2, "effect": 3}
    for wrong in (both, {"kind": "coping", "effect": 11}, {"kind": "trigger", "effect": 3}):
        with pytest.raises(IntegrityError, match="how_well"), transaction.atomic():
            Lesson.objects.create(circle=case.circle, case=case, words="x", by=None, starts_at=NOON, **wrong)


def test_a_safeguard_keeps_a_case_open_and_the_review_of_a_plan_does_not():
    ada = an_actor()
    case = a_case(by=ada)
    a_safety_plan(case, by=ada)
    kinds = set(Clock.objects.running().in_episode(case.pk).values_list("kind", flat=True))
    assert "safety_plan_review" in kinds
    todo = a_safeguard(case, by=ada)
    with pytest.raises(Refused, match="dangerous is still within reach"):
        close_case(case, outcome="declined", at=LATER, by=ada)
    end_safeguard(todo, how="locked", known_from="Seen", at=LATER, by=ada)
    close_case(case, outcome="declined", at=LATER, by=ada)
    assert not Clock.objects.running().in_episode(case.pk).exists()
    with pytest.raises(Refused, match="Reopen it first"):
        a_safety_plan(case, by=ada, version=1)
    other, too_late = a_case(by=ada), NOON + timedelta(days=400)
    with pytest.raises(Refused, match="within a year"):
        write_plan(other, {"reasons": "x"}, version=0, review_at=too_late, at=NOON, by=ada)
