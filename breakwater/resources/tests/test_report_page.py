"""A file of figures on a page: tried first, each wrong line named, and then read in; nothing is half saved."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from breakwater.resources.actions.counting import Count, count_room
from breakwater.resources.forms_of_reports import LARGEST
from breakwater.resources.models import Capacity, Import, Program
from breakwater.resources.testing import a_place
from breakwater.resources.tests.test_reports import bed, have
from breakwater.trust.access import acting
from breakwater.trust.capabilities import Role
from breakwater.trust.testing import an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db

WHERE = "/find-help/house/figures/"
MANY = b"name,kind,accepting\n" + b"".join(b"House %d,shelter,1\n" % number for number in range(1001))


@pytest.fixture
def chief():
    return an_actor(Role.ADMINISTRATOR, agency=an_agency(name="Lantern"), now=timezone.now())


def chosen(content, name="beds.xml"):
    return {"file": SimpleUploadedFile(name, content), "source": "The county"}


def a_file(folder):
    beds = [bed("AdultICU", BaselineCount=9, AvailableCount=2), bed("Hammocks", AvailableCount=1)]
    return have(folder, *beds).read_bytes()


def carried(page):
    return dict(re.findall(r'name="(tried|tried_name|source|as_of)" value="([^"]*)"', page))


def test_a_file_is_tried_first_and_then_read_in_whole(chief, tmp_path):
    assert reverse("resources:report") == WHERE
    desk = browser_of(chief)
    tried = press(desk, WHERE, by=chief, **chosen(a_file(tmp_path)))
    page = " ".join(tried.content.decode().split())
    assert (tried.status_code, "Nothing is saved yet" in page) == (200, True)
    assert re.search(r"Line \d+.* “Hammocks”: is no room that the board knows of; left out", page)
    assert not Capacity.objects.exists()
    assert not Program.objects.exists()
    answer = press(desk, WHERE, by=chief, **carried(page), read="1")
    assert answer.status_code == 303
    (figure,) = Capacity.objects.all()
    assert (figure.total, figure.free, figure.told_by, figure.by) == (9, 2, "The county", chief.user)
    assert Import.objects.get().by == chief.user
    again = press(desk, WHERE, by=chief, **chosen(a_file(tmp_path))).content.decode()
    assert "Nothing would change" in again
    assert "Read it in" not in again


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Choose a file"), (chosen(b"x", "beds.pdf"), "ends in .xml, .json or .csv"),
        (chosen(b"x" * (LARGEST + 1)), "more than 1 MB"), (chosen(b"<nothing/>"), "Nothing was saved"),
        (chosen(b"<a><b></a>"), "Nothing was saved"),
        (chosen(MANY, "beds.csv"), "more places than are read on a page: 1,000"),
        ({"tried": "%%%", "tried_name": ".xml", "read": "1"}, "Choose a file"),
        ({"tried": "eJwDAAAAAAE=", "tried_name": "../x", "read": "1"}, "Choose a file"),
    ],
)  # fmt: skip
def test_what_is_no_report_is_said_and_nothing_is_saved(chief, sent, sentence):
    usual = {"source": "The county", "as_of": "2026-11-01T10:00"}
    answer = press(browser_of(chief), WHERE, by=chief, **(usual | sent))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Import.objects.exists()


def test_a_house_that_tells_its_own_figures_keeps_its_word(chief, tmp_path):
    bo = an_actor(Role.PARTNER, agency=an_agency(name="Tidewater"), now=chief.now)
    place = a_place("Lighthouse Hospital")
    program = Program.objects.create(place=place, agency=bo.agency, kind="intensive")
    with acting(bo):
        count_room(program, Count(accepting=0), at=chief.now.replace(year=2025), by=bo)
    as_seen_by(chief)
    desk = browser_of(chief)
    page = press(desk, WHERE, by=chief, **chosen(a_file(tmp_path))).content.decode()
    assert "another agency keeps this here" in page
    press(desk, WHERE, by=chief, **carried(page), read="1")
    assert Capacity.objects.standing().get(program=program).free == 0


def test_only_who_answers_for_the_agency_reads_a_file_in(tmp_path):
    by = an_actor(Role.CASE_MANAGER, now=timezone.now())
    assert press(browser_of(by), WHERE, by=by, **chosen(a_file(tmp_path))).status_code == 403
    assert not Import.objects.exists()
