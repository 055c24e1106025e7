"""A worker's device in the person's hands. Its address tells nobody about whom, and nothing else is there."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.utils.cache import patch_vary_headers

from breakwater.assessments.actions.asking import answer
from breakwater.assessments.forms import AnswersForm
from breakwater.assessments.instruments_of import definition_of
from breakwater.assessments.models import Answer, Assessment
from breakwater.assessments.rules.answering import asked
from breakwater.assessments.rules.definition import Definition, Item
from breakwater.assessments.rules.translating import in_language
from breakwater.cases.models import Case
from breakwater.cases.views.act import seen_part
from breakwater.portal.actions.held import give_phone, take_phone_back, take_plan_back, why_not_given
from breakwater.portal.discreet import HELD, discreet, nothing
from breakwater.portal.forms import GivingForm
from breakwater.portal.library import LASTING, SPEECH, Speech
from breakwater.portal.views.signing import FORGET, held_plan, sign
from breakwater.trust.access import Request
from breakwater.trust.entering import confine, let_go
from breakwater.trust.forms import ProofForm
from breakwater.trust.journal import see
from breakwater.trust.middleware import accepts_secret, ends_sessions, open_while_confined, public
from breakwater.trust.receipts import is_whole
from breakwater.trust.step_up import is_still_them
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other

_ENGLISH = "en"


@dataclass(frozen=True, kw_only=True)
class Held:
    """What they were given the device for, in the language in which they read it.

    Args:
        language: of what stands around the questions; theirs, where it is here.
    """

    assessment: Assessment
    definition: Definition
    speech: Speech
    language: str


@ends_sessions
def giving(request: Request, assessment_id: UUID) -> HttpResponse:
    """Give them this device for one assessment: from here on nothing else opens on it."""
    found = seen_part(request, Assessment, assessment_id)
    definition = definition_of(found)
    form = GivingForm(request.POST or None, definition=definition, initial={"language": found.language})
    if form.is_valid():
        with refusals_on(form):
            until = give_phone(found, **form.cleaned_data, at=request.now, by=request.actor)
            confine(request, found.pk, until=until)
            response = see_other(request, HELD)
            response.headers["Clear-Site-Data"] = FORGET
            return response
    return page(
        request, "portal/giving.html", case=found.case, assessment=found, form=form, why_not=why_not_given(definition),
        minutes=int(LASTING.held_for.total_seconds() // 60),
    )  # fmt: skip


@public
@open_while_confined
def form(request: Request) -> HttpResponse:
    """One question a page. Each answer is kept when they go on, and going back loses none."""
    if plan := held_plan(request):
        return sign(request, plan)
    held = _held(request)
    if held is None:
        return _nothing_held(request)
    if not _may_answer(request, held):
        return _over(request, held, "held_over")
    place = _place_of(request.POST.get("place") or request.GET.get("n", ""))
    if request.method == "POST":
        return _answered(request, held, place)
    items = _asked(held)
    if place is None:
        answers = Answer.objects.last_of(held.assessment)
        place = next((n for n, one in enumerate(items, start=1) if one.key not in answers), len(items) + 1)
    if place > len(items):
        return _over(request, held, "held_done")
    return _question(request, held, items, place)


@public
@open_while_confined
@accepts_secret
@ends_sessions
def back(request: Request) -> HttpResponse:
    """The worker has their device again, and shows that it is them."""
    held = held_plan(request) or _held(request)
    if held is None:
        return _nothing_held(request)
    form = ProofForm(request.POST or None, actor=request.actor)
    if form.is_valid() and is_whole(request) and is_still_them(request, form):
        where = _taken_back(request, held)
        let_go(request)
        return discreet(see_other(request, where))
    says = SPEECH[_ENGLISH].says if isinstance(held, Case) else held.speech.says
    return discreet(page(request, "portal/held_back.html", form=form, says=says, language=_ENGLISH))


def _taken_back(request: Request, held: Held | Case) -> str:
    """Write down that the device is back; where its owner goes on."""
    if isinstance(held, Case):
        take_plan_back(held, at=request.now, by=request.actor)
        return f"{url('plans:plan', held.pk)}#agreements"
    take_phone_back(held.assessment, at=request.now, by=request.actor)
    return url("assessments:sheet", held.assessment.pk)


def _held(request: Request) -> Held | None:
    """What this device was given for; ``None`` when it is in nobody's hands but its owner's."""
    wanted = request.actor.visit.confined_to if request.actor else None
    if wanted is None:
        return None
    request.actor.must("cases.work")
    found = see(Assessment, wanted, by=request.actor, related=("case__circle", "circle"))
    definition = definition_of(found)
    return Held(
        assessment=found, definition=in_language(definition, found.language),
        speech=SPEECH.get(found.language, SPEECH[_ENGLISH]),
        language=found.language if found.language in SPEECH else _ENGLISH,
    )  # fmt: skip


def _may_answer(request: Request, held: Held) -> bool:
    until = request.actor.visit.confined_until
    return held.assessment.is_open and until is not None and request.now < until


def _asked(held: Held) -> list[Item]:
    return asked(held.definition, Answer.objects.last_of(held.assessment))


def _place_of(written: str) -> int | None:
    is_place = written.isascii() and written.isdigit() and 0 < len(written) < len("10000")
    return int(written) or None if is_place else None


def _answered(request: Request, held: Held, place: int | None) -> HttpResponse:
    """Keep what was answered, and go on or back."""
    items = _asked(held)
    key = request.POST.get("item", "")
    here = next((n for n, one in enumerate(items, start=1) if one.key == key), None)
    if here is None or not is_whole(request):
        return _go_to(place or 1)
    form = _form(request, held, items[here - 1])
    if form.is_valid():
        with refusals_on(form):
            answer(held.assessment, form.said(), at=request.now, by=request.actor)
    if form.errors:
        wrong = "held_too_long" if form.has_error(f"item-{key}", "max_length") else "held_wrong"
        return _question(request, held, items, here, said=held.speech.says[wrong])
    return _go_to(max(1, here - 1) if request.POST.get("go") == "back" else here + 1)


def _form(request: Request, held: Held, item: Item) -> AnswersForm:
    return AnswersForm(
        request.POST or None, items=[item], declines=held.speech.says["held_declined"],
        initial=AnswersForm.of(Answer.objects.last_of(held.assessment)),
    )  # fmt: skip


def _question(request: Request, held: Held, items: list[Item], place: int, *, said: str = "") -> HttpResponse:
    item = items[place - 1]
    form = _form(request, held, item)
    response = discreet(
        page(
            request, "portal/held.html", says=held.speech.says, language=held.language, item=item, form=form,
            bound=form[f"item-{item.key}"], place=place, of=len(items), said=said,
            words_in=held.assessment.language or _ENGLISH,
        )
    )  # fmt: skip
    left = (request.actor.visit.confined_until or request.now) - request.now
    response.headers["Refresh"] = f"{int(left.total_seconds()) + 1}; url={HELD}"
    return response


def _over(request: Request, held: Held, why: str) -> HttpResponse:
    return discreet(
        page(
            request, "portal/held_done.html", status=200, says=held.speech.says, language=held.language,
            said=held.speech.says[why], may_look_again=why == "held_done",
        )
    )  # fmt: skip


def _nothing_held(request: Request) -> HttpResponse:
    """For whoever holds nobody's device: the same as where nothing is."""
    response = HttpResponse(nothing(), headers={"Cache-Control": "no-store"})
    patch_vary_headers(response, ["Cookie"])
    return discreet(response)


def _go_to(place: int) -> HttpResponse:
    where = f"{HELD}?n={place}"
    return discreet(HttpResponse(status=303, headers={"Location": where, "Cache-Control": "no-store"}))
