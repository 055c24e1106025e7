"""A test asks as a browser does: a form in one piece, and in parts only where there is a file in it."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import RequestFactory

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
