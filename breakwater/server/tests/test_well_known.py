"""What programs ask every site for."""

import pytest
from django.test import Client, override_settings

from breakwater.server import env

pytestmark = pytest.mark.django_db


def test_nothing_may_be_collected():
    answer = Client().get("/robots.txt")
    assert answer.content.decode() == "User-agent: *\nDisallow: /\n"
    assert answer["Content-Type"] == "text/plain; charset=utf-8"


def test_a_weakness_is_told_to_whom_the_installation_names():
    assert Client().get("/.well-known/security.txt").status_code == 404
    with override_settings(SECURITY_CONTACT="mailto:security@care.example.org"):
        said = Client().get("/.well-known/security.txt").content.decode().splitlines()
    assert said[0] == "Contact: mailto:security@care.example.org"
    assert said[1].startswith("Expires: 20")
    assert said[1].endswith("T00:00:00Z")


@pytest.mark.parametrize(
    "written", ["security@care.example.org", "http://care.example.org", "mailto:a\nb: c"]
)
def test_what_is_no_contact_is_told_at_the_start(written):
    with pytest.raises(env.WrongEnvironment, match="neither mailto: nor https:"):
        env.read({"BREAKWATER_SECURITY_CONTACT": written})
