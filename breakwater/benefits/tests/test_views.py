from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from breakwater.attachments.models import Attachment
from breakwater.attachments.testing import a_photo
from breakwater.benefits.models import Application, Paper, Screening
from breakwater.benefits.testing import (
    a_submitted_application,
    an_application,
    told,
)
from breakwater.cases.testing import a_case
from breakwater.trust.models import Entry
from breakwater.trust.testing import an_actor, as_seen_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


@pytest.fixture
def case(ada):
    return a_case(by=ada, at=ada.now)


@pytest.fixture
def browser(ada):
    client = Client()
    client.force_login(ada.user)
    return client


def url(name, row=None):
    return reverse(f"benefits:{name}", args=(row.pk,) if row else ())


def post(client, where, **fields):
    return client.post(where, fields | {"idempotency_key": str(uuid4())})


def get(client, where):
    answer = client.get(where)
    assert answer.status_code == 200
    return answer.content.decode()


def test_from_plain_questions_to_a_hearing_that_is_due(ada, case, browser):
    looks_through(browser, case, by=ada)
    application = applies(browser, case, by=ada)
    papers_are_wanted(browser, application, by=ada)
    hands_it_in(browser, application, by=ada)
    today = ada.now.astimezone(ada.zone).date().isoformat()
    post(browser, url("notice", application), kind="denied", dated=today, reason="papers")
    page = get(browser, url("application", application))
    for said in ("Denied", "Paperwork", "SNAP hearing", "A hearing was asked for"):
        assert said in page
    on_every_page(browser, case, "SNAP hearing")
    assert "100 percent" in get(browser, url("losses"))
    told = get(browser, reverse("cases:chronology", args=(case.pk,)))
    assert "was begun: SNAP" in told
    assert "denied (for paperwork)" in told
    assert post(browser, url("appeal", application)).status_code == 303
    assert "Appeal filed" in get(browser, url("application", application))
    as_seen_by(ada)
    assert "Q-77" not in str(list(Entry.objects.of_episode(case.pk).values_list("facts", flat=True)))


def looks_through(browser, case, *, by):
    assert "This promises nothing" in get(browser, url("screening", case))
    said = {"size": "2", "income": "100", "resources": "20", "settled": "no", "children": "yes"}
    answer = post(browser, url("screening", case), **said)
    as_seen_by(by)
    assert answer["Location"] == url("screened", Screening.objects.get())
    page = get(browser, answer["Location"])
    assert "Cannot tell" in page
    assert "Ask for it faster" in page
    zero = post(browser, url("screening", case), size="0", income="1,000")
    assert zero.status_code == 422
    assert b"They themselves count too" in zero.content
    assert b"without commas" in zero.content


def applies(browser, case, *, by):
    begun = post(browser, url("beginning", case), program="snap", is_expedited="on")
    as_seen_by(by)
    application = Application.objects.get()
    assert begun["Location"] == url("application", application)
    return application


def papers_are_wanted(browser, application, *, by):
    due = (by.now + timedelta(days=9)).date().isoformat()
    post(browser, url("papers", application), usual=["income", "rent"], other="A letter", due_on=due)
    as_seen_by(by)
    paper = Paper.objects.standing().earliest("pk")
    assert post(browser, url("paper_seen_to", paper), how="got").status_code == 303
    assert post(browser, url("paper_seen_to", paper), how="eaten").status_code == 404


def hands_it_in(browser, application, *, by):
    proof = {"how": "online", "hand": "worker", "confirmation": "Q-77"}
    nothing = post(browser, url("submission", application), **proof)
    assert (nothing.status_code, b"the office counts from then" in nothing.content) == (422, True)
    when = by.now.astimezone(by.zone).strftime("%Y-%m-%dT%H:%M")
    assert post(browser, url("submission", application), submitted_at=when, **proof).status_code == 303
    assert "Q-77" in get(browser, url("application", application))


def on_every_page(browser, case, words):
    """On the board, in the calendar of everybody and of oneself, and on the case."""
    for where in (
        reverse("desk:now"), url("calendar"), f"{url('calendar')}?which=mine", reverse("desk:case", args=(case.pk,)),
    ):  # fmt: skip
        assert words in get(browser, where), where


def test_what_is_approved_is_watched_until_it_is_handed_on(ada, case, browser):
    application = told(a_submitted_application(case, by=ada), "approved", by=ada)
    page = get(browser, url("application", application))
    for said in ("Approved", "Ask for their address", "Renewal"):
        assert said.lower() in page.lower()
    assert post(browser, url("address", application), still_right="yes").status_code == 303
    assert post(browser, url("renewal", application)).status_code == 303
    again = post(browser, url("renewal", application))
    assert (again.status_code, b"it stands at" in again.content) == (422, True)
    assert post(browser, url("appeal", application)).status_code == 422
    ended = post(browser, url("ending", application), how="handed_on", outcome="Rosa at Harbor Clinic")
    assert ended.status_code == 303
    page = get(browser, url("application", application))
    assert "Rosa at Harbor Clinic" in page
    assert "The renewal was filed" not in page


def test_an_interview_is_booked_and_written_down_and_a_day_is_found_out(ada, case, browser):
    application = an_application(case, by=ada)
    for name in ("papers", "submission", "interview", "notice", "ending", "last_day", "address"):
        get(browser, url(name, application))
    when = (ada.now + timedelta(days=2)).astimezone(ada.zone).strftime("%Y-%m-%dT%H:%M")
    assert post(browser, url("interview", application), interview_at=when).status_code == 303
    assert "The interview is over" in get(browser, url("application", application))
    assert get(browser, url("interview_over", application))
    assert post(browser, url("interview_over", application), kept="no").status_code == 303
    relief = told(a_submitted_application(case, by=ada, program="local_relief"), "denied", by=ada)
    last = (ada.now + timedelta(days=12)).date().isoformat()
    assert post(browser, url("last_day", relief), last_day=last).status_code == 303
    assert "Appeal of a benefit" in get(browser, url("application", relief))


def test_a_notice_and_a_proof_are_kept_as_files_for_whoever_reads_what_is_needed(ada, case, browser):
    as_seen_by(ada)
    found = an_application(case, by=ada)
    today = ada.now.astimezone(ada.zone)
    sent = {"how": "fax", "hand": "worker", "submitted_at": today.strftime("%Y-%m-%d %H:%M")}
    proof = SimpleUploadedFile("receipt.png", b"Received, 9 pages.", content_type="image/png")
    assert post(browser, url("submission", found), attached=proof, **sent).status_code == 303
    letter = {"kind": "asks", "dated": today.date().isoformat()}
    page = post(browser, url("notice", found), attached=SimpleUploadedFile("a.pdf", b"MZ"), **letter)
    assert page.status_code == 422
    assert b"This is a program" in page.content
    notice = SimpleUploadedFile("letter.jpg", a_photo())
    assert post(browser, url("notice", found), attached=notice, **letter).status_code == 303
    shown = browser.get(url("application", found)).content.decode()
    assert "receipt.txt" in shown
    assert "letter.jpg" in shown
    assert "No proof yet" not in shown
    as_seen_by(ada)
    assert {(one.hangs_on, one.opens) for one in Attachment.objects.visible_to(ada)} == {
        ("application", "needs"), ("notice", "needs")
    }  # fmt: skip
    as_seen_by(stranger := an_actor(now=ada.now))
    assert not Attachment.objects.exists()
    assert not Attachment.objects.visible_to(stranger).exists()
