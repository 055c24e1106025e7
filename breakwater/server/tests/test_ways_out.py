"""The two ways out of this server: a mail server and a gateway, wrong ones named, and in real use none in plain."""

import pytest

from breakwater.server import env

HERE = {"BREAKWATER_MAIL_FROM": "Notes <notes@post.example>"}


def wrong(**said):
    return " ".join(env.look({f"BREAKWATER_{name}": value for name, value in said.items()} | HERE)[1])


def test_what_is_said_is_read():
    found, nothing = env.look(HERE | {
        "BREAKWATER_MAIL": "smtps://me:a%20b@mail.example", "BREAKWATER_SMS": "https://texts.example/send",
        "BREAKWATER_SMS_KEY": "us",
    })  # fmt: skip
    assert nothing == []
    assert (found.mail.host, found.mail.port, found.mail.password, found.mail.tls) == (
        "mail.example",
        465,
        "a b",
        True,
    )
    assert (found.sms.gateway, found.sms.key) == ("https://texts.example/send", "us")
    assert env.look({})[0].mail is None


@pytest.mark.parametrize(
    "address", ["mail.example", "http://mail.example", "smtp://", "smtp://mail.example:port"]
)
def test_what_is_no_mail_server_is_named(address):
    assert "BREAKWATER_MAIL is not a mail server" in wrong(MAIL=address)


def test_an_email_comes_from_somebody():
    assert "BREAKWATER_MAIL_FROM is missing" in " ".join(
        env.look({"BREAKWATER_MAIL": "smtps://mail.example"})[1]
    )
    two_lines = {
        "BREAKWATER_MAIL": "smtps://mail.example",
        "BREAKWATER_MAIL_FROM": "a@post.example\nBcc: b@post.example",
    }
    assert "BREAKWATER_MAIL_FROM is missing" in " ".join(env.look(two_lines)[1])


def test_a_gateway_has_an_address():
    assert "BREAKWATER_SMS is not an address" in wrong(SMS="file:///etc/passwd")


def test_push_names_somebody_to_write_to():
    for contact in ("mailto:ops@harbor.example", "https://harbor.example/contact"):
        assert env.look(HERE | {"BREAKWATER_PUSH_CONTACT": contact})[0].push_contact == contact
    for contact in ("ops@harbor.example", "mailto:", "http://harbor.example"):
        assert "BREAKWATER_PUSH_CONTACT is nobody" in wrong(PUSH_CONTACT=contact)


def test_a_scanner_is_on_this_machine():
    for where in ("/run/clamav/clamd.ctl", "127.0.0.1:3310", "[::1]:3310"):
        assert env.look(HERE | {"BREAKWATER_CLAMAV": where})[0].clamav == where
    for where in ("clamav.example:3310", "localhost", "127.0.0.1:clamd"):
        assert "BREAKWATER_CLAMAV is neither" in wrong(CLAMAV=where)


def test_a_gateway_is_never_asked_in_plain_but_on_this_machine():
    assert "BREAKWATER_SMS is in plain" in wrong(SMS="http://texts.example")
    assert wrong(SMS="http://localhost:9000/texts") == ""


def test_near_hosts_are_names_of_hosts_and_those_that_carry_notices_are_named_apart():
    said = env.look(
        {
            "BREAKWATER_NEAR_HOSTS": "Login.hospital.internal, 10.0.0.5",
            "BREAKWATER_PUSH_HOSTS": "push.internal",
        }
    )
    assert (said[0].near_hosts, said[1]) == (("login.hospital.internal", "10.0.0.5"), [])
    assert said[0].push_hosts == ("push.internal",)
    assert (env.look({})[0].near_hosts, env.look({})[0].push_hosts) == ((), ())
    for no_host in ("https://login.internal", "*.internal", "me@login.internal", "10.0.0.0/8"):
        assert "BREAKWATER_NEAR_HOSTS holds something that is no name" in wrong(NEAR_HOSTS=no_host)
        assert "BREAKWATER_PUSH_HOSTS holds something that is no name" in wrong(PUSH_HOSTS=no_host)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"MAIL": "smtp://mail.example"}, "BREAKWATER_MAIL is in plain"),
        ({"SMS": "https://texts.example", "SMS_SECRET": "short"}, "BREAKWATER_SMS_SECRET must be"),
    ],
)
def test_in_real_use_nothing_goes_in_plain_and_nobody_else_speaks_for_the_gateway(said, sentence):
    found, _ = env.look({f"BREAKWATER_{name}": value for name, value in said.items()} | HERE)
    assert sentence in " ".join(env.unsafe(found))
