"""To whom a copy is offered, and to whom never: the device, what they themselves said, and who speaks for them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from breakwater.cases.actions.screening import end_circumstance, find_circumstance
from breakwater.cases.models import Circumstance
from breakwater.cases.testing import a_case
from breakwater.kernel.cipher import MARK
from breakwater.kernel.db import now_by_the_database, one_row, run_sql
from breakwater.kernel.errors import NotPermitted, Refused
from breakwater.kernel.ids import new_id
from breakwater.kernel.keys import new_key
from breakwater.kernel.tables import WrongTable
from breakwater.people.actions.reach import add_contact_point, add_supporter, change_safety, end_supporter
from breakwater.people.models import ContactPoint
from breakwater.people.rules import is_tighter
from breakwater.plans.testing import a_safety_plan
from breakwater.portal.actions.handing import why_no_copy
from breakwater.portal.actions.own import Press, ask_for_a_call, confirm_need_met, say_how_safe
from breakwater.portal.library import LASTING, SPEECH, load_lasting, load_link_lasting, load_speech
from breakwater.portal.models import OwnAct, OwnCopy
from breakwater.portal.rules import hint_of, why_no_such_word, why_not_offered, why_not_to_proxy
from breakwater.portal.testing import an_own_copy, held_open
from breakwater.referrals.testing import a_referral
from breakwater.resources.models import Domain
from breakwater.trust.access import as_nobody
from breakwater.trust.actions.consents import raise_segments
from breakwater.trust.actions.family import Close, say_who_may_know, take_back
from breakwater.trust.factors import hash_of
from breakwater.trust.models import Decision, Involvement
from breakwater.trust.rules.law import PURPOSES, Unlawful
from breakwater.trust.testing import an_actor

MOTHER = {"authority": "Birth certificate, seen", "is_the_abuser": False}


@pytest.mark.parametrize(
    ("watched", "ways", "sentence"),
    [
        (True, [("phone", "safe")], "somebody else reads"),
        (False, [("phone", "unsafe")], "not safe"),
        (False, [("email", "unsafe"), ("phone", "ask_first"), ("address", "safe")], "not safe"),
        (False, [("phone", "unsafe"), ("email", "safe")], ""),
        (False, [("address", "unsafe"), ("phone", "ask_first")], ""),
        (False, [], ""),
    ],
)
def test_a_device_that_is_not_safe_is_offered_nothing(watched, ways, sentence):
    said = why_not_offered(device_is_watched=watched, ways=ways)
    assert bool(said) == bool(sentence)
    assert sentence in said
    assert not said or "paper" in said


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({}, ""),
        ({"must_not_know": True}, "must not know"),
        ({"is_the_abuser": None}, "Say whether"),
        ({"is_the_abuser": True}, "given nothing"),
        ({"circle_segments": ["minor-confidential"]}, "their own"),
        ({"authority": "  "}, "what gives them the right"),
    ],
)
def test_who_speaks_for_them_has_a_right_and_has_not_hurt_them(facts, sentence):
    usual = {"must_not_know": False, "authority": "Guardian", "is_the_abuser": False, "circle_segments": []}
    said = why_not_to_proxy(**(usual | facts))
    assert bool(said) == bool(sentence)
    assert sentence in said


def test_small_rules():
    assert is_tighter("unsafe", "safe")
    assert not is_tighter("safe", "ask_first")
    assert (hint_of("phone", "(555) 010-7788"), hint_of("email", "mari@example.org")) == ("…88", "m…")
    assert why_no_such_word("abc")
    assert why_no_such_word("") == why_no_such_word("heron") == ""


def test_the_page_says_everything_in_each_language_and_knows_every_code():
    en, es = SPEECH["en"], SPEECH["es"]
    for one in (en, es):
        assert one.domains.keys() == set(Domain.values)
        assert one.purposes.keys() == PURPOSES.keys()
        assert {f"did_{kind}" for kind in OwnAct.Kind.values} <= one.says.keys()
    moment = datetime(2026, 11, 27, 14, 5, tzinfo=UTC)
    assert (en.moment(moment, UTC), es.day(moment, UTC)) == (
        "Friday, November 27, 14:05",
        "viernes 27 de noviembre",
    )
    assert {name for name in en.says if en.says[name] == es.says[name]} <= {"moment"}


def test_a_file_that_lacks_something_is_refused(tmp_path):
    head = "date = 2026-11-27\nverified = false\nsource = 'own-copy'\n"
    lasting = head + "version = '1'\ncode_lasts = 'PT1H'\nopen_for = 'PT9M'\nheld_for = 'PT45M'\n"
    (tmp_path / "own_copy.toml").write_text(lasting + "[exits]\nus = 'https://x.example/'\n")
    with pytest.raises(WrongTable, match="comes from anywhere"):
        load_lasting(tmp_path / "own_copy.toml")
    (tmp_path / "site_link.toml").write_text(head + "version = '1'\nlink_lasts = 'PT48H'\n")
    with pytest.raises(WrongTable, match="open_for"):
        load_link_lasting(tmp_path / "site_link.toml")
    (tmp_path / "words.toml").write_text(head + "[says.title]\nen = 'Notes'\n")
    with pytest.raises(WrongTable, match="es"):
        load_speech(tmp_path / "words.toml")
    assert (LASTING.open_for.total_seconds(), LASTING.exit("nowhere")) == (600, LASTING.exit())


@pytest.fixture
def ada():
    return an_actor(now=datetime.now(UTC))


@pytest.mark.django_db
def test_what_is_chosen_and_what_was_asked_first(ada):
    case = a_case(by=ada, at=ada.now)
    for facts, sentence in (
        ({"parts": ()}, "what they will see"),
        ({"parts": ("diary",)}, "what they will see"),
        ({"way": "shouted"}, "how the code reaches them"),
        ({"safe_device": False}, "Ask first who else"),
        ({"word": "abc"}, "at least 4 letters"),
    ):
        with pytest.raises(Refused, match=sentence):
            an_own_copy(case, by=ada, **facts)
    find_circumstance(case, kind="watched_device", words="", at=ada.now, by=ada)
    with pytest.raises(Refused, match="somebody else reads"):
        an_own_copy(case, by=ada)
    assert not OwnCopy.objects.exists()


@pytest.mark.django_db
def test_somebody_who_speaks_for_them_reads_and_asks_to_be_called_and_no_more(ada):
    case = a_case(by=ada, at=ada.now)
    told = {"at": ada.now, "by": ada}
    mother = add_supporter(
        case.person, name="Eva Vega", relation="mother", reach="", may_know="All", must_not_know=False, **told
    )
    plan, referral = a_safety_plan(case, by=ada), a_referral(case, by=ada)
    point = add_contact_point(case.person, kind="phone", value="(555) 010-3", safety="safe", how="", **told)
    copy, code = an_own_copy(case, by=ada, supporter=mother, **MOTHER)
    assert Decision.objects.get(recipient_name="Eva Vega").answer == "permit"
    assert one_row("SELECT authority FROM portal_owncopy")[0].startswith(MARK)
    raise_segments(plan, ["minor-confidential"], **told)
    with held_open(code) as holder:
        assert not holder.reads("plan", type(plan)).exists()
        press = Press(key=new_key(copy.pk), at=datetime.now(UTC))
        with pytest.raises(NotPermitted, match="Only the person themselves"):
            confirm_need_met(holder, referral, press)
        with pytest.raises(NotPermitted, match="Only the person themselves"):
            say_how_safe(holder, point, safety="unsafe", press=press)
        assert ask_for_a_call(holder, press).kind == "call"


@pytest.mark.django_db
def test_who_may_not_know_or_hurt_them_is_handed_nothing(ada):
    case = a_case(by=ada, at=ada.now)
    told = {"at": ada.now, "by": ada}
    rob = add_supporter(
        case.person,
        name="Rob Stone",
        relation="father",
        reach="",
        may_know="All",
        must_not_know=False,
        **told,
    )
    with pytest.raises(Refused, match="given nothing"):
        an_own_copy(case, by=ada, supporter=rob, authority="Father", is_the_abuser=True)
    say_who_may_know(
        Close(answer="objected", name="Rob Stone", relation="father"), circle=case.circle, **told
    )
    with pytest.raises(Unlawful, match="HIPAA-510-01"), transaction.atomic():
        an_own_copy(case, by=ada, supporter=rob, **MOTHER)
    raise_segments(case.circle, ["minor-confidential"], **told)
    with pytest.raises(Refused, match="kept from parents"):
        an_own_copy(case, by=ada, supporter=rob, **MOTHER)
    end_supporter(rob, **told)
    rob.refresh_from_db()
    with pytest.raises(Refused, match="stands round this person now"):
        an_own_copy(case, by=ada, supporter=rob, **MOTHER)
    assert not OwnCopy.objects.exists()


@pytest.mark.django_db
def test_a_record_that_comes_to_be_kept_from_parents_closes_their_open_copy(ada):
    case = a_case(by=ada, at=ada.now)
    told = {"at": ada.now, "by": ada}
    mother = add_supporter(
        case.person, name="Eva Vega", relation="mother", reach="", may_know="All", must_not_know=False, **told
    )
    _, code = an_own_copy(case, by=ada, supporter=mother, **MOTHER)
    raise_segments(case.circle, ["minor-confidential"], **told)
    with pytest.raises(LookupError), held_open(code):
        pass


def ends(mother, told):
    end_supporter(mother, **told)


def said_no(mother, told):
    close = Close(answer="objected", name=" eva  VEGA ", relation="mother")
    say_who_may_know(close, circle=mother.circle, **told)


def said_no_to_all(mother, told):
    say_who_may_know(Close(answer="objected"), circle=mother.circle, **told)


def must_not_know(mother, told):
    facts = {"relation": "mother", "reach": "", "may_know": "", "must_not_know": True}
    add_supporter(mother.person, name="Eva Vega", **facts, **told)


def took_it_back(mother, told):
    take_back(Involvement.objects.standing().get(), **told)


@pytest.mark.django_db
@pytest.mark.parametrize("turns", [ends, said_no, said_no_to_all, must_not_know, took_it_back])
def test_who_may_no_longer_speak_for_them_reads_nothing_more_by_a_copy_or_a_code(ada, turns):
    case = a_case(by=ada, at=ada.now)
    told = {"at": ada.now, "by": ada}
    mother = add_supporter(
        case.person, name="Eva Vega", relation="mother", reach="", may_know="", must_not_know=False, **told
    )
    say_who_may_know(Close(answer="agreed"), circle=case.circle, **told)
    _, first = an_own_copy(case, by=ada, supporter=mother, **MOTHER)
    key = opened(first)
    _, second = an_own_copy(case, by=ada, supporter=mother, **MOTHER)
    assert (is_open(key), is_waiting(second)) == (True, True)
    turns(mother, told | {"at": ada.now + timedelta(minutes=1)})
    assert (is_open(key), is_waiting(second)) == (False, False)
    assert opened(second) == "", "and the code opens nothing"


def watched(case, point, told):
    return find_circumstance(case, kind="watched_device", words="Her husband has her code.", **told)


def unsafe_phone(case, point, told):
    return change_safety(point, safety="unsafe", **told)


@pytest.mark.django_db
@pytest.mark.parametrize("comes_out", [watched, unsafe_phone])
def test_a_code_that_waits_opens_nothing_while_somebody_else_reads_their_device(ada, comes_out):
    case = a_case(by=ada, at=ada.now)
    told = {"at": ada.now, "by": ada}
    point = add_contact_point(
        case.person, kind="phone", value="(555) 010-2122", safety="safe", how="", **told
    )
    _, first = an_own_copy(case, by=ada)
    key = opened(first)
    _, second = an_own_copy(case, by=ada)
    assert stand(case) == ["waiting", "open"]
    comes_out(case, point, told)
    assert why_no_copy(case), "none would be handed out now"
    assert opened(second) == ""
    assert is_open(key), "what they read at this moment is not taken from them"
    assert stand(case) == ["opens nothing now", "open"]
    add_contact_point(case.person, kind="email", value="r@example.org", safety="safe", how="", **told)
    for mark in Circumstance.objects.standing().filter(case=case):
        end_circumstance(mark, **told)
    assert (why_no_copy(case), bool(opened(second))) == ("", True)


@pytest.mark.django_db
def test_a_worker_reads_that_a_copy_is_closed_though_nobody_closed_it(ada):
    case = a_case(by=ada, at=ada.now)
    told = {"at": ada.now, "by": ada}
    mother = add_supporter(
        case.person, name="Eva Vega", relation="mother", reach="", may_know="", must_not_know=False, **told
    )
    say_who_may_know(Close(answer="agreed"), circle=case.circle, **told)
    opened(an_own_copy(case, by=ada, supporter=mother, **MOTHER)[1])
    an_own_copy(case, by=ada, supporter=mother, **MOTHER)
    assert stand(case) == ["waiting", "open"]
    said_no(mother, told | {"at": ada.now + timedelta(minutes=1)})
    assert stand(case) == ["opens nothing now", "opened, and closed again"]


def stand(case):
    """How the worker's page calls each copy, the newest first."""
    return [one.stands_at(now_by_the_database()) for one in OwnCopy.objects.of_episode(case.pk)]


def opened(code):
    """The key of a copy that was opened with a code; nothing where none was."""
    key = new_id().hex
    done = one_row("SELECT portal_open(%s, %s, '10 minutes')", (hash_of(code), key))[0]
    return key if done else ""


def is_open(key):
    with as_nobody():
        run_sql("SELECT set_config('breakwater.copy', %s, true)", (key,))
        found = one_row("SELECT count(*) FROM portal_holder()")[0]
        run_sql("SELECT set_config('breakwater.copy', '', true)")
    return bool(found)


def is_waiting(code):
    return one_row("SELECT count(*) FROM portal_waiting(%s)", (hash_of(code),))[0] == 1


@pytest.mark.django_db
def test_how_safe_a_way_is_changes_by_an_end_and_a_beginning(ada):
    case = a_case(by=ada, at=ada.now)
    told = {"at": ada.now, "by": ada}
    point = add_contact_point(case.person, kind="phone", value="(555) 010-3", safety="safe", how="x", **told)
    for safety in ("safe", "perhaps"):
        with pytest.raises(Refused, match="Say what changes"):
            change_safety(point, safety=safety, **told)
    changed = change_safety(point, safety="unsafe", **told)
    stood = ContactPoint.objects.filter(person=case.person).order_by("ends_at")
    assert [(one.safety, one.ends_at is None) for one in stood] == [("safe", False), ("unsafe", True)]
    assert (changed.value, changed.how) == ("(555) 010-3", "x")


def _copy(**facts):
    def make(case, by):
        copy, _ = an_own_copy(case, by=by)
        OwnCopy.objects.filter(pk=copy.pk).update(**facts)

    return make


def _twice(case, by):
    copy, _ = an_own_copy(case, by=by)
    copy.pk, copy.code = new_id(), "another"
    copy.save(force_insert=True)


def _act(**facts):
    def make(case, by):
        copy, _ = an_own_copy(case, by=by)
        key = new_key(copy.pk)
        told = {
            "circle": case.circle,
            "case": case,
            "copy": copy,
            "key": key,
            "kind": "call",
            "at": by.now,
            "about": case.pk,
        }
        for one in facts.pop("each", [{}]):
            OwnAct(**(told | facts | one)).save(force_insert=True)

    return make


BROKEN = {
    "a_code_for_a_copy_expires": _copy(expires_at=datetime(2020, 1, 1, tzinfo=UTC)),
    "an_open_copy_closes_and_is_held_by_a_key": _copy(opened_at=datetime(2020, 1, 1, tzinfo=UTC)),
    "who_speaks_for_them_says_by_what_right": _copy(authority=""),
    "a_copy_shows_something": _copy(parts=[]),
    "one_waiting_code_to_a_case": _twice,
    "an_own_act_is_done_once": _act(each=[{}, {}]),
    "only_what_waits_is_answered": _act(answer="agreed", answered_at=datetime(2020, 1, 1, tzinfo=UTC)),
}


@pytest.mark.django_db
@pytest.mark.parametrize("constraint", BROKEN)
def test_the_database_refuses_what_must_never_be(ada, constraint):
    case = a_case(by=ada, at=ada.now)
    if constraint == "who_speaks_for_them_says_by_what_right":
        mother = add_supporter(
            case.person,
            name="Eva",
            relation="mother",
            reach="",
            may_know="",
            must_not_know=False,
            at=ada.now,
            by=ada,
        )
        BROKEN[constraint] = _copy(supporter=mother)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        BROKEN[constraint](case, ada)
