"""A photo goes from a worker's phone to a partner's desk, with and without JavaScript; both are signed in at once."""

import io

import pytest
from django.db import transaction
from PIL import Image
from playwright.sync_api import expect

from breakwater.attachments.testing import a_photo
from breakwater.attachments.tests.corpus import a_zip
from breakwater.cases.testing import a_case
from breakwater.referrals.actions.loop import open_thread
from breakwater.referrals.testing import a_referral, news_reaches
from tests.journeys.conftest import check_with_axe, nowhere, sign_in, untold


@pytest.fixture
def thread(worker, rosa):
    with transaction.atomic():
        by = worker.acts()
        case = a_case(by=by, at=by.now, known_as="Marisol Vega")
        sent = a_referral(case, by=by, to_agency=rosa.agency, to_name=rosa.agency.name)
        made = open_thread(sent, at=by.now, by=by)
    news_reaches(worker.agency, at=by.now)
    return made


@pytest.mark.parametrize("scripts", [True, False])
def test_a_photo_of_a_letter_is_sent_released_and_downloaded(new_page, worker, rosa, thread, scripts):
    phone, desk = new_page(390, java_script_enabled=scripts), new_page(1440, java_script_enabled=scripts)
    sign_in(phone, worker.username, to=f"/messages/{thread.pk}/")
    sign_in(desk, rosa.username, to=f"/messages/{thread.pk}/")

    phone.get_by_label("Your message").fill("Their letter.")
    phone.get_by_label("Files").set_input_files(
        [{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": a_zip(a=b"x")}]
    )
    phone.get_by_role("button", name="Send it").click()
    phone.get_by_text("This is an archive or an office document").wait_for()
    expect(phone.get_by_label("Your message")).to_have_value("Their letter.")
    if scripts:
        check_with_axe(phone)
    photo = {"name": "rent.jpg", "mimeType": "image/jpeg", "buffer": a_photo((3_000, 2_000))}
    phone.get_by_label("Files").set_input_files([photo])
    phone.get_by_role("button", name="Send it").click()
    phone.get_by_text("Not scanned: to be released").wait_for()
    nowhere(phone.get_by_role("alert"))

    desk.reload()
    desk.get_by_role("link", name="rent.jpg").click()
    desk.get_by_text("None looked at it").wait_for()
    if scripts:
        check_with_axe(desk)
    desk.get_by_role("button", name="I know whom it is from").click()
    with desk.expect_download() as download:
        desk.get_by_role("link", name="Download it").click()
    assert download.value.suggested_filename == "attachment.jpg"
    seen = Image.open(io.BytesIO(download.value.path().read_bytes()))
    assert (seen.size, dict(seen.getexif())) == ((3_000, 2_000), {})
    untold(desk, "Marisol")
