"""Passwords: long rather than odd, unlike what others chose, whole; and a new one for who lost theirs."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as some

from breakwater.kernel.errors import NotPermitted, Refused
from breakwater.trust.access import knocking_as
from breakwater.trust.actions.handed import approve_reset, start_reset, use_handed
from breakwater.trust.capabilities import Role
from breakwater.trust.common_passwords import common_passwords
from breakwater.trust.models import Appointment, Entry, HandedCode, Passkey, User
from breakwater.trust.receipts import what_was_kept
from breakwater.trust.rules import FREE_BY_NAME
from breakwater.trust.rules.passwords import LONGEST, stands_alone, why_not_password
from breakwater.trust.testing import an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, hidden, press
from breakwater.trust.tests.test_passkeys import fresh, registered
from breakwater.trust.tests.test_second_step import give_own_role
from breakwater.trust.tests.test_sign_in import knock

pytestmark = pytest.mark.django_db
NEW = "nine herons on one leg"
GOOD = (
    "quiet rain over the slow roofs",
    "ñandú y ombú, allá lejos",
    "春の海ひねもすのたりのたりかな春",
    "correct horse battery staple " * 4,
    "    lots of    spaces    ",
)


def why_not(password, *, has_factor=False, about=("marisol-vega", "Marisol", "Vega")):
    return why_not_password(password, has_factor=has_factor, common=common_passwords(), about=about)


class TestWhichWillDo:
    def test_fifteen_letters_alone_and_eight_beside_a_factor(self):
        assert "too short: 15" in why_not("7 gulls on a m")
        assert why_not("7 gulls on a ma") == ""
        assert "too short: 8" in why_not("7 gulls", has_factor=True)
        assert why_not("7 gulls!", has_factor=True) == ""
        assert (stands_alone("x" * 14), stands_alone("x" * 15)) == (False, True)

    @pytest.mark.parametrize("good", GOOD)
    def test_any_letters_and_signs(self, good):
        assert why_not(good) == ""

    def test_sixty_four_and_more_and_no_longer_than_is_kept_whole(self):
        sentence = "all the small boats came home before the storm, and one did not " * 4
        assert why_not(sentence[:LONGEST].rstrip()) == ""
        assert "too long: 256" in why_not(sentence + "x" * LONGEST)

    def test_a_thousand_common_ones_are_refused(self):
        longest = sorted(common_passwords(), key=len)[-1000:]
        assert len(longest) == 1000
        assert [one for one in longest if "too common" not in why_not(one, has_factor=True)] == []

    @pytest.mark.parametrize(
        "dressed", ["Password123456789!", "1234567890123456", "qwertyuiopasdfgh", "aaaaaaaaaaaaaaaa", "abcabcabcabcabc",
                    "breakwater 2026!", "!!iloveyou!!1234", "................", "Harbor123harbor1"],
    )  # fmt: skip
    def test_however_they_are_dressed_up(self, dressed):
        assert "too common" in why_not(dressed)

    @pytest.mark.parametrize("near", ["marisol-vega 2026", "MARISOL 1234567890", "Vega!!vega!!vega!!"])
    def test_nor_what_others_know_of_them(self, near):
        assert "too similar" in why_not(near)


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    some.text(
        some.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=8, max_size=LONGEST
    )
)
def test_a_password_is_compared_whole(text):
    user = User(username="x", name="x")
    user.set_password(text)
    assert user.check_password(text)
    assert not user.check_password(text[:-1])
    assert not user.check_password(text + "x")
    assert not user.check_password(text[:-1] + ("a" if text[-1] != "a" else "b"))


def test_the_letters_after_the_seventy_second_byte_count():
    user = User(username="x", name="x")
    user.set_password("g" * 72 + "ulls")
    assert not user.check_password("g" * 72 + "ullS")


def test_a_letter_is_the_same_however_a_keyboard_composes_it():
    user = User(username="x", name="x")
    user.set_password("caf\u00e9 on the quay, late")
    assert user.check_password("cafe\u0301 on the quay, late")


class TestChangingIt:
    @pytest.fixture
    def ada(self):
        return an_actor(now=timezone.now())

    def change(self, ada, new=NEW, again=NEW):
        return press(
            fresh(ada), "/your-sign-in/password/", by=ada, new_password=new, new_password_again=again
        )

    def test_works_at_once_and_is_told(self, ada):
        assert self.change(ada).status_code == 303
        assert knock(ada.user.username).status_code == 422
        assert knock(ada.user.username, NEW).status_code == 303
        as_seen_by(ada)
        assert Entry.objects.filter(verb="trust.password_changed").count() == 1

    def test_is_refused_in_words(self, ada):
        assert "This is not the same as above." in self.change(ada, again="other").content.decode()
        assert "too short: 15" in self.change(ada, "short one", "short one").content.decode()

    def test_is_never_shown_again_nor_kept(self, ada):
        client = fresh(ada)
        typed = {"new_password": NEW, "new_password_again": "other words altogether"}
        answer = client.post("/your-sign-in/password/", typed)
        assert answer.status_code == 422
        assert NEW not in answer.content.decode()
        client.cookies.clear()
        turned = client.post("/your-sign-in/password/", typed).content.decode()
        assert NEW not in str(what_was_kept(hidden(turned.encode(), "kept"), user=ada.user))

    def test_eight_letters_are_enough_beside_a_factor(self, ada):
        _, client = registered(ada)
        typed = {"new_password": "7 gulls!", "new_password_again": "7 gulls!"}
        assert press(client, "/your-sign-in/password/", by=ada, **typed).status_code == 303


class TestAReset:
    @pytest.fixture
    def boss(self):
        return an_actor(Role.ADMINISTRATOR, now=timezone.now())

    def colleague(self, boss, role=Role.CASE_MANAGER):
        return an_actor(role, agency=boss.agency, now=timezone.now(), name="Noor Haddad")

    def start(self, boss, who, lost="password"):
        as_seen_by(boss)
        appointment = Appointment.objects.get(user=who.user)
        page = press(
            browser_of(boss), "/resets/", by=boss, who=str(appointment.pk), lost=lost
        ).content.decode()
        return page.split("<code>")[1].split("</code>")[0] if "<code>" in page else ""

    def use(self, who, code, new=NEW, again=None, client=None):
        return (client or Client()).post(
            "/sign-in/code/",
            {"username": who.user.username, "one_time_code": code, "new_password": new,
             "new_password_again": again or new},
        )  # fmt: skip

    def test_lets_somebody_choose_a_password_that_nobody_else_knows(self, boss):
        noor = self.colleague(boss)
        client, code = browser_of(noor), self.start(boss, noor)
        assert len(code) == 23
        assert self.use(noor, code.lower()).status_code == 303
        assert client.get("/").status_code == 302, "every session from before is over"
        assert knock(noor.user.username, NEW).status_code == 303
        as_seen_by(boss)
        verbs = Entry.objects.filter(about=noor.user.pk).values_list("verb", flat=True)
        assert {"trust.reset_started", "trust.reset_used"} <= set(verbs)

    def test_once_and_for_a_day(self, boss):
        noor = self.colleague(boss)
        code = self.start(boss, noor)
        assert self.use(noor, code).status_code == 303
        assert self.use(noor, code).status_code == 422
        code = self.start(boss, noor)
        as_seen_by(boss)
        HandedCode.objects.update(expires_at=timezone.now())
        assert "code is too old" in self.use(noor, code).content.decode()

    def test_takes_the_factors_only_when_they_were_lost(self, boss):
        noor = self.colleague(boss)
        registered(noor)
        self.use(noor, self.start(boss, noor))
        assert self.passkeys(noor) == 1
        self.use(noor, self.start(boss, noor, lost="all"))
        assert self.passkeys(noor) == 0

    def passkeys(self, who):
        with knocking_as(who.user.pk):
            return Passkey.objects.count()

    def test_a_weak_password_does_not_use_it_up(self, boss):
        noor = self.colleague(boss)
        code = self.start(boss, noor)
        assert "too short" in self.use(noor, code, "short").content.decode()
        assert self.use(noor, code).status_code == 303

    def test_whoever_decides_what_others_may_needs_two_people(self, boss):
        officer = self.colleague(boss, Role.PRIVACY_OFFICER)
        assert self.start(boss, officer) == ""
        as_seen_by(boss)
        waits = HandedCode.objects.get()
        with pytest.raises(Refused, match="Somebody else must agree"):
            approve_reset(waits, at=timezone.now(), by=boss)
        as_seen_by(officer)
        with pytest.raises(Refused, match="neither who started it nor whose sign-in it is"):
            approve_reset(waits, at=timezone.now(), by=officer)
        nobody = self.colleague(boss)
        with pytest.raises(NotPermitted, match="agreeing to a reset"):
            approve_reset(waits, at=timezone.now(), by=nobody)
        second = self.colleague(boss, Role.SUPERVISOR)
        page = press(browser_of(second), f"/resets/{waits.pk}/", by=second).content.decode()
        assert self.use(officer, page.split("<code>")[1].split("</code>")[0]).status_code == 303
        as_seen_by(second)
        with pytest.raises(Refused, match="waits for nobody any more"):
            approve_reset(waits, at=timezone.now(), by=second)

    def test_so_does_whoever_may_the_same_by_a_role_of_the_agencys_own(self, boss):
        keeper, noor = self.colleague(boss), self.colleague(boss)
        give_own_role(keeper, "trust.administer", "resources.read")
        assert self.start(boss, keeper) == ""
        assert self.start(boss, noor)

    def test_is_started_by_administrators_for_their_own_colleagues_alone(self, boss):
        noor = self.colleague(boss)
        elsewhere = an_actor(now=timezone.now())
        for who, by, words in (
            (noor, self.colleague(boss), "Appoint and dismiss"),
            (boss, boss, "Change your own password yourself."),
            (elsewhere, boss, "does not work at your agency now"),
        ):
            as_seen_by(by)
            with pytest.raises((Refused, NotPermitted), match=words):
                start_reset(
                    Appointment.objects.get(user=who.user), takes_factors=False, at=timezone.now(), by=by
                )
        answer = browser_of(noor).get("/resets/")
        assert "seeing who needs a new password" in answer.content.decode()

    def test_guessing_the_code_is_slowed_down(self, boss):
        noor = self.colleague(boss)
        code = self.start(boss, noor)
        for _ in range(FREE_BY_NAME):
            assert self.use(noor, "00000-00000-00000-00000").status_code == 422
        assert self.use(noor, code).status_code == 429

    def test_two_who_use_it_at_once_are_one(self, boss):
        noor = self.colleague(boss)
        self.use(noor, self.start(boss, noor))
        as_seen_by(boss)
        used, appointment = HandedCode.objects.get(), Appointment.objects.get(user=noor.user)
        with pytest.raises(Refused, match="This code was used in the meantime"):
            use_handed(used, NEW, appointment, at=timezone.now())

    def test_is_gone_when_they_left_in_between(self, boss):
        noor = self.colleague(boss)
        code = self.start(boss, noor)
        Appointment.objects.filter(user=noor.user).update(ends_at=timezone.now() - timedelta(seconds=1))
        assert self.use(noor, code).status_code == 422
