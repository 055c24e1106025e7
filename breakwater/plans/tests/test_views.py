from itertools import pairwise
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from breakwater.cases.testing import a_case
from breakwater.plans.actions.needs import link_needs
from breakwater.plans.models import Link, Need, Step
from breakwater.plans.testing import a_need, a_step
from breakwater.trust.testing import an_actor, as_seen_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


def browser_of(actor):
    client = Client()
    client.force_login(actor.user)
    return client


def post(client, url, **fields):
    return client.post(url, fields | {"idempotency_key": str(uuid4())})


def url(name, row):
    return reverse(f"plans:{name}", args=(row.pk,))


def test_a_need_is_named_on_a_page(ada):
    case = a_case(by=ada)
    client = browser_of(ada)
    assert b"In their words" in client.get(url("need", case)).content
    answer = post(client, url("need", case), domain="food", words="Nothing since <yesterday> & tired")
    assert (answer.status_code, answer["Location"]) == (303, f"{reverse('desk:case', args=(case.pk,))}#needs")
    as_seen_by(ada)
    assert Need.objects.get().words == "Nothing since <yesterday> & tired"
    assert b"Nothing since &lt;yesterday&gt; &amp; tired" in client.get(url("plan", case)).content


def test_a_form_that_is_wrong_loses_nothing_typed(ada):
    case = a_case(by=ada)
    answer = post(browser_of(ada), url("need", case), domain="nowhere", words="Somewhere warm")
    assert answer.status_code == 422
    assert b"Somewhere warm" in answer.content
    assert b"Choose one of those that are here" in answer.content


def test_a_need_ends_by_one_press(ada):
    need = a_need(a_case(by=ada), by=ada)
    client = browser_of(ada)
    assert client.get(url("need_ending", need)).status_code == 200
    assert post(client, url("need_ending", need), how="met").status_code == 303
    again = post(client, url("need_ending", need), how="met")
    assert (again.status_code, b"already ended: met" in again.content) == (422, True)


def test_what_a_need_makes_worse_is_said_and_unsaid(ada):
    case = a_case(by=ada)
    need, other = a_need(case, by=ada), a_need(case, by=ada, domain="food", words="Nothing to eat")
    client = browser_of(ada)
    assert b"Food: Nothing to eat" in client.get(url("link", need)).content
    assert post(client, url("link", need), effect=other.pk).status_code == 303
    assert b"Makes worse" in client.get(url("plan", case)).content
    assert b"already said" in post(client, url("link", need), effect=other.pk).content
    assert post(client, url("unlinking", need), effect=other.pk).status_code == 303
    assert b"not linked" in post(client, url("unlinking", need), effect=other.pk).content
    assert post(client, url("link", need), effect=need.pk).status_code == 422
    as_seen_by(ada)
    assert not Link.objects.standing().exists()


def test_a_step_is_planned_for_a_usual_time_or_another(ada):
    case = a_case(by=ada)
    need = a_need(case, by=ada)
    client = browser_of(ada)
    page = client.get(url("step", case), {"need": str(need.pk)}).content
    assert b"Tomorrow at noon" in page
    assert f'value="{need.pk}" selected'.encode() in page
    usual = {"words": "Call her aunt", "owner": "worker", "worker": ada.user.pk, "when": "tomorrow"}
    assert post(client, url("step", case), **usual, need=need.pk).status_code == 303
    nowhen = post(client, url("step", case), words="Bring papers", owner="person", when="another")
    assert (nowhen.status_code, b"Say when" in nowhen.content) == (422, True)
    past = post(
        client,
        url("step", case),
        words="Bring papers",
        owner="person",
        when="another",
        due_at="2020-01-01T10:00",
    )
    assert (past.status_code, b"still to come" in past.content) == (422, True)
    as_seen_by(ada)
    step = Step.objects.get()
    assert (step.need, step.due_at.astimezone(ada.zone).hour) == (need, 12)


def test_a_time_is_read_in_the_zone_of_the_agency(ada):
    case = a_case(by=ada)
    due = timezone.now().year + 1
    fields = {"words": "Court", "owner": "person", "when": "another", "due_at": f"{due}-01-15T09:30"}
    assert post(browser_of(ada), url("step", case), **fields).status_code == 303
    as_seen_by(ada)
    assert f"{Step.objects.get().due_at.astimezone(ada.zone):%H:%M}" == "09:30"


def test_a_step_is_done_moved_or_dropped(ada):
    case = a_case(by=ada)
    done, moved, dropped = (a_step(case, by=ada, words=words) for words in ("Call", "Visit", "Write"))
    client = browser_of(ada)
    for name, step in (("completion", done), ("new_time", moved), ("dropping", dropped)):
        assert client.get(url(name, step)).status_code == 200
    assert post(client, url("completion", done)).status_code == 303
    assert post(client, url("new_time", moved), when="in_a_week").status_code == 303
    missing = post(client, url("dropping", dropped), reason=" ")
    assert (missing.status_code, b"Say why" in missing.content) == (422, True)
    assert post(client, url("dropping", dropped), reason="Not wanted any more").status_code == 303
    again = post(client, url("completion", done), outcome="What I typed")
    assert (again.status_code, b"already ended" in again.content, b"What I typed" in again.content) == (
        422,
        True,
        True,
    )
    page = client.get(url("plan", case)).content
    assert b"2 ended" in page
    assert b"Not wanted any more" in page


def test_pressing_twice_has_one_effect(ada):
    case = a_case(by=ada)
    client = browser_of(ada)
    fields = {"domain": "food", "words": "", "idempotency_key": str(uuid4())}
    first, second = (client.post(url("need", case), fields) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    as_seen_by(ada)
    assert Need.objects.count() == 1


def test_the_plan_asks_as_little_for_fifty_rows_as_for_ten(ada, django_assert_max_num_queries):
    def asked(many):
        case = a_case(by=ada)
        needs = [a_need(case, by=ada) for _ in range(many)]
        for cause, effect in pairwise(needs):
            link_needs(cause, effect=effect, at=ada.now, by=ada)
        for need in needs:
            a_step(case, by=ada, need=need)
        client = browser_of(ada)
        with django_assert_max_num_queries(9) as context:
            assert client.get(url("plan", case)).status_code == 200
        as_seen_by(ada)
        return len(context)

    assert asked(10) == asked(50)
