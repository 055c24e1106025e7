"""A worker's device in the person's hands, with their own plan on it: they read it, and answer to it themselves."""

from uuid import UUID

from django.http import HttpResponse

from breakwater.cases.models import Case
from breakwater.cases.views.act import seen
from breakwater.kernel.errors import Refused, Stale
from breakwater.plans.models import Agreement
from breakwater.plans.overview import as_it_stands
from breakwater.portal.actions.held import answer_to_plan, hold_out_plan
from breakwater.portal.discreet import HELD, discreet
from breakwater.portal.forms import PlanGivingForm, SigningForm
from breakwater.portal.library import LASTING, SPEECH, Speech
from breakwater.trust.access import Request
from breakwater.trust.entering import confine
from breakwater.trust.journal import see
from breakwater.trust.middleware import ends_sessions
from breakwater.trust.receipts import is_whole
from breakwater.ui.languages import LANGUAGES, spoken
from breakwater.ui.pages import page, refusals_on, see_other

FORGET = '"cache"'


@ends_sessions
def giving(request: Request, case_id: UUID) -> HttpResponse:
    """Give them this device for their plan: from here on nothing else opens on it."""
    case = seen(request, case_id)
    form = PlanGivingForm(request.POST or None, initial={"language": "en"})
    if form.is_valid():
        with refusals_on(form):
            until = hold_out_plan(case, at=request.now, by=request.actor)
            confine(request, case.pk, until=until)
            response = see_other(request, f"{HELD}?language={form.cleaned_data['language']}")
            response.headers["Clear-Site-Data"] = FORGET
            return response
    stands, minutes = as_it_stands(case, zone=request.actor.zone), LASTING.held_for
    return page(
        request, "portal/plan_giving.html", case=case, form=form, stands=stands,
        minutes=int(minutes.total_seconds() // 60),
    )  # fmt: skip


def held_plan(request: Request) -> Case | None:
    """The case whose plan this device was given for; ``None`` when it was given for something else, or for nothing."""
    wanted = request.actor.visit.confined_to if request.actor else None
    if wanted is None or not Case.objects.visible_to(request.actor).filter(pk=wanted).exists():
        return None
    return see(Case, wanted, by=request.actor, related=("circle", "person", "agency"))


def sign(request: Request, case: Case) -> HttpResponse:
    """Their plan as it stands, and what they answer to it: once, while they hold the device."""
    asked = request.POST if request.method == "POST" else request.GET
    language = spoken(asked.get("language", "")).code
    speech = SPEECH[language]
    until = request.actor.visit.confined_until
    last = Agreement.objects.of_episode(case.pk).first()
    if until is None or (last and last.at >= until - LASTING.held_for):
        return _over(request, speech, language, "held_done")
    if request.now >= until:
        return _over(request, speech, language, "held_over")
    said = _answered(request, case, speech) if request.method == "POST" else ""
    if said is None:
        return _over(request, speech, language, "held_done")
    response = _plan(request, case, speech, said)
    response.headers["Refresh"] = f"{int((until - request.now).total_seconds()) + 1}; url={HELD}"
    return response


def _plan(request: Request, case: Case, speech: Speech, said: str) -> HttpResponse:
    """The plan as it stands, and the form under it with what they typed."""
    return discreet(
        page(
            request, "portal/held_plan.html", status=422 if said else 200, says=speech.says, said=said,
            stands=as_it_stands(case, zone=request.actor.zone, language=speech.spoken.code),
            typed=request.POST, languages=LANGUAGES, language=speech.spoken.code,
        )
    )  # fmt: skip


def _answered(request: Request, case: Case, speech: Speech) -> str | None:
    """Keep what they answered; else what to tell them, in their language."""
    form = SigningForm(request.POST)
    if not form.is_valid() or not is_whole(request):
        return speech.says["sign_wrong"]
    try:
        answer_to_plan(
            case, form.answer(), as_shown=form.cleaned_data["shown"], language=speech.spoken.code,
            at=request.now, by=request.actor,
        )  # fmt: skip
    except Stale:
        return speech.says["sign_changed"]
    except Refused:
        return speech.says["sign_wrong"]
    return None


def _over(request: Request, speech: Speech, language: str, why: str) -> HttpResponse:
    return discreet(
        page(
            request, "portal/held_done.html", status=200, says=speech.says, language=language,
            said=speech.says[why], may_look_again=False,
        )
    )  # fmt: skip
