"""Signing in as people do: with a passkey that a browser really holds, and with an app, with and without scripts."""

import re

import pyotp
import pytest
from django.db import transaction
from playwright.sync_api import expect

from breakwater.trust.access import knocking_as
from breakwater.trust.models import Authenticator
from tests.journeys.conftest import PASSWORD, check_with_axe, sign_in_by_hand, texts


def a_phone(page, *, verifies=True):
    """A virtual authenticator in the browser; with one that does not verify, nobody's finger is seen."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": verifies, "automaticPresenceSimulation": True,
    }  # fmt: skip
    found = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, found["authenticatorId"]


def sign_out(page):
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/**")


def test_a_passkey_is_made_lets_in_alone_and_not_without_its_owner(new_page, worker):
    page = new_page(390)
    session, phone = a_phone(page)
    sign_in_by_hand(page, worker.username)
    page.goto("/your-sign-in/")
    check_with_axe(page)
    page.get_by_role("link", name="Add a passkey").click()
    check_with_axe(page)
    page.get_by_label("What do you call it?").fill("My phone")
    page.get_by_role("button", name="Make the passkey").click()
    page.wait_for_url("**/your-sign-in/")
    page.get_by_text("My phone").first.wait_for()

    sign_out(page)
    check_with_axe(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("complementary", name="Your sign-in was changed").wait_for()
    page.get_by_role("button", name="I know").click()
    page.get_by_role("complementary", name="Your sign-in was changed").wait_for(state="detached")

    sign_out(page)
    session.send("WebAuthn.setUserVerified", {"authenticatorId": phone, "isUserVerified": False})
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("Your browser did not do it.").wait_for()
    page.goto("/")
    assert "/sign-in/" in page.url


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}], ids=["scripts", "no scripts"])
def test_a_code_from_an_app_lets_in_after_the_password(new_page, worker, options):
    page = new_page(390, **options)
    looks_right = check_with_axe if not options else lambda page: None
    sign_in_by_hand(page, worker.username)
    page.goto("/your-sign-in/authenticator/")
    looks_right(page)
    app = pyotp.TOTP(page.locator("code.long").inner_text())
    page.get_by_label("The code that the app shows now").fill(app.now())
    page.get_by_role("button", name="Add it").click()
    page.get_by_role("button", name="Make ten").click()
    codes = texts(page.locator(".codes code"), 10)
    looks_right(page)
    page.get_by_role("link", name="I have them").click()
    sign_out(page)
    if options:
        expect(
            page.get_by_text("Passkeys need a browser that knows them, with JavaScript.").first
        ).to_be_attached()
    with transaction.atomic(), knocking_as(worker.appointment.user_id):
        Authenticator.objects.update(last_step=1)

    for code in (app.now(), codes[0]):
        page.get_by_label("Sign-in name").fill(worker.username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_role("heading", name="The second step").wait_for()
        looks_right(page)
        page.get_by_label("Code").fill(code)
        page.get_by_role("button", name="Go on").click()
        page.wait_for_url(re.compile(r"^(?!.*sign-in).*$"))
        sign_out(page)
