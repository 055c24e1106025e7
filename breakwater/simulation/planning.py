"""What is asked of a life, what it comes to, and what is written and agreed together with the person."""

from collections.abc import Mapping
from datetime import timedelta
from math import sin

from breakwater.assessments.actions.asking import answer, begin, complete
from breakwater.assessments.actions.judging import decide, hear
from breakwater.assessments.models import Alert, Assessment
from breakwater.plans.actions.family import Choice, choose_family
from breakwater.plans.actions.goals import Answer, read_sufficiency, set_goal, talk_over
from breakwater.plans.actions.lessons import Learned, learn, learn_anew
from breakwater.plans.actions.needs import Task, plan_step
from breakwater.plans.actions.safeguards import Doing, agree_safeguard, end_safeguard
from breakwater.plans.actions.safety import Handing, give_copy, write_plan
from breakwater.plans.family import PARTS, SAFETY, mark_of_choices, others_in, standing_choices
from breakwater.plans.models import Agreement, Lesson, Safeguard, SafetyPlan, Step
from breakwater.plans.overview import as_it_stands
from breakwater.simulation.life import Life

RAPID, MOOD = "rapid-crisis", "phq-9"
_MOSTLY = 0.7
_DIFFICULT = "2"
_KEPT_FROM_KIN = f"{SAFETY}.reasons"
_SOONER, _WORSE_AT_NIGHT = "Begin earlier, before it gets worse.", "Nights, when nobody answers."


def begins(life: Life, hours: float, *, safer_by: float, safer_at: float | None = None) -> None:
    """The first visit: asked, written together, and what is within reach made safe."""
    asked_in_crisis(life, hours)
    asked_about_mood(life, hours + 0.4)
    writes_safety_plan(life, hours + 0.8)
    makes_safer(life, hours + 0.9, due=safer_by, done=safer_at)
    reads_matrix(life, hours + 1)


def goes_on(life: Life, hours: float, *, due: float) -> list[Step]:
    """Asked again, calmer; the plan is written anew, and they plan further than tonight: who does what."""
    asked_in_crisis(life, hours, later=True)
    asked_about_mood(life, hours + 0.3, better=1)
    writes_safety_plan(life, hours + 0.5, again=True)
    learns(life, hours + 0.6)
    return plans_together(life, hours + 0.8, due=due)


def comes_round(life: Life, hours: float, step: Step) -> None:
    """Days later: better, a step is done, and they say what they think of what is left."""
    asked_about_mood(life, hours, better=2)
    reads_matrix(life, hours + 0.1, "interval", later=True)
    life.done(step, hours + 0.2)
    answers(life, hours + 0.4, signs=life.c.random() < _MOSTLY)


def asked_in_crisis(life: Life, hours: float, *, later: bool = False, is_finished: bool = True) -> None:
    """Our rapid assessment; what had to be heard is heard, and a worker decides on what the result proposes."""
    voice = life.trouble.voice
    said = {**voice.asked, **voice.later} if later else voice.asked
    if said["self"] not in ("plan", "now"):
        said = {key: one for key, one in said.items() if key != "reach"}
    words = {
        "happened": life.case.what_is_happening, "supports": voice.plan["people_to_ask"][0],
        "triggers": _WORSE_AT_NIGHT, "strengths": voice.goal[2], "wish": voice.goal[1],
    }  # fmt: skip
    _ask(life, hours, RAPID, said if later else words | dict(said), is_finished=is_finished)


def asked_about_mood(life: Life, hours: float, *, better: int = 0) -> None:
    """PHQ-9, by its labels; each time a little better."""
    digits = [max(0, int(one) - better) for one in life.trouble.voice.mood]
    said = {str(number): str(one) for number, one in enumerate(digits, 1)} | {"10": _DIFFICULT}
    _ask(life, hours, MOOD, said)


def writes_safety_plan(life: Life, hours: float, *, again: bool = False) -> SafetyPlan:
    """A version of the safety plan, and a copy of it read together or put into their hand."""
    last = SafetyPlan.objects.versions(life.case.pk).first()
    words = {code: "\n".join(said) for code, said in life.trouble.voice.plan.items()}
    if again:
        words["own_coping"] += f"\n{_SOONER}"
    version = last.version if last else 0
    plan = write_plan(life.case, words, version=version, review_at=None, **life.acts(hours))
    how = life.c.choice(("paper", "read"))
    give_copy(plan, Handing(how=how, safe_to_keep=how == "paper"), **life.acts(hours + 0.1))
    return plan


def makes_safer(life: Life, hours: float, *, due: float, done: float | None = None) -> None:
    """Something is done about what is within reach, and somebody saw it; or it is still to do."""
    means, words, who = life.trouble.voice.means
    until = life.asked_at + timedelta(hours=due)
    made = agree_safeguard(
        life.case, Doing(means=means, words=words, who=who), due_at=until, **life.acts(hours)
    )
    if done is not None:
        end_safeguard(
            made, how=Safeguard.Ending.TRANSFERRED, known_from="Seen on the visit.", **life.acts(done)
        )


def plans_together(life: Life, hours: float, *, due: float) -> list[Step]:
    """A goal in their words, a step of the worker and one of theirs, and their answer to all of it."""
    domain, words, builds_on = life.trouble.voice.goal
    goal = set_goal(life.case, domain=domain, words=words, builds_on=builds_on, **life.acts(hours))
    steps = [
        plan_step(
            life.case, Task(words=words, owner=owner, worker=life.actor.user, goal=goal),
            due_at=life.asked_at + timedelta(hours=due + 20 * number), **life.acts(hours),
        )
        for number, (owner, words) in enumerate(
            zip((Step.Owner.WORKER, Step.Owner.PERSON), life.trouble.voice.toward, strict=True)
        )
    ]  # fmt: skip
    answers(life, hours + 0.2)
    return steps


def answers(life: Life, hours: float, *, signs: bool = True) -> Agreement:
    """What they say to the plan as it stands: signed with a finger, or agreed aloud."""
    said = Answer(how="aloud", voice=life.trouble.voice.says, why_not="Hands were shaking too much to sign.")
    if signs:
        said = Answer(how="signed", voice=life.trouble.voice.says, strokes=_a_signature(life))
    return talk_over(
        life.case, said, as_shown=as_it_stands(life.case, zone=life.actor.zone), **life.acts(hours)
    )


def reads_matrix(life: Life, hours: float, moment: str = "entry", *, later: bool = False) -> None:
    """The self-sufficiency matrix."""
    voice = life.trouble.voice
    levels = voice.later_levels if later else voice.levels
    read_sufficiency(life.case, levels, moment=moment, words="", **life.acts(hours))


def learns(life: Life, hours: float) -> None:
    """What makes it worse, and what helps: a little at first, a lot when it was tried again."""
    worse = Learned(kind=Lesson.Kind.TRIGGER, words=_WORSE_AT_NIGHT, category=Lesson.Category.TIME)
    learn(life.case, worse, **life.acts(hours))
    helps = Learned(kind=Lesson.Kind.COPING, words=life.trouble.voice.plan["own_coping"][0], effect=3)
    learn_anew(learn(life.case, helps, **life.acts(hours)), effect=8, **life.acts(hours + 0.1))


def chooses_for_household(life: Life) -> None:
    """Those they live with may see the plan, but for their reasons for living: those are theirs."""
    if not SafetyPlan.objects.versions(life.case.pk).exists():
        return
    acts = life.acts((life.now - life.asked_at) / timedelta(hours=1))
    others = others_in(life.case, by=acts["by"])
    choice = Choice(parts=frozenset(PARTS) - {_KEPT_FROM_KIN}, hurt_them=False)
    read = mark_of_choices(standing_choices(life.case), others)
    if others:
        choose_family(life.case, dict.fromkeys(others, choice), read=read, **acts)


def _ask(life: Life, hours: float, key: str, said: Mapping[str, str], *, is_finished: bool = True) -> None:
    asked = begin(life.case, instrument=key, mode=Assessment.Mode.INTERVIEW, **life.acts(hours))
    answer(asked, said, **life.acts(hours + 0.1))
    if not is_finished:
        return
    result = complete(asked, **life.acts(hours + 0.2))
    for alert in Alert.objects.filter(assessment=asked, ends_at=None).order_by("kind"):
        hear(alert, did=life.trouble.calls[0], **life.acts(hours + 0.3))
    for proposal in result.document["proposes"][:2]:
        decide(asked, proposal=proposal, taken=True, reason="", **life.acts(hours + 0.3))


def _a_signature(life: Life) -> str:
    """Two strokes of a finger: a name that nobody reads, and a line under it."""
    height, speed = life.c.randint(40, 90), life.c.uniform(0.2, 0.4)
    name = " ".join(
        f"{120 + 12 * step},{150 + round(height * sin(speed * step) * sin(0.05 * step))}"
        for step in range(60)
    )
    return f"{name};140,250 {life.c.randint(700, 860)},{life.c.randint(235, 255)}"
