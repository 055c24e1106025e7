"""Drafts: everything typed is kept, for its writer alone, until the form is saved."""

from datetime import timedelta
from inspect import unwrap

import pytest
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from breakwater.kernel.keys import new_key
from breakwater.trust.access import acting
from breakwater.trust.actions.drafts import keep_draft
from breakwater.trust.drafts import draft_at, draft_of, drafts_of, keeps_drafts
from breakwater.trust.models import Draft
from breakwater.trust.testing import an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of

pytestmark = pytest.mark.django_db
FORM = "/cases/intake/"
ADDRESS = f"/drafts/?form={FORM}"


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


def kept_of(actor):
    as_seen_by(actor)
    return [(one.form, one.fields) for one in drafts_of(actor)]


def test_the_last_text_wins(ada):
    client = browser_of(ada)
    for words in ("He is", "He is outside"):
        assert client.post(ADDRESS, {"what_is_happening": words}).status_code == 204
    assert kept_of(ada) == [(FORM, {"what_is_happening": ["He is outside"]})]


def test_a_text_that_arrives_late_changes_nothing(ada):
    keep_draft(FORM, {"words": ["later"]}, at=ada.now, by=ada)
    keep_draft(FORM, {"words": ["earlier"]}, at=ada.now - timedelta(seconds=1), by=ada)
    assert kept_of(ada) == [(FORM, {"words": ["later"]})]


def test_the_keys_of_a_form_are_not_kept_with_it(ada):
    browser_of(ada).post(
        ADDRESS, {"words": "x", "csrfmiddlewaretoken": "secret", "idempotency_key": "secret"}
    )
    assert kept_of(ada) == [(FORM, {"words": ["x"]})]


def test_it_is_its_writers_alone_even_on_the_same_team(ada):
    browser_of(ada).post(ADDRESS, {"what_is_happening": "For my eyes."})
    ben = an_actor(agency=ada.agency, now=timezone.now())
    assert b"For my eyes." not in browser_of(ben).get(FORM).content
    with acting(ben):
        assert Draft.objects.count() == 0


def test_it_is_there_in_another_browser_after_the_first_was_closed(ada):
    browser_of(ada).post(ADDRESS, {"what_is_happening": "She will call back."})
    assert b"She will call back." in browser_of(ada).get(FORM).content


def test_saving_the_form_drops_it(ada):
    client = browser_of(ada)
    client.post(ADDRESS, {"what_is_happening": "Begun."})
    page = client.get(FORM).content.decode()
    key = page.split('name="idempotency_key" value="', 1)[1].split('"', 1)[0]
    saved = {"what_is_happening": "Done.", "asked_by": "self", "owner": "me", "idempotency_key": key}
    assert client.post(FORM, saved).status_code == 303
    assert kept_of(ada) == []


def test_a_refused_form_keeps_it(ada):
    client = browser_of(ada)
    client.post(ADDRESS, {"what_is_happening": "Begun."})
    assert client.post(FORM, {"what_is_happening": "", "idempotency_key": "x"}).status_code == 422
    assert kept_of(ada) == [(FORM, {"what_is_happening": ["Begun."]})]


def test_its_writer_may_throw_it_away(ada):
    client = browser_of(ada)
    client.post(ADDRESS, {"what_is_happening": "Begun."})
    assert client.post(f"{ADDRESS}&drop=1")["Location"] == FORM
    assert kept_of(ada) == []


def test_throwing_away_leads_to_no_stranger(ada):
    answer = browser_of(ada).post("/drafts/?form=https://elsewhere.example/&drop=1")
    assert answer["Location"] == "/"


def test_a_character_that_cannot_be_kept_does_not_lose_the_rest(ada):
    browser_of(ada).post(ADDRESS, {"what_is_happening": "be\x00fore"})
    assert kept_of(ada) == [(FORM, {"what_is_happening": ["before"]})]


def test_every_page_that_shows_drafts_says_so_and_no_other():
    """After an ended session they are sent straight back to such a page; from any other, to what they typed."""

    def views(patterns):
        for one in patterns:
            if isinstance(one, URLResolver):
                yield from views(one.url_patterns)
            elif isinstance(one, URLPattern):
                yield one.callback

    found = {view.__qualname__: view for view in views(get_resolver().url_patterns)}
    asks = {draft_of.__name__, draft_at.__name__}
    shows = {name for name, view in found.items() if asks & set(unwrap(view).__code__.co_names)}
    says = {name for name, view in found.items() if getattr(view, "keeps_drafts", False)}
    assert shows == says
    assert len(says) >= 7
    assert keeps_drafts(FORM)
    assert not keeps_drafts("/search/")
    assert not keeps_drafts("/nowhere/")


def test_what_is_kept_reaches_the_disk_first_and_a_search_does_not_wait_for_it(ada):
    client, waits = browser_of(ada), []

    def entering(execute, sql, params, many, context):
        if "synchronous_commit" in sql:
            waits.append((params["commit"], "FOR KEY SHARE OF s" in sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(entering):
        client.post(ADDRESS, {"what_is_happening": "He is"})
        client.post("/search/", {"q": "Mara"})
    assert waits == [("on", True), ("off", False)]


def test_what_was_begun_for_one_caller_is_set_aside_for_the_next_and_taken_up_again(ada):
    client = browser_of(ada)
    client.post(ADDRESS, {"what_is_happening": "Hung up.", "phone": "555 010 4477"})
    assert client.post(f"{ADDRESS}&aside=1")["Location"] == FORM
    empty = client.get(FORM).content.decode()
    assert ("Your draft is back" in empty, "555 010 4477" in empty, "Hung up." in empty) == (
        False,
        False,
        True,
    )
    client.post(ADDRESS, {"what_is_happening": "The next one."})
    ((_, next_one), (waits, hung_up)) = kept_of(ada)
    assert (next_one, hung_up["phone"]) == ({"what_is_happening": ["The next one."]}, ["555 010 4477"])
    back = f"{ADDRESS}&waiting={waits.partition('aside=')[2]}"
    assert client.post(back)["Location"] == FORM
    page = client.get(FORM).content.decode()
    assert ('value="555 010 4477"' in page, "The next one." in page) == (True, True)
    again = client.post(back)
    assert (again.status_code, b"taken up or thrown away already" in again.content) == (422, True)


def test_nobody_takes_up_what_a_colleague_set_aside(ada):
    browser_of(ada).post(ADDRESS, {"what_is_happening": "For my eyes."})
    browser_of(ada).post(f"{ADDRESS}&aside=1")
    ((waits, _),) = kept_of(ada)
    ben = browser_of(an_actor(agency=ada.agency, now=timezone.now()))
    assert ben.post(f"{ADDRESS}&waiting={waits.partition('aside=')[2]}").status_code == 422
    assert b"For my eyes." not in ben.get(FORM).content


def test_nonsense_takes_nothing_up(ada):
    client = browser_of(ada)
    client.post(ADDRESS, {"what_is_happening": "Begun."})
    for nonsense in ("x", "%00", "9" * 400, "%25", "'"):
        assert client.post(f"{ADDRESS}&waiting={nonsense}").status_code in (400, 422), nonsense
        assert client.post(f"/drafts/?form={nonsense}&aside=1").status_code in (303, 400), nonsense
    assert kept_of(ada) == [(FORM, {"what_is_happening": ["Begun."]})]


def intake_of(key):
    told = {"what_is_happening": "Nowhere to sleep.", "asked_by": "self", "owner": "me"}
    return told | {"idempotency_key": key}


def test_what_is_kept_after_its_form_was_saved_is_no_draft_of_it(ada):
    key = str(new_key(ada.user.pk))
    saved = browser_of(ada).post(FORM, intake_of(key))
    assert saved.status_code == 303, saved.content.decode()
    assert browser_of(ada).post(ADDRESS, intake_of(key)).status_code == 204
    assert kept_of(ada) == []
    browser_of(ada).post(ADDRESS, intake_of(str(new_key(ada.user.pk))))
    assert len(kept_of(ada)) == 1, "what is typed for the next caller is kept"


def test_what_was_only_looked_up_is_kept_on(ada):
    key = str(new_key(ada.user.pk))
    assert browser_of(ada).post(FORM, intake_of(key) | {"look": "1"}).status_code == 422
    browser_of(ada).post(ADDRESS, intake_of(key))
    assert len(kept_of(ada)) == 1
