"""The headers of every kind of answer, byte for byte: one that is missing fails, and so does one too many."""

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from breakwater.kernel.keys import new_key
from breakwater.server import env
from breakwater.trust.testing import an_actor
from tests.architecture.walked import walked
from tests.architecture.world import addresses, somebody_known

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:.*broken.*")]

EVERY_ANSWER = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'none'; object-src 'none'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
HTML = EVERY_ANSWER | {"Content-Type": "text/html; charset=utf-8"}
COOKIE = {"Vary": "Cookie"}
TOO_MUCH = 3 * 1024 * 1024


def headers(answer):
    """All of an answer's headers, but for how long it is."""
    return {name: value for name, value in answer.items() if name != "Content-Length"}


@pytest.fixture
def ada():
    return an_actor(now=datetime.now(UTC))


@pytest.fixture
def client(ada):
    client = Client(raise_request_exception=False)
    client.force_login(ada.user)
    return client


def keyed(actor, **typed):
    return typed | {"idempotency_key": str(new_key(actor.user.pk))}


def test_a_page_a_part_of_one_and_one_to_print():
    ours, ids = somebody_known()
    client = Client()
    client.force_login(ours.user)
    case = {"case_id": ids["case_id"]}
    for name in ("desk:case", "cases:record"):
        answer = client.get(reverse(name, kwargs=case))
        assert (answer.status_code, headers(answer)) == (200, HTML | COOKIE), name
    part = client.get(reverse("referrals:placement", kwargs=case), headers={"HX-Request": "true"})
    assert (part.status_code, headers(part)) == (200, HTML | COOKIE)


def test_an_act_that_is_done_and_one_that_is_not(client, ada):
    told = {"what_is_happening": "x", "asked_by": "self", "code": "B", "reasons": "y", "owner": "me"}
    done = client.post(reverse("cases:intake"), keyed(ada, **told))
    refused = client.post(reverse("cases:intake"), keyed(ada))
    assert (refused.status_code, headers(refused)) == (422, HTML | COOKIE)
    assert done.status_code == 303
    assert headers(done) == HTML | {"Location": done["Location"]}


def test_a_stranger_is_sent_to_sign_in():
    client = Client()
    page = client.get("/cases/intake/")
    assert (page.status_code, headers(page)) == (
        302,
        HTML | {"Location": "/sign-in/?next=%2Fcases%2Fintake%2F"},
    )
    part = client.get("/cases/intake/", headers={"HX-Request": "true"})
    assert part.status_code == 401
    assert headers(part) == HTML | {"Location": "/sign-in/?next=%2Fcases%2Fintake%2F"}
    form = client.post("/cases/intake/", {"words": "x"})
    assert (form.status_code, headers(form)) == (401, HTML | COOKIE)


def test_nothing_there_and_too_much_and_nonsense(client, ada):
    nothing = client.get("/nowhere/")
    assert (nothing.status_code, headers(nothing)) == (404, HTML)
    much = client.post("/cases/intake/", keyed(ada, what_is_happening="x" * TOO_MUCH))
    assert (much.status_code, headers(much)) == (413, HTML)
    nonsense = client.post("/cases/intake/", {f"field {number}": "" for number in range(1200)})
    assert (nonsense.status_code, headers(nonsense)) == (400, HTML)


def test_a_form_without_its_token():
    answer = Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "ada"})
    assert (answer.status_code, headers(answer)) == (403, HTML)


@override_settings(ROOT_URLCONF="breakwater.trust.tests.pages")
def test_something_breaks_and_something_is_not_allowed(client, ada):
    broken = client.post("/quay/broken/", keyed(ada))
    assert (broken.status_code, headers(broken)) == (500, HTML | COOKIE)
    never = client.post("/quay/never/", keyed(ada))
    assert (never.status_code, headers(never)) == (403, HTML | COOKIE)


def test_whoever_knocks_too_often():
    client = Client()
    for _ in range(30):
        answer = client.post("/sign-in/", {"username": "nobody", "password": "wrong harbor light"})
        if answer.status_code == 429:
            break
    assert (answer.status_code, headers(answer)) == (429, HTML | COOKIE)


def test_a_static_file_may_be_kept_and_nothing_else_is_different():
    answer = Client().get("/static/ui/mark.svg")
    told = headers(answer)
    assert answer.status_code == 200
    assert told.pop("Last-Modified")
    assert told.pop("ETag")
    assert told == EVERY_ANSWER | {"Content-Type": "image/svg+xml", "Cache-Control": "max-age=60, public"}


@pytest.mark.parametrize(
    "verb", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "QUAY"]
)
def test_no_other_verb_is_answered(client, verb):
    answer = client.generic(verb, "/")
    assert (answer.status_code, headers(answer)) == (405, HTML | {"Allow": "GET, HEAD, POST"})
    assert b"Ada" not in answer.content


def test_a_head_has_no_body(client):
    answer = client.head("/")
    assert (answer.status_code, answer.content, headers(answer)) == (200, b"", HTML | COOKIE)


ELSEWHERE = [
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
    {"Origin": "http://testserver.elsewhere.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
]


@pytest.mark.parametrize("told", ELSEWHERE, ids=lambda told: " ".join(told.values()))
def test_no_form_of_another_site_is_taken_even_with_a_token(told):
    client = Client(enforce_csrf_checks=True)
    client.get("/sign-in/")
    typed = {"username": "x", "password": "y", "csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    assert client.post("/sign-in/", typed, headers=told).status_code == 403
    ours = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/sign-in/", typed, headers=ours).status_code == 422
    del typed["csrfmiddlewaretoken"]
    assert client.post("/sign-in/", typed, headers=ours).status_code == 403, "nor without one from here"


@pytest.mark.parametrize("told", ELSEWHERE, ids=lambda told: " ".join(told.values()))
def test_what_the_browser_says_is_believed_without_asking_for_the_token(told):
    """Django's own check is off in this client, so that ours stands alone."""
    assert Client().post("/sign-in/", {"username": "x", "password": "y"}, headers=told).status_code == 403


def test_every_address_refuses_forms_of_another_site():
    ours, ids = somebody_known()
    client = Client()
    client.force_login(ours.user)
    taken = [
        address.name
        for address in addresses()
        if client.post(address.at(ids), keyed(ours), headers={"Sec-Fetch-Site": "cross-site"}).status_code
        != 403
    ]
    assert taken == []


def test_another_site_may_link_here_and_embed_nothing(client):
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert client.get("/", headers=followed).status_code == 200
    for dest in ("iframe", "frame", "embed", "object"):
        assert client.get("/", headers=followed | {"Sec-Fetch-Dest": dest}).status_code == 403
    for mode in ("no-cors", "cors", "websocket"):
        assert client.get("/", headers=followed | {"Sec-Fetch-Mode": mode}).status_code == 403


def test_no_page_is_shared_with_another_origin(client):
    answer = client.get("/", headers={"Origin": "https://elsewhere.example"})
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


WRITTEN_BY_A_LOOK = {"trust_session", "trust_sighting", "trust_decision", "messaging_mark"}
BESIDES = {"trust:single_back": {"trust_knock"}}
"""A provider sends people back by GET, with a secret: that it was tried is written down."""


def test_a_look_changes_nothing_but_that_somebody_looked():
    wrote = {page.name: set(page.wrote) for page in walked()}
    changed = {name: tables - WRITTEN_BY_A_LOOK - BESIDES.get(name, set()) for name, tables in wrote.items()}
    assert {name: tables for name, tables in changed.items() if tables} == {}
    assert WRITTEN_BY_A_LOOK & set().union(*wrote.values())


_SAY = """
from breakwater.server import settings as s
print(s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE)
print(s.CSRF_COOKIE_NAME, s.CSRF_COOKIE_SECURE, s.CSRF_COOKIE_HTTPONLY, s.CSRF_COOKIE_SAMESITE)
print(getattr(s, "SESSION_COOKIE_DOMAIN", None), getattr(s, "SESSION_COOKIE_PATH", "/"))
print(s.SECURE_HSTS_SECONDS, s.SECURE_PROXY_SSL_HEADER, s.DEBUG)
"""


def test_in_production_cookies_belong_to_this_host_alone():
    real = {
        "BREAKWATER_PRODUCTION": "1", "BREAKWATER_SECRET_KEY": "x" * env.SHORTEST_SECRET,
        "BREAKWATER_SEAL_KEY": "y" * env.SHORTEST_SECRET,
        "BREAKWATER_MASTER_KEY": "z" * env.SHORTEST_SECRET, "BREAKWATER_HOSTS": "care.example.org",
        "DATABASE_URL": "postgresql:///care",
    }  # fmt: skip
    said = subprocess.run(
        [sys.executable, "-c", _SAY], env=os.environ | real, capture_output=True, text=True, check=True
    )
    assert said.stdout.splitlines() == [
        "__Host-sessionid True True Lax",
        "__Host-csrftoken True True Lax",
        "None /",
        "31536000 ('HTTP_X_FORWARDED_PROTO', 'https') False",
    ]


def test_who_signs_out_is_told_to_forget_everything(client, ada):
    answer = client.post("/sign-out/", keyed(ada))
    assert answer["Clear-Site-Data"] == '"cache"'
    assert answer.cookies["sessionid"]["max-age"] == 0
    assert "Clear-Site-Data" not in Client().get("/sign-in/").headers
