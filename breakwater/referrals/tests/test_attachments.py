"""Files that hang on messages: who reads them, what lets one be opened, and how they are given out."""

from dataclasses import replace

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.http import Http404
from django.utils import timezone

from breakwater.attachments import actions, forms
from breakwater.attachments.actions import Peg, attach, release
from breakwater.attachments.models import PIECE, Attachment, Piece, Release, Shelf
from breakwater.attachments.testing import a_file, a_photo
from breakwater.attachments.tests.corpus import BAD, EICAR
from breakwater.attachments.tests.outside import a_scanner
from breakwater.cases.testing import a_case
from breakwater.kernel.cipher import Unreadable
from breakwater.kernel.db import run_sql
from breakwater.kernel.errors import NotPermitted, Refused
from breakwater.kernel.keys import new_key
from breakwater.messaging.models import Message, Thread
from breakwater.messaging.testing import a_letter_message, a_message
from breakwater.referrals.actions.loop import open_thread
from breakwater.referrals.testing import a_referral
from breakwater.trust.actions.consents import raise_segments
from breakwater.trust.actions.looks import flag_record
from breakwater.trust.capabilities import Role
from breakwater.trust.journal import see_shared
from breakwater.trust.models import Decision, Entry, Sighting
from breakwater.trust.pace import PACES
from breakwater.trust.testing import a_guest, an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return an_actor(Role.SUPERVISOR, now=timezone.now())


@pytest.fixture
def rosa():
    return an_actor(Role.PARTNER, name="Rosa Lind", now=timezone.now())


def chosen(name="letter.txt", raw=b"Come at four.", type_="image/png"):
    return SimpleUploadedFile(name, raw, content_type=type_)


def on_case(ada, *files, **facts):
    """A message on a case with files, and these as they are kept."""
    as_seen_by(ada)
    case = facts.pop("case", None) or a_case(by=ada, at=ada.now)
    message = a_message(case, by=ada, attached=files or (a_file(),), **facts)
    return case, message, list(Attachment.objects.filter(about=message.pk).order_by("pk"))


def test_a_file_is_sent_seen_and_given_out_and_never_shown(ada, settings):
    """From the form to the bytes: a photo under a name that deceives, with a scanner that looks at it."""
    as_seen_by(ada)
    case, browser = a_case(by=ada, at=ada.now), browser_of(ada)
    where = f"/messages/cases/{case.pk}/"
    with a_scanner(settings) as scanner:
        photo = a_photo()
        sent = {"words": "Their letter.", "attached": [chosen("../rent\u202egpj.exe", photo), chosen()]}
        assert press(browser, where, by=ada, **sent).status_code == 303
    assert scanner.looked == [photo, b"Come at four."]
    kept, _ = Attachment.objects.order_by("kind")
    assert (kept.kind, kept.name, kept.is_scanned) == ("jpeg", "rentgpj.jpg", True)
    page = browser.get(where).content.decode()
    assert "rentgpj.jpg" in page
    assert 'role="alert"' not in page, "a form that nobody sent is not refused"
    assert f"/attachments/{kept.pk}/content/" in page
    answer = browser.get(f"/attachments/{kept.pk}/content/")
    assert answer.content.startswith(b"\xff\xd8\xff")
    assert b"canary" not in answer.content.lower()
    assert answer["Content-Disposition"] == 'attachment; filename="attachment.jpg"'
    assert answer["Content-Security-Policy"].startswith("sandbox;")
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "no-store")
    as_seen_by(ada)
    seen = Sighting.objects.filter(page="attachments:content", what="attachments.attachment")
    assert [one.ids for one in seen] == [[kept.pk]]
    facts = Entry.objects.filter(verb="attachments.file_attached").values_list("facts", flat=True)
    assert not [one for one in facts if "rent" in str(one)]


def test_what_is_not_taken_is_said_beside_the_files_and_nothing_is_sent(ada, settings):
    case, browser = a_case(by=ada, at=ada.now), browser_of(ada)
    where = f"/messages/cases/{case.pk}/"
    large = b"x" * (forms.LIMITS.one_file + 1)
    with a_scanner(settings):
        for raw, said in (
            (BAD["a zip"][0], "Save it as a PDF"),
            (EICAR, "The scanner found something harmful"),
            (large, "larger than 10 MB"),
            (b"", "This file is empty"),
        ):
            answer = press(
                browser, where, by=ada, words="Look.", attached=[chosen("photo.jpg", raw, "image/jpeg")]
            )
            assert answer.status_code == 422
            assert said in answer.content.decode(), said
            assert "photo.jpg" not in answer.content.decode()
    many = press(browser, where, by=ada, words="Look.", attached=[chosen() for _ in range(4)])
    assert "At most 3 files" in many.content.decode()
    heavy = press(
        browser, where, by=ada, words="Look.", attached=[chosen(raw=b"x" * 9_000_000) for _ in range(2)]
    )
    assert "together are too large" in heavy.content.decode()
    blank = press(browser, where, by=ada, words=" ", attached=[chosen()])
    assert "choose the files again" in blank.content.decode()
    as_seen_by(ada)
    assert not Message.objects.exists()
    assert not Attachment.objects.exists()


def test_sent_twice_is_once_and_with_other_files_is_another(ada):
    case, browser = a_case(by=ada, at=ada.now), browser_of(ada)
    where, key = f"/messages/cases/{case.pk}/", {"idempotency_key": str(ada_key(ada))}
    for raw in (b"Come at four.", b"Come at four.", b"Come at five."):
        answer = browser.post(where, {"words": "Look.", "attached": chosen(raw=raw), **key})
        assert answer.status_code == (422 if b"five" in raw else 303)
    assert "files are not kept" in answer.content.decode()
    as_seen_by(ada)
    assert [one.content() for one in Attachment.objects.all()] == [b"Come at four."]
    assert (Message.objects.count(), Shelf.objects.get().files) == (1, 1)


def test_who_sends_file_after_file_waits_and_words_go_on(ada, monkeypatch):
    """It is said with the numbers to call; whoever else works there notices nothing."""
    monkeypatch.setattr(settings, "PERSON_PACE", 1 / PACES["uploads"].often)
    where = f"/messages/cases/{a_case(by=ada, at=ada.now).pk}/"
    colleague, browser = an_actor(Role.SUPERVISOR, agency=ada.agency, now=ada.now), browser_of(ada)

    def send(by, who, **more):
        key = {"idempotency_key": str(new_key(who.user_id))}
        return by.post(where, {"words": "Look.", **key, **more})

    assert send(browser, ada, attached=chosen()).status_code == 303
    slowed = send(browser, ada, attached=chosen())
    assert slowed.status_code == 429
    assert "more files than one person sends in ten minutes" in slowed.content.decode()
    assert send(browser, ada).status_code == 303
    assert send(browser_of(colleague), colleague, attached=chosen()).status_code == 303
    as_seen_by(ada)
    assert (Message.objects.count(), Attachment.objects.count()) == (3, 2)


def ada_key(ada):
    return new_key(ada.user_id)


@pytest.mark.parametrize("mood", ["none", "odd", "cut"])
def test_without_a_scanner_that_answers_a_file_waits_for_somebody_who_did_not_send_it(ada, settings, mood):
    with a_scanner(settings) as scanner:
        scanner.mood = mood
        settings.CLAMAV = settings.CLAMAV if mood != "none" else ""
        brought = forms.Files().clean([chosen()])
    colleague = an_actor(agency=ada.agency, now=ada.now)
    case, _, (kept,) = on_case(ada, *brought)
    sender, reader = browser_of(ada), browser_of(colleague)
    content, page = f"/attachments/{kept.pk}/content/", f"/attachments/{kept.pk}/"
    for browser in (sender, reader):
        assert browser.get(content).status_code == 422
        assert page in browser.get(f"/messages/cases/{case.pk}/").content.decode()
    assert "You sent this file" in sender.get(page).content.decode()
    assert press(sender, f"{page}release/", by=ada, x="1").status_code == 422
    assert press(reader, f"{page}release/", by=colleague, x="1").status_code == 303
    assert {browser.get(content).content for browser in (sender, reader)} == {b"Come at four."}
    as_seen_by(colleague)
    kept = Attachment.objects.with_releases(colleague).get()
    assert release(kept, at=ada.now, by=colleague) == Release.objects.get()
    with pytest.raises(Refused, match="You sent this file yourself"):
        release(kept, at=ada.now, by=ada)
    with pytest.raises(NotPermitted):
        release(kept, at=ada.now, by=an_actor(Role.ADMINISTRATOR, agency=ada.agency, now=ada.now))


def test_a_file_on_a_case_is_there_for_whoever_reads_the_message_and_for_nobody_else(ada, rosa):
    stranger = an_actor(now=ada.now)
    as_seen_by(ada)
    case = a_case(by=ada, at=ada.now)
    a_guest(case.circle, agency=rosa.agency, until=None, at=ada.now, by=ada)
    _, _, (kept,) = on_case(ada, case=case)
    as_seen_by(rosa)
    assert see_shared(Attachment, kept.pk, by=rosa).content() == b"Come at four."
    release(kept, at=ada.now, by=rosa)
    as_seen_by(ada)
    assert not Release.objects.exists(), "what one agency lets be opened, no other does"
    as_seen_by(stranger)
    assert not Attachment.objects.exists()
    assert not Piece.objects.exists()
    with pytest.raises(Http404):
        see_shared(Attachment, kept.pk, by=stranger)
    as_seen_by(ada)
    raise_segments(case.circle, ["part2"], at=ada.now, by=ada)
    _, _, (late,) = on_case(ada, case=case)
    assert late.segments == ["part2"]
    as_seen_by(rosa)
    assert not Attachment.objects.filter(pk=late.pk).exists()
    assert not Attachment.objects.visible_to(rosa).exists()
    assert not Piece.objects.exists()


def test_a_file_on_a_letter_is_there_at_its_two_ends_and_the_law_is_asked_with_it(ada, rosa):
    as_seen_by(ada)
    referral = a_referral(
        a_case(by=ada, at=ada.now), by=ada, at=ada.now, to_agency=rosa.agency, to_name=rosa.agency.name
    )
    thread = open_thread(referral, at=ada.now, by=ada)
    a_letter_message(thread, by=ada, attached=(a_file(), a_file(name="b.txt")))
    said = Decision.objects.filter(about=thread.about, answer="permit").values_list("what", flat=True)
    assert [one for one in said if one.endswith("with 2 files")]
    as_seen_by(rosa)
    found = see_shared(Thread, thread.pk, by=rosa, related=("from_agency", "to_agency"))
    assert Attachment.objects.visible_to(rosa).count() == 2
    for one in Attachment.objects.all():
        release(one, at=rosa.now, by=rosa)
    answer = a_letter_message(found, "The form.", by=rosa, attached=(a_file(name="form.txt"),))
    assert rosa.stands_in(thread.circle_id) is False
    page = browser_of(rosa).get(f"/messages/{thread.pk}/").content.decode()
    assert page.count("/content/") == 2
    assert "form.txt" in page
    as_seen_by(ada)
    assert [one.name for one in Attachment.objects.visible_to(ada).filter(about=answer.pk)] == ["form.txt"]


def test_of_a_flagged_record_one_says_why_before_its_files_open(ada):
    case, _, (kept,) = on_case(ada, a_file(is_scanned=True))
    officer = as_seen_by(an_actor(Role.PRIVACY_OFFICER, agency=ada.agency, now=ada.now))
    flag_record(case.circle, news_on=None, at=ada.now, by=officer)
    browser = browser_of(ada)
    for page in (f"/attachments/{kept.pk}/", f"/attachments/{kept.pk}/content/"):
        answer = browser.get(page)
        assert answer.status_code == 303
        assert "/privacy/" in answer["Location"]


def test_nobody_hangs_a_file_on_what_another_wrote_and_nothing_kept_is_rewritten(ada, rosa):
    case, message, (kept,) = on_case(ada)
    peg = Peg(
        what="message", about=message.pk, circle_id=case.circle_id, from_agency_id=ada.agency_id, opens="care"
    )
    colleague = an_actor(agency=ada.agency, now=ada.now)
    for actor, hung in (
        (colleague, peg),
        (rosa, peg),
        (rosa, replace(peg, to_agency_id=rosa.agency_id)),
        (ada, replace(peg, opens="needs")),
        (ada, replace(peg, what="paper")),
        (ada, replace(peg, to_agency_id=rosa.agency_id)),
    ):
        as_seen_by(actor)
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            attach([a_file()], hung, at=ada.now, by=actor)
    as_seen_by(ada)
    assert attach([], peg, at=ada.now, by=ada) == []
    for rows in (Attachment.objects, Piece.objects, Release.objects):
        with pytest.raises(DatabaseError, match="stays written"), transaction.atomic():
            rows.update(by=None) if rows.model is not Piece else rows.update(number=2)
    for sql in ("INSERT INTO attachments_piece VALUES (gen_random_uuid(), 9, 'x', %s)",):
        as_seen_by(rosa)
        with pytest.raises(DatabaseError), transaction.atomic():
            run_sql(sql, (kept.pk,))


def test_bytes_and_names_are_kept_encrypted_in_pieces_that_open_only_in_their_place(ada):
    whole = b"canary " * 30_000
    _, _, (kept,) = on_case(ada, a_file(name="canary.txt", content=whole))
    assert kept.content() == whole
    assert kept.pieces.count() == -(-len(whole) // PIECE) == 2
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name || kind FROM attachments_attachment UNION ALL SELECT content FROM attachments_piece"
        )
        raw = [text for (text,) in cursor.fetchall()]
    assert len(raw) == 3
    assert not [text for text in raw if "canary" in text]
    first, second = kept.pieces.order_by("number")
    with pytest.raises(Unreadable):
        Piece.content.field.read(raw[1 if raw[1].startswith("enc1") else 2], Piece(pk=kept.pk))
    with pytest.raises(Unreadable):
        Piece.content.field.read("plain", first)
    assert first.content + second.content == whole
    kept.size += 1
    with pytest.raises(Unreadable):
        kept.content()


def test_an_agency_keeps_so_much_and_no_more(ada, monkeypatch):
    on_case(ada, a_file(content=b"x" * 60))
    monkeypatch.setattr(actions, "LIMITS", replace(actions.LIMITS, agency=100))
    with pytest.raises(Refused, match="room for files is full"), transaction.atomic():
        on_case(ada, a_file(content=b"x" * 60))
    on_case(ada, a_file(content=b"x" * 40))
    monkeypatch.setattr(actions, "LIMITS", replace(actions.LIMITS, files=2))
    with pytest.raises(Refused, match="room for files is full"), transaction.atomic():
        on_case(ada, a_file(content=b"x"))
    assert (Shelf.objects.get().used, Attachment.objects.count()) == (100, 2)
