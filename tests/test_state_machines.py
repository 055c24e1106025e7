"""Referrals, stays and consents, in any order of acts: what happens is what a model kept by hand says, no more.

Then the same illegal steps by raw SQL, as the role that serves: PostgreSQL refuses them too.
"""

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from breakwater.cases.testing import a_case
from breakwater.kernel.ids import new_id
from breakwater.referrals.actions import loop
from breakwater.referrals.actions.letters import Word
from breakwater.referrals.actions.placement import arrive, cancel, leave, miss
from breakwater.referrals.models import Placement, Referral, Stage, Told
from breakwater.referrals.testing import a_bed, a_placement, a_referral
from breakwater.trust.access import acting
from breakwater.trust.actions.consents import narrow_consent, take_consent, withdraw_consent
from breakwater.trust.models import Consent, Grant
from breakwater.trust.testing import a_release, an_actor
from tests.machines import FEW, NOW, ONE, Machine, refused_by_postgresql

pytestmark = pytest.mark.django_db
IN_A_YEAR = NOW.date() + timedelta(days=365)


AFTER = {
    "sent": {"acknowledged", "accepted", "declined", "need_met", "not_met", "withdrawn"},
    "acknowledged": {"accepted", "declined", "need_met", "not_met", "withdrawn"},
    "accepted": {"started", "need_met", "not_met", "withdrawn"},
    "started": {"need_met", "not_met", "withdrawn"},
}
"""What may follow what, from the sheet of the loop and not from the product."""
RECEIVER_SAYS = {
    "acknowledged": loop.acknowledge, "accepted": loop.accept, "declined": loop.decline, "started": loop.start_help,
}  # fmt: skip
OVER = {"declined", "need_met", "not_met", "withdrawn"}


_A_STAGE = """
INSERT INTO referrals_stage (id, referral_id, from_agency_id, to_agency_id, code, told_by, source, reason, words, at,
    by_id, by_agency_id) VALUES (%s, %s, %s, %s, %s, 'person', '', 'other', '', now(), %s, %s)
"""


class Loop(Machine):
    """A referral between two agencies, pushed at both ends."""

    def begin(self):
        self.ada, self.bo = an_actor(now=NOW), an_actor(now=NOW)
        with acting(self.ada):
            case = a_case(by=self.ada, at=NOW)
            self.referral = a_referral(case, by=self.ada, at=NOW, to_agency=self.bo.agency, to_name="Tern")
        self.told = ["sent"]

    def goes(self, code, act, *args, by, known=True, **how):
        may = known and code in AFTER.get(self.told[-1], set())
        self.tries(act, self.referral, *args, by=by, may=may, **how)
        self.told += [code] if may else []

    @rule(code=st.sampled_from(sorted(RECEIVER_SAYS)), has_reason=st.booleans())
    def the_receiver_answers(self, code, has_reason):
        word = Word(reason="no_capacity" if has_reason else "")
        self.goes(code, RECEIVER_SAYS[code], by=self.bo, word=word, known=has_reason or code != "declined")

    @rule(code=st.sampled_from(sorted(RECEIVER_SAYS)), source=st.sampled_from(["", "Dee at the desk"]))
    def the_sender_writes_down_what_it_was_told(self, code, source):
        word = Word(source=source, reason="no_funds")
        self.goes(code, RECEIVER_SAYS[code], by=self.ada, word=word, known=bool(source))

    @rule(told_by=st.sampled_from(Told.values), source=st.sampled_from(["", "Her sister"]))
    def the_need_was_met(self, told_by, source):
        known = told_by == Told.PERSON or (told_by == Told.SECOND_SOURCE and bool(source))
        self.goes(
            "need_met", loop.meet_need, by=self.ada, word=Word(told_by=told_by, source=source), known=known
        )

    @rule(reason=st.sampled_from(["", "other"]))
    def the_need_was_not_met(self, reason):
        word = Word(told_by=Told.PERSON, reason=reason, words="It did not come to it.")
        self.goes("not_met", loop.miss_need, by=self.ada, word=word, known=bool(reason))

    @rule(by_sender=st.booleans(), words=st.sampled_from(["", "She found a place."]))
    def it_is_taken_back(self, by_sender, words):
        by = self.ada if by_sender else self.bo
        self.goes("withdrawn", loop.withdraw, by=by, words=words, known=by_sender and bool(words))

    @rule(code=st.sampled_from(sorted(OVER)))
    @precondition(lambda self: self.told[-1] in OVER)
    def by_raw_sql_it_does_not_close_twice(self, code):
        assert refused_by_postgresql(self.ada, *self.a_stage(code, self.ada))
        assert refused_by_postgresql(
            self.ada, "UPDATE referrals_referral SET closed_at = NULL WHERE id = %s", self.referral.pk
        )

    @rule()
    def by_raw_sql_nothing_is_told_twice_or_unsaid_or_stands_where_nobody_told_it(self):
        for code in self.told:
            assert refused_by_postgresql(self.ada, *self.a_stage(code, self.ada))
        unsaid = (
            "DELETE FROM referrals_stage WHERE referral_id = %s",
            "UPDATE referrals_stage SET at = at WHERE referral_id = %s",
        )
        assert all(
            refused_by_postgresql(by, one, self.referral.pk) for one in unsaid for by in (self.ada, self.bo)
        )
        for code in {"acknowledged", "accepted", "started"} - set(self.told):
            there = "UPDATE referrals_referral SET stage = %s, closed_at = NULL WHERE id = %s"
            assert refused_by_postgresql(self.ada, there, code, self.referral.pk)

    @invariant()
    def both_ends_read_what_the_model_says(self):
        for by in (self.ada, self.bo):
            with acting(by):
                found = Referral.objects.get(pk=self.referral.pk)
                codes = (
                    Stage.objects.filter(referral=found)
                    .order_by("at", "recorded_at")
                    .values_list("code", flat=True)
                )
                assert (found.stage, list(codes)) == (self.told[-1], self.told)
                assert (found.closed_at is not None) == (self.told[-1] in OVER)

    def a_stage(self, code, by):
        return (
            _A_STAGE,
            new_id(), self.referral.pk, self.ada.agency_id, self.bo.agency_id, code, by.user.pk, by.agency_id,
        )  # fmt: skip


ENDS = {
    "leaves": ("left", leave),
    "does not come": ("did_not_come", miss),
    "is not needed": ("canceled", cancel),
}


class Stay(Machine):
    """A bed that another agency keeps, pushed by whoever placed and by the host."""

    def begin(self):
        self.ada, self.bo = an_actor(now=NOW), an_actor(now=NOW)
        with acting(self.ada):
            self.case = a_case(by=self.ada, at=NOW)
            self.bed = a_bed(keeper=self.bo.agency, at=NOW)
        self.state, self.ended = "none", 0

    @rule()
    def a_bed_is_held(self):
        made = self.tries(
            lambda *, at, by: a_placement(self.case, self.bed, by=by, at=at),
            by=self.ada,
            may=self.state in ("none", "over"),
        )
        self.stay, self.state = (made, "expected") if made else (getattr(self, "stay", None), self.state)

    @rule(by_host=st.booleans())
    @precondition(lambda self: self.state != "none")
    def they_arrive(self, by_host):
        may = self.state == "expected"
        self.tries(arrive, self.stay, by=self.bo if by_host else self.ada, may=may)
        self.state = "arrived" if may else self.state

    @rule(how=st.sampled_from(sorted(ENDS)), by_host=st.booleans())
    @precondition(lambda self: self.state != "none")
    def it_ends(self, how, by_host):
        code, act = ENDS[how]
        may = self.state == ("arrived" if code == "left" else "expected")
        self.tries(act, self.stay, by=self.bo if by_host else self.ada, may=may, words="So it was.")
        if may:
            self.state, self.ended, self.code = "over", self.ended + 1, code

    @rule(by_host=st.booleans())
    @precondition(lambda self: self.state != "none")
    def by_raw_sql_no_stay_goes_back(self, by_host):
        by = self.bo if by_host else self.ada
        back = {
            "expected": ["ends_at = now() + interval '1 day', ended_how = 'left'", "ended_how = 'canceled'"],
            "arrived": ["arrived_at = NULL", "ends_at = now() + interval '1 day', ended_how = 'did_not_come'"],
            "over": ["ends_at = NULL, ended_how = ''", "arrived_at = ends_at + interval '1 hour'",
                     "ended_how = CASE ended_how WHEN 'left' THEN 'moved' ELSE 'left' END"],
        }  # fmt: skip
        for one in [
            *back[self.state],
            "bed_id = gen_random_uuid()",
            "starts_at = starts_at - interval '1 day'",
        ]:
            assert refused_by_postgresql(
                by, f"UPDATE referrals_placement SET {one} WHERE id = %s", self.stay.pk
            ), one
        assert refused_by_postgresql(by, "DELETE FROM referrals_placement WHERE id = %s", self.stay.pk)

    @invariant()
    def both_sides_read_what_the_model_says(self):
        for by in (self.ada, self.bo):
            with acting(by):
                stays = list(Placement.objects.filter(case=self.case.pk))
                assert len([one for one in stays if one.ends_at]) == self.ended
                standing = [one for one in stays if one.ends_at is None]
                assert [one.arrived_at is not None for one in standing] == (
                    [self.state == "arrived"] if self.state in ("expected", "arrived") else []
                )
        if self.state == "over":
            assert Placement.objects.get(pk=self.stay.pk).ended_how == self.code


class Agreeing(Machine):
    """Consents to one agency, taken, narrowed and withdrawn: it reads by each that stands, and just that."""

    WHAT = (frozenset({"who"}), frozenset({"who", "needs"}), frozenset({"who", "needs", "care"}))

    def begin(self):
        self.ada, self.bo = an_actor(now=NOW), an_actor(now=NOW)
        with acting(self.ada):
            self.circle = a_case(by=self.ada, at=NOW).circle
        self.standing, self.over = {}, set()

    def chosen(self, number, of):
        return sorted(of)[number % len(of)]

    def signed(self, consent_id):
        with acting(self.ada):
            return Consent.objects.select_related("circle", "recipient").get(pk=consent_id)

    @rule(what=st.sampled_from(WHAT))
    def the_person_agrees(self, what):
        release = a_release(self.bo.agency, ends=IN_A_YEAR, information=what)
        made = self.tries(take_consent, release, circle=self.circle, by=self.ada, may=True)
        self.standing[made.pk] = what

    @rule(number=st.integers(0, 9), what=st.sampled_from(WHAT))
    @precondition(lambda self: self.standing)
    def they_agree_to_less(self, number, what):
        chosen = self.chosen(number, self.standing)
        may = what <= self.standing[chosen]
        consent = self.signed(chosen)
        release = a_release(self.bo.agency, ends=IN_A_YEAR, information=what)
        made = self.tries(narrow_consent, consent, release, by=self.ada, may=may)
        if may:
            del self.standing[chosen]
            self.over.add(chosen)
            self.standing[made.pk] = what

    @rule(number=st.integers(0, 9))
    @precondition(lambda self: self.standing)
    def they_take_it_back(self, number):
        chosen = self.chosen(number, self.standing)
        self.tries(withdraw_consent, self.signed(chosen), words="No.", by=self.ada, may=True)
        del self.standing[chosen]
        self.over.add(chosen)

    @rule(number=st.integers(0, 9))
    @precondition(lambda self: self.over)
    def what_is_over_is_not_narrowed(self, number):
        consent = self.signed(self.chosen(number, self.over))
        release = a_release(self.bo.agency, ends=IN_A_YEAR, information=frozenset({"who"}))
        self.tries(narrow_consent, consent, release, by=self.ada, may=False)

    @rule(number=st.integers(0, 9))
    @precondition(lambda self: self.over or self.standing)
    def by_raw_sql_nothing_is_signed_anew_or_comes_back(self, number):
        everything = self.over | set(self.standing)
        chosen = self.chosen(number, everything)
        wider = [
            "shares = ARRAY['who', 'care', 'needs', 'work']",
            "ends_at = now() + interval '9 years'",
            "signed_by = 'x'",
        ]
        again = (
            ["withdrawn_at = NULL, ended_how = ''", "withdrawn_at = now() + interval '1 day'"]
            if chosen in self.over
            else []
        )
        for by in (self.ada, self.bo):
            for one in wider + again:
                assert refused_by_postgresql(by, f"UPDATE trust_consent SET {one} WHERE id = %s", chosen), one
            assert refused_by_postgresql(by, "DELETE FROM trust_consent WHERE id = %s", chosen)
        if chosen in self.over:
            reopened = "UPDATE trust_grant SET ends_at = NULL WHERE consent_id = %s"
            assert all(refused_by_postgresql(by, reopened, chosen) for by in (self.ada, self.bo))

    @invariant()
    def each_side_reads_what_the_model_says(self):
        later = self.now + ONE
        with acting(self.ada):
            standing = Consent.objects.standing(later).filter(circle=self.circle)
            assert set(standing.values_list("pk", flat=True)) == set(self.standing)
            grants = Grant.objects.standing(later).filter(circle=self.circle, agency=self.bo.agency)
            open_now = {one.consent_id: frozenset(one.information) for one in grants}
        assert open_now == self.standing


TestLoop, TestStay, TestAgreeing = Loop.TestCase, Stay.TestCase, Agreeing.TestCase
TestLoop.settings = TestStay.settings = TestAgreeing.settings = FEW
