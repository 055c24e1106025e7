"""A person agrees, agrees to less, and takes it back; and the walls follow at once. As the role that serves."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from breakwater.cases.models import Note
from breakwater.cases.testing import a_case
from breakwater.kernel.db import run_sql
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.people.models import ContactPoint, Person
from breakwater.trust.actions.circles import open_circle
from breakwater.trust.actions.consents import (
    lower_segment,
    narrow_consent,
    raise_segments,
    take_consent,
    withdraw_consent,
)
from breakwater.trust.actions.leaving import Leaving, Recipient, may_leave
from breakwater.trust.capabilities import Role
from breakwater.trust.journal import see
from breakwater.trust.models import Consent, Decision, Entry, Grant
from breakwater.trust.rules.law import Unlawful
from breakwater.trust.testing import a_guest, a_release, an_agency, as_seen_by
from breakwater.trust.testing import an_actor as somebody
from breakwater.trust.turned_away import write_refusals

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
"""What ends is judged by the clock of PostgreSQL too, so that these stories happen today."""
EARLIER = NOW - timedelta(hours=1)
TODAY = NOW.date()
ONLY_WHO = frozenset({"who"})


def an_actor(role=Role.CASE_MANAGER, **facts):
    return somebody(role, now=NOW, **facts)


def a_consent(to, **facts):
    return a_release(to, **({"ends": TODAY + timedelta(30)} | facts))


@pytest.fixture
def ada():
    return an_actor(Role.CASE_MANAGER)


@pytest.fixture
def case(ada):
    return a_case(by=ada, at=NOW, asked_at=EARLIER)


@pytest.fixture
def guest():
    return an_actor()


def given(case, guest, by, at=EARLIER, **facts):
    as_seen_by(by)
    return take_consent(a_consent(guest.agency, **facts), circle=case.circle, at=at, by=by)


def sees(actor, model):
    """How many rows each wall shows: the question, and PostgreSQL with no question asked."""
    as_seen_by(actor)
    return model.objects.visible_to(actor).count(), model.objects.count()


class TestWhoWasLetIn:
    def test_reads_what_was_agreed_and_nothing_else(self, ada, case, guest):
        given(case, guest, ada, information=ONLY_WHO)
        assert sees(guest, Person) == (1, 1)
        assert sees(guest, type(case)) == (0, 0)
        given(case, guest, ada)
        assert sees(guest, type(case)) == (1, 1)

    def test_changes_nothing(self, ada, case, guest):
        given(case, guest, ada)
        as_seen_by(guest)
        found = see(type(case), case.pk, by=guest)
        guest.must("cases.read", found.circle)
        with pytest.raises(NotPermitted, match="may read here, and changes nothing"):
            guest.must("cases.work", found.circle)
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Note.objects.create(circle=case.circle, case=case, happened_at=NOW, words="not ours to write")
        assert type(case).objects.filter(pk=case.pk).update(number="0000-0000") == 0

    def test_lets_nobody_else_in(self, ada, case, guest):
        given(case, guest, ada)
        as_seen_by(guest)
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Grant.objects.create(
                circle=case.circle, agency=an_agency(), basis="care", information=["who"], starts_at=NOW
            )

    def test_is_out_the_moment_it_is_withdrawn_and_twice_is_once(self, ada, case, guest):
        consent = given(case, guest, ada)
        as_seen_by(ada)
        for _ in range(2):
            withdraw_consent(consent, words="She called and said no", at=NOW, by=ada)
        assert sees(guest, Person) == (0, 0)
        as_seen_by(ada)
        assert Entry.objects.filter(verb="trust.consent_withdrawn").count() == 1
        assert Consent.objects.get(pk=consent.pk).withdrawn_words == "She called and said no"

    def test_is_out_when_its_time_is_over(self, ada, case, guest):
        given(case, guest, ada, at=NOW - timedelta(days=60), ends=TODAY - timedelta(2))
        assert sees(guest, Person) == (0, 0)

    def test_sees_less_when_it_is_narrowed(self, ada, case, guest):
        consent = given(case, guest, ada)
        as_seen_by(ada)
        less = narrow_consent(consent, a_consent(guest.agency, information=ONLY_WHO), at=NOW, by=ada)
        guest.now += timedelta(minutes=1)
        assert sees(guest, Person) == (1, 1)
        assert sees(guest, type(case)) == (0, 0)
        as_seen_by(ada)
        assert Consent.objects.get(pk=consent.pk).instead == less

    def test_does_not_see_what_is_protected_apart(self, ada, case, guest):
        given(case, guest, ada)
        as_seen_by(ada)
        point = ContactPoint.objects.create(
            circle=case.circle, person=case.person, kind="address", value="Oak Street 9", starts_at=NOW
        )
        before = sees(guest, ContactPoint)
        as_seen_by(ada)
        raise_segments(point, ["location-confidential"], at=NOW, by=ada)
        assert sees(guest, ContactPoint) == (before[0] - 1, before[1] - 1)
        assert sees(ada, ContactPoint)[1] == before[1]


class TestAnAgreement:
    def test_keeps_what_was_shown_and_cannot_be_rewritten(self, ada, case, guest):
        consent = given(case, guest, ada)
        for words in ("what = 'everything'", "ends_at = NULL", "recipient_id = agency_id"):
            with pytest.raises(DatabaseError, match=r"stays as it was signed|check"), transaction.atomic():
                run_sql(f"UPDATE trust_consent SET {words} WHERE id = %s", (consent.pk,))
        with pytest.raises(DatabaseError, match="stays written"), transaction.atomic():
            run_sql("DELETE FROM trust_consent WHERE id = %s", (consent.pk,))

    def test_that_is_not_whole_is_refused_and_the_refusal_outlives_it(self, ada, case, guest):
        as_seen_by(ada)
        with pytest.raises(Unlawful, match=r"Missing: .*the signature") as refused, transaction.atomic():
            take_consent(a_consent(guest.agency, signed_by=""), circle=case.circle, at=NOW, by=ada)
        assert (refused.value.code, refused.value.status) == ("HIPAA-AUTH-01", 422)
        write_refusals(ada)
        assert Decision.objects.get(act="take_consent").code == "HIPAA-AUTH-01"

    def test_opens_only_what_its_kind_can_open(self, ada, case, guest):
        as_seen_by(ada)
        with pytest.raises(Unlawful) as refused:
            take_consent(
                a_consent(guest.agency, segments=frozenset({"part2"})), circle=case.circle, at=NOW, by=ada
            )
        assert refused.value.code == "P2-CON-02"

    def test_is_of_a_kind_that_is_known_and_shares_something_with_somebody_else(self, ada, case, guest):
        as_seen_by(ada)
        for facts, sentence in (
            ({"kind": "verbal"}, "is not known under your agency's law"),
            ({"information": frozenset()}, "Say which kinds of information"),
            ({"agency": ada.agency}, "Your own agency needs no consent"),
        ):
            release = a_consent(facts.pop("agency", guest.agency), **facts)
            with pytest.raises(Refused, match=sentence):
                take_consent(release, circle=case.circle, at=NOW, by=ada)

    def test_is_never_narrowed_to_more_nor_after_its_end(self, ada, case, guest):
        consent = given(case, guest, ada, information=ONLY_WHO)
        as_seen_by(ada)
        for facts in ({}, {"information": ONLY_WHO, "ends": TODAY + timedelta(99)}):
            with pytest.raises(Refused, match="would share more than before"):
                narrow_consent(consent, a_consent(guest.agency, **facts), at=NOW, by=ada)
        withdraw_consent(consent, words="", at=NOW, by=ada)
        with pytest.raises(Overtaken, match="has already ended"):
            narrow_consent(consent, a_consent(guest.agency, information=ONLY_WHO), at=NOW, by=ada)

    def test_is_taken_by_those_who_work_with_the_person(self, case, guest):
        as_seen_by(guest)
        with pytest.raises(NotPermitted, match="does not stand in this person"):
            take_consent(a_consent(an_agency()), circle=case.circle, at=NOW, by=guest)


class TestAVictimServiceAgency:
    @pytest.fixture
    def vera(self):
        return an_actor(Role.CASE_MANAGER, agency=an_agency(kind="victim_service"))

    @pytest.fixture
    def safe(self, vera):
        as_seen_by(vera)
        return a_case(by=vera, at=NOW, asked_at=EARLIER)

    def test_writes_only_what_the_law_protects(self, safe):
        assert safe.circle.segments == ["vsp"]

    def test_lets_nobody_in_but_by_the_persons_release(self, safe, vera, guest):
        boss = an_actor(Role.SUPERVISOR, agency=vera.agency)
        with pytest.raises(Refused, match="VSP-01"):
            a_guest(safe.circle, agency=guest.agency, until=None, at=NOW, by=boss)
        with pytest.raises(DatabaseError, match="a protected circle opens by consent"), transaction.atomic():
            Grant.objects.create(
                circle=safe.circle, agency=guest.agency, basis="care", information=["who"], starts_at=NOW
            )
        with pytest.raises(Unlawful) as refused:
            given(safe, guest, vera)
        assert refused.value.code == "VSP-01"
        given(safe, guest, vera, kind="vsp_release", segments=frozenset({"vsp"}), information=ONLY_WHO)
        assert sees(guest, Person) == (1, 1)

    def test_takes_no_release_without_an_end(self, safe, vera, guest):
        with pytest.raises(Unlawful) as refused:
            given(safe, guest, vera, kind="vsp_release", segments=frozenset({"vsp"}), ends=None)
        assert (refused.value.code, refused.value.status) == ("VSP-REL-01", 422)

    def test_opens_in_no_emergency_whoever_writes_the_grant(self, safe, vera, guest):
        as_seen_by(vera)
        with pytest.raises(DatabaseError, match="opens in no emergency"), transaction.atomic():
            Grant.objects.create(
                circle=safe.circle, agency=guest.agency, basis="emergency", information=["who"], starts_at=NOW,
                ends_at=NOW + timedelta(hours=1),
            )  # fmt: skip

    def test_no_grant_opens_more_than_its_consent(self, safe, vera, guest):
        consent = given(
            safe, guest, vera, kind="vsp_release", segments=frozenset({"vsp"}), information=ONLY_WHO
        )
        grant = Grant.objects.get(consent=consent)
        for facts in (
            {"information": ["who", "care"]},
            {"segments": []},
            {"ends_at": None},
            {"agency": an_agency()},
        ):
            with pytest.raises(DatabaseError, match="a grant opens no more"), transaction.atomic():
                Grant.objects.filter(pk=grant.pk).update(**facts)

    def test_keeps_what_its_kind_asks_for(self, safe, vera):
        officer = an_actor(Role.PRIVACY_OFFICER, agency=vera.agency)
        with pytest.raises(Refused, match="an agency of this kind"):
            lower_segment(safe.circle, "vsp", reason="A funder asks", at=NOW, by=officer)


class TestSegments:
    def test_raising_one_on_a_circle_puts_out_whom_it_does_not_let_in(self, ada, case, guest):
        given(case, guest, ada)
        as_seen_by(ada)
        raise_segments(case.circle, ["part2"], at=NOW, by=ada)
        assert sees(guest, Person) == (0, 0)
        assert sees(ada, Person) == (1, 1)

    def test_who_writes_it_by_hand_cannot_leave_somebody_inside(self, ada, case, guest):
        given(case, guest, ada)
        as_seen_by(ada)
        with pytest.raises(DatabaseError, match="whom these laws do not let in"), transaction.atomic():
            run_sql("UPDATE trust_circle SET segments = '{vsp}' WHERE id = %s", (case.circle_id,))

    def test_only_the_privacy_officer_lowers_one_and_says_why(self, ada, case):
        raise_segments(case.circle, ["part2"], at=NOW, by=ada)
        with pytest.raises(NotPermitted, match="Take a record, or a note in it, out of the protection"):
            lower_segment(case.circle, "part2", reason="Wrong box", at=NOW, by=ada)
        officer = an_actor(Role.PRIVACY_OFFICER, agency=ada.agency)
        with pytest.raises(Refused, match="Say why this protection is lowered"):
            lower_segment(case.circle, "part2", reason=" ", at=NOW, by=officer)
        lower_segment(case.circle, "part2", reason="Wrong box", at=NOW, by=officer)
        assert case.circle.segments == []


class TestWhatLeaves:
    def leaving(self, guest, **facts):
        usual = {
            "act": "refer",
            "to": Recipient(agency=guest.agency),
            "purpose": "TREAT",
            "information": ONLY_WHO,
        }
        return Leaving(**(usual | facts))

    def test_is_written_down_when_it_may(self, ada, case, guest):
        as_seen_by(ada)
        may_leave(self.leaving(guest, what="Her first name"), case.circle, at=NOW, by=ada)
        told = Decision.objects.get()
        assert (told.answer, told.recipient, told.what) == ("permit", guest.agency, "Her first name")

    def test_rests_on_the_consent_that_covers_it(self, ada, case, guest):
        as_seen_by(ada)
        raise_segments(case.circle, ["part2"], at=EARLIER, by=ada)
        with pytest.raises(Unlawful) as refused:
            may_leave(self.leaving(guest), case.circle, at=NOW, by=ada)
        assert refused.value.code == "P2-CON-02"
        consent = given(case, guest, ada, kind="part2", segments=frozenset({"part2"}))
        permit = may_leave(self.leaving(guest), case.circle, at=NOW, by=ada)
        assert permit.consents == (consent.pk,)
        assert "attach_notice" in permit.obligations

    def test_is_refused_for_another_agencys_consents(self, case, guest, ada):
        """What one agency was told by the person does not speak for another."""
        given(case, guest, ada, kind="part2", segments=frozenset({"part2"}))
        as_seen_by(guest)
        theirs = open_circle(at=EARLIER, by=guest)
        raise_segments(theirs, ["part2"], at=EARLIER, by=guest)
        with pytest.raises(Unlawful):
            may_leave(self.leaving(ada), theirs, at=NOW, by=guest)
