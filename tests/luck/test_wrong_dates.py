"""Days and times that are none: a sentence at the field, and nothing else that was typed is lost."""

import pytest
from django import forms

from breakwater.benefits.forms.course import InterviewForm, LastDayForm
from breakwater.cases.forms import NextContactForm
from breakwater.cases.forms.clocks import PauseForm
from breakwater.clocks.models import Clock
from breakwater.duties.forms import AskingForm
from breakwater.messaging.forms import RuleForm
from breakwater.plans.forms.needs import TimeForm
from breakwater.privacy.forms.circle import LessForm
from breakwater.privacy.forms.looks import FlagForm
from breakwater.referrals.forms import ArrivalForm
from breakwater.trust.tests.browsing import browser_of
from breakwater.ui.fields import Moment
from conftest import never_kept
from tests.luck.elsewhere import is_elsewhere
from tests.luck.forms import FORMS
from tests.luck.test_naughty_strings import sentences
from tests.luck.told import Told, every_form, texts

NO_DAY = (
    "2026-02-30",
    "31/12/1999",
    "yesterday",
    "0000-00-00",
    "99999-01-01",
    "2026-1-1T",
    "-1",
    "٢٠٢٦-١١-٢٣x",
)
NO_MOMENT = ("2026-11-31T10:00", "2026-13-01T00:00", "2026-11-23T25:00", "10:00", "never", "2026-11-23 9 pm")
EDGES = ("0001-01-01T00:00", "9999-12-31T23:59", "1582-10-10T12:00", "2026-03-08T02:30", "2026-11-01T01:30")
"""Moments that exist, or nearly: at the ends of all calendars, and where clocks are changed."""


def _is_promised(world):
    """Something that may be put off is promised, and its clock runs."""
    running = Clock.objects.running().in_episode(world.ids["case_id"])
    world.ids["clock_id"] = next(
        one.pk for one in running if one.spec.pauses and one.due_at > world.actor.now
    )


DATED = [
    *(
        one
        for one in FORMS
        if any(isinstance(f, Moment | forms.DateField) for f in one.form.base_fields.values())
    ),
    Told(NextContactForm, "cases:next_contact", {}, {"when": "another"}),
    Told(PauseForm, "cases:pausing", {}, first=_is_promised),
    Told(TimeForm, "plans:new_time", {}, {"when": "another"}),
    Told(FlagForm, "privacy:flagging", {}, by="officer"),
    Told(LessForm, "privacy:standing_narrowing", {}, {"information": "who"}, by="officer"),
    Told(AskingForm, "duties:asking", {}),
    Told(ArrivalForm, "referrals:arrival", {}),
    Told(
        RuleForm, "messaging:rule", {},
        {"opens": "09:00", "closes": "20:00", "time_zone": "America/New_York", "language": "en"},
    ),
    Told(InterviewForm, "benefits:interview", {}),
    Told(LastDayForm, "benefits:last_day", {}),
]  # fmt: skip
LOOKED_AT_ELSEWHERE = {
    "PatternForm", "ChronologyForm", "MatchForm", "PlacementForm", "AnswerForm", "DeclineForm", "NeedMetForm",
    "NotMetForm", "HandoffDeclineForm", "FirstContactForm", "RoomForm", "EmergencyForm",
}  # fmt: skip


def fields(told, kind):
    return [name for name, one in told.form.base_fields.items() if isinstance(one, kind)]


def test_every_form_with_a_date_is_here():
    told = {one.form.__name__ for one in DATED}
    dated = {
        form.__name__
        for form in every_form()
        if any(isinstance(one, Moment | forms.DateField) for one in form.base_fields.values())
        and not is_elsewhere(form)
    }
    assert dated - told - LOOKED_AT_ELSEWHERE - {"StepForm", "ActForm", "SharingForm"} == set()


def is_taken(field, value):
    try:
        field.clean(value)
    except forms.ValidationError:
        return False
    return True


@pytest.mark.parametrize("told", DATED, ids=[one.where for one in DATED])
def test_no_day_and_no_moment_is_refused_at_its_field(told, world):
    """All days of a form at once, and all its moments: each is refused at its own place.

    Each field refuses all of them; through the page go three, others at the next form.
    """
    client, turn = browser_of(told.who(world)), 3 * DATED.index(told)
    told.begin(world)
    for kind, values in ((forms.DateField, NO_DAY), (Moment, NO_MOMENT)):
        names = fields(told, kind)
        for name in names:
            assert [one for one in values if is_taken(told.form.base_fields[name], one)] == []
        for value in [values[(turn + one) % len(values)] for one in range(3)] if names else ():
            kept = dict.fromkeys(texts(told.form), "Kept.")
            said = told.also | kept | dict.fromkeys(names, value) | ({"shown": "x"} if told.shown else {})
            answer = client.post(
                told.address(world), said | {"idempotency_key": str(told.who(world).user.pk)}
            )
            page = answer.content.decode()
            assert answer.status_code == 422, value
            assert [name for name in names if f'id="id_{name}-error"' not in page] == [], value
            assert page.count(f'value="{value}"') >= len(names), "what was typed is still there"
            assert page.count("Kept.") >= len(kept)
            assert "Nothing you typed was lost" in sentences(answer)


@pytest.mark.parametrize("told", DATED, ids=[one.where for one in DATED])
def test_the_ends_of_all_calendars_break_nothing(told, world):
    client = browser_of(told.who(world), raise_request_exception=False)
    told.begin(world)
    kinds = [(name, 10) for name in fields(told, forms.DateField)] + [
        (name, 16) for name in fields(told, Moment)
    ]
    for name, cut in kinds:
        for value in EDGES:
            with never_kept():
                answer = told.send(
                    client, world, dict.fromkeys(texts(told.form), "Kept.") | {name: value[:cut]}
                )
                assert answer.status_code in (303, 422), f"{name}: {value} {answer.status_code}"
                shown = client.get(answer.headers.get("Location", told.address(world)).split("#")[0])
                assert shown.status_code in (200, 405), f"{name}: {value} is kept, and cannot be shown"


def test_no_page_that_is_asked_about_days_breaks(world):
    client = browser_of(world.actor, raise_request_exception=False)
    case = world.ids["case_id"]
    for value in (*NO_DAY, *NO_MOMENT, *EDGES, *(edge[:10] for edge in EDGES)):
        for where in (
            f"/cases/{case}/chronology/",
            f"/cases/{case}/chronology/record/",
            "/cases/intake/promises/",
        ):
            asked = dict.fromkeys(("since", "until", "asked_at"), value)
            assert client.get(where, asked).status_code in (200, 422), f"{where} {value}"
        assert client.post("/cases/matches/", {"birth_date": value}).status_code == 200, value
        assert client.post("/search/", {"q": value}).status_code == 200, value
