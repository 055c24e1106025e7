"""A test asks as a browser does: a form in one piece, and in parts only where there is a file in it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client, RequestFactory

from breakwater.trust.models import Session
from breakwater.trust.testing import an_actor

WORDS = {"words": "Called at 9 & left = no word.\r\nÑandú", "several": ["a", "b"]}


def test_a_form_without_a_file_is_sent_in_one_piece(django_db_setup):
    asked = RequestFactory().post("/", WORDS)
    assert asked.content_type == "application/x-www-form-urlencoded"
    assert (asked.POST["words"], asked.POST.getlist("several")) == (WORDS["words"], WORDS["several"])


def test_a_form_with_a_file_is_sent_in_parts(django_db_setup):
    for files in (SimpleUploadedFile("a.txt", b"x"), [SimpleUploadedFile("a.txt", b"x")]):
        asked = RequestFactory().post("/", {**WORDS, "files": files})
        assert asked.content_type == "multipart/form-data"
        assert asked.POST["words"] == WORDS["words"]
        assert [one.read() for one in asked.FILES.getlist("files")] == [b"x"]


def test_nothing_that_a_test_asks_closes_its_connection(django_db_setup):
    for one in (request_started, request_finished):
        assert not one.disconnect(close_old_connections), "it was taken off before"


@pytest.mark.django_db
def test_who_is_let_in_at_once_has_the_session_that_django_would_have_made():
    """Somebody who was somebody before is let in by Django itself."""
    ada, browser, djangos = an_actor(), Client(), Client()
    browser.force_login(ada.user)
    _ = djangos.session
    djangos.force_login(ada.user)
    cookie, djangos_cookie = (one.cookies["sessionid"] for one in (browser, djangos))
    ours, theirs = (Session.objects.get(session_key=one.value) for one in (cookie, djangos_cookie))
    assert len(ours.session_key) == len(theirs.session_key) == 32
    assert ours.get_decoded() == theirs.get_decoded()
    assert dict(cookie) == dict(djangos_cookie)
    drawn = {"session_key", "session_data", "expire_date", "began_at", "seen_at"}
    for field in Session._meta.concrete_fields:
        if field.attname not in drawn:
            assert getattr(ours, field.attname) == getattr(theirs, field.attname), field.attname
    assert abs((ours.expire_date - theirs.expire_date).total_seconds()) < 60
    assert abs((ours.began_at - theirs.began_at).total_seconds()) < 60
