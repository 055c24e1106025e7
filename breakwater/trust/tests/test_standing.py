"""Another agency comes into a circle, may know less, and goes: by the law, by whose record it is, and written down."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import IntegrityError, transaction

from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.trust.actions.circles import open_circle
from breakwater.trust.actions.consents import lower_segment, raise_segments, take_consent, withdraw_consent
from breakwater.trust.actions.standing import let_out, narrow_standing
from breakwater.trust.capabilities import Role
from breakwater.trust.library import LAWS
from breakwater.trust.models import Decision, Entry, Grant
from breakwater.trust.rules.law import LET_IN, Unlawful
from breakwater.trust.testing import (
    NOON,
    a_guest,
    a_release,
    an_actor,
    an_agency,
    an_involvement,
    as_seen_by,
)

pytestmark = pytest.mark.django_db
EARLIER = NOON - timedelta(hours=1)
AN_HOUR = timedelta(hours=1)
WHO = frozenset({"who"})
MOST = frozenset({"who", "care"})


@pytest.fixture
def ada():
    return an_actor(Role.SUPERVISOR)


@pytest.fixture
def circle(ada):
    return open_circle(at=EARLIER, by=as_seen_by(ada))


def agreed(circle, agency, by, **facts):
    return take_consent(a_release(agency, **({"lets_in": False} | facts)), circle=circle, at=EARLIER, by=by)


def of(agency):
    return Grant.objects.filter(agency=agency).order_by("starts_at", "pk")


def code(refused):
    return refused.value.code


class TestByTheLaw:
    def test_who_helps_beside_us_works_there_and_it_is_written_down_to_whom_the_record_went(
        self, ada, circle
    ):
        house = an_agency(kind="shelter")
        grant = a_guest(circle, agency=house, until=NOON + AN_HOUR, information=MOST, at=NOON, by=ada)
        assert (grant.basis, grant.ends_at, grant.consent) == ("care", NOON + AN_HOUR, None)
        told = Decision.objects.get(act=LET_IN)
        assert (told.recipient, told.purpose, told.about) == (house, "HOUSING", grant.pk)
        assert (told.basis, told.information) == ("45 CFR 164.506(c)", ["care", "who"])
        assert told.what == "They look for a room with us."

    @pytest.mark.parametrize(
        ("kind", "said"),
        [
            ("police_liaison", "HIPAA-AUTH-02"),
            ("threat_management", "HIPAA-AUTH-02"),
            ("victim_service", "CIRCLE-01"),
            ("detox", "CIRCLE-01"),
        ],
    )
    def test_whose_task_or_law_is_another_reads_by_consent_and_works_at_home(self, ada, circle, kind, said):
        other = an_agency(kind=kind)
        with pytest.raises(Unlawful) as refused:
            a_guest(circle, agency=other, at=NOON, by=ada)
        assert code(refused) == said
        with (
            pytest.raises(IntegrityError, match="whose own law protects what it writes"),
            transaction.atomic(),
        ):
            Grant.objects.create(
                circle=circle, agency=other, basis="care", information=["who"], starts_at=NOON
            )
        consent = agreed(circle, other, ada, purpose="HOUSING", lets_in=True)
        let_out(circle, agency=other, at=NOON, by=ada)
        grant = a_guest(circle, agency=other, information=WHO, at=NOON, by=ada)
        assert (grant.basis, grant.consent, grant.information) == ("consent", consent, ["who"])

    def test_the_list_that_postgresql_holds_is_that_of_the_law(self):
        wall = import_module("breakwater.trust.migrations.0023_let_in_by_whose_record_it_is")
        by_law = {kind for law in LAWS.values() for kind in law.agency_kinds}
        assert set(wall._OTHERS) == by_law | {"police_liaison", "threat_management"}

    @pytest.mark.parametrize(
        ("segment", "kind", "said"),
        [
            ("vsp", "vsp_release", "VSP-01"),
            ("part2", "part2", "P2-CON-02"),
            ("minor-confidential", "minor_own", "MIN-01"),
        ],
    )  # fmt: skip
    def test_a_protected_circle_opens_by_a_consent_that_lets_read(self, ada, circle, segment, kind, said):
        house = an_agency(kind="clinic")
        raise_segments(circle, [segment], at=EARLIER, by=ada)
        facts = {"kind": kind, "segments": frozenset({segment}), "information": MOST}
        agreed(circle, house, ada, **facts)
        with pytest.raises(Unlawful) as refused:
            a_guest(circle, agency=house, information=WHO, purpose="TREAT", at=NOON, by=ada)
        assert code(refused) == said, "that they are told lets nobody read"
        consent = agreed(circle, house, ada, **facts, lets_in=True)
        let_out(circle, agency=house, at=NOON, by=ada)
        grant = a_guest(circle, agency=house, information=WHO, purpose="TREAT", at=NOON, by=ada)
        assert (grant.consent, grant.segments, grant.ends_at) == (consent, [segment], consent.ends_at)

    @pytest.mark.parametrize(
        "asked",
        [{"purpose": "HLEGAL"}, {"information": frozenset({"who", "needs"})}],
        ids=["another purpose", "more than was agreed"],
    )
    def test_a_consent_opens_for_what_it_says_and_no_more(self, ada, circle, asked):
        police = an_agency(kind="police_liaison")
        agreed(circle, police, ada, lets_in=True)
        let_out(circle, agency=police, at=NOON, by=ada)
        usual = {"purpose": "TREAT", "information": WHO}
        with pytest.raises(Unlawful, match="HIPAA-AUTH-02"):
            a_guest(circle, agency=police, **(usual | asked), at=NOON, by=ada)

    def test_nobody_stays_longer_than_the_consent_holds(self, ada, circle):
        police = an_agency(kind="police_liaison")
        consent = agreed(circle, police, ada, lets_in=True)
        let_out(circle, agency=police, at=NOON, by=ada)
        usual = {"purpose": "TREAT", "information": WHO, "at": NOON, "by": ada}
        with pytest.raises(Refused, match="on which this rests, ends earlier"):
            a_guest(circle, agency=police, until=consent.ends_at + AN_HOUR, **usual)
        assert a_guest(circle, agency=police, until=NOON + AN_HOUR, **usual).ends_at == NOON + AN_HOUR

    def test_two_consents_that_open_a_part_each_let_nobody_in(self, ada, circle):
        house = an_agency()
        officer = an_actor(Role.PRIVACY_OFFICER, agency=ada.agency)
        asked = {"kind": "vsp_release", "lets_in": True}
        raise_segments(circle, ["vsp"], at=EARLIER, by=ada)
        agreed(circle, house, ada, segments=frozenset({"vsp"}), **asked)
        lower_segment(circle, "vsp", reason="Wrong box.", at=EARLIER, by=officer)
        raise_segments(circle, ["location-confidential"], at=EARLIER, by=ada)
        agreed(circle, house, ada, segments=frozenset({"location-confidential"}), **asked)
        raise_segments(circle, ["vsp"], at=EARLIER, by=ada)
        with pytest.raises(Refused, match="No one consent opens all of this"):
            a_guest(circle, agency=house, purpose="TREAT", information=WHO, at=NOON, by=ada)

    def test_who_was_refused_by_name_is_not_let_in(self, ada, circle):
        clinic = an_agency(name="Tide Clinic")
        an_involvement(circle=circle, at=EARLIER, by=ada, name="tide  clinic", relation="")
        with pytest.raises(Unlawful, match="HIPAA-510-01"):
            a_guest(circle, agency=clinic, at=NOON, by=ada)


class TestTakenBack:
    def test_whoever_was_let_in_is_out_when_the_person_wants_them_to_know_nothing_more(self, ada, circle):
        house = an_agency(kind="shelter")
        a_guest(circle, agency=house, at=EARLIER, by=ada)
        consent = agreed(circle, house, ada, lets_in=True)
        withdraw_consent(consent, words="Not them.", at=NOON, by=ada)
        assert [one.ends_at for one in of(house)] == [NOON, NOON]
        with pytest.raises(Unlawful, match="CIRCLE-02"):
            a_guest(circle, agency=house, at=NOON, by=ada)
        agreed(circle, house, ada)
        assert a_guest(circle, agency=house, at=NOON, by=ada).basis == "care"

    def test_a_consent_lets_in_again_whom_it_let_in_before_and_nothing_of_it_is_lost(self, ada, circle):
        police = an_agency(kind="police_liaison")
        agreed(circle, police, ada, lets_in=True)
        for one in range(2):
            let_out(circle, agency=police, at=NOON + one * AN_HOUR, by=ada)
            a_guest(circle, agency=police, purpose="TREAT", information=WHO, at=NOON + one * AN_HOUR, by=ada)
        assert [one.starts_at for one in of(police)] == [EARLIER, NOON, NOON + AN_HOUR]
        assert [one.ends_at for one in of(police)][:2] == [NOON, NOON + AN_HOUR]
        twice = of(police).last()
        with (
            pytest.raises(IntegrityError, match="a_consent_lets_in_once_at_a_time"),
            transaction.atomic(),
        ):
            Grant.objects.create(
                circle=circle, agency=police, basis="consent", consent=twice.consent, information=["who"],
                starts_at=NOON, ends_at=twice.ends_at,
            )  # fmt: skip

    def test_a_consent_that_lets_in_is_an_entry_of_what_left(self, ada, circle):
        house = an_agency()
        consent = agreed(circle, house, ada, lets_in=True)
        told = Decision.objects.get(act=LET_IN)
        assert (told.recipient, told.consents, told.what) == (house, [consent.pk], consent.what)


class TestWhoseRecordItIs:
    """A guest lets nobody in, puts nobody out, and learns nothing of other guests."""

    @pytest.fixture
    def guest(self, ada, circle):
        guest = an_actor(Role.SUPERVISOR)
        as_seen_by(ada)
        a_guest(circle, agency=guest.agency, at=EARLIER, by=ada)
        return guest

    def test_lets_in_and_out(self, ada, circle, guest):
        other = an_agency()
        as_seen_by(ada)
        a_guest(circle, agency=other, at=EARLIER, by=ada)
        as_seen_by(guest)
        with pytest.raises(Refused, match="Whose record this is"):
            a_guest(circle, agency=an_agency(), at=NOON, by=guest)
        with pytest.raises(Refused, match="Whose record this is"):
            let_out(circle, agency=other, at=NOON, by=guest)
        with pytest.raises(Refused, match="Whose record this is"):
            narrow_standing(of(guest.agency).get(), information=WHO, until=None, at=NOON, by=guest)
        with pytest.raises(Refused, match="Take this as what they are told"):
            agreed(circle, other, guest, lets_in=True)
        with pytest.raises(IntegrityError, match="whose record it is lets others in"), transaction.atomic():
            Grant.objects.create(
                circle=circle, agency=an_agency(), basis="care", information=["who"], starts_at=NOON
            )
        with pytest.raises(Refused, match="Nobody lets their own agency out"):
            let_out(circle, agency=guest.agency, at=NOON, by=guest)

    def test_sees_its_own_standing_alone(self, ada, circle, guest):
        house = an_agency(kind="clinic")
        a_guest(circle, agency=house, at=EARLIER, by=as_seen_by(ada))
        seen = Grant.objects.visible_to(as_seen_by(guest)).of_circle(circle.pk)
        assert {one.agency for one in seen} == {guest.agency}
        assert Grant.objects.visible_to(as_seen_by(ada)).of_circle(circle.pk).count() == 3


class TestLess:
    def test_what_is_left_out_closes_and_both_standings_stay(self, ada, circle):
        house = an_agency()
        grant = a_guest(circle, agency=house, at=EARLIER, by=ada)
        narrow_standing(grant, information=WHO, until=NOON + AN_HOUR, at=NOON, by=ada)
        wide, less = of(house)
        assert (wide.ends_at, less.starts_at, less.ends_at) == (NOON, NOON, NOON + AN_HOUR)
        assert less.information == ["who"]
        assert Entry.objects.filter(verb="trust.standing_narrowed", about=less.pk).exists()
        with pytest.raises(Overtaken, match="a colleague narrowed it"):
            narrow_standing(grant, information=WHO, until=None, at=NOON, by=ada)

    @pytest.mark.parametrize(
        ("information", "until", "sentence"),
        [
            (MOST, NOON + AN_HOUR, "Narrowing leaves less"),
            (WHO, None, "Narrowing leaves less"),
            (frozenset(), NOON, "Narrowing leaves less"),
            (WHO, NOON + AN_HOUR, "Nothing would change"),
            (WHO, EARLIER, "a day that is not over"),
        ],
    )
    def test_it_is_less_and_something(self, ada, circle, information, until, sentence):
        grant = a_guest(circle, agency=an_agency(), information=WHO, until=NOON + AN_HOUR, at=EARLIER, by=ada)
        with pytest.raises(Refused, match=sentence):
            narrow_standing(grant, information=information, until=until, at=NOON, by=ada)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"information": frozenset()}, "Say which kinds"),
        ({"what": "  "}, "Say why they are let in"),
        ({"until": EARLIER}, "a day that is not over"),
    ],
)
def test_what_is_missing_is_said(ada, circle, facts, sentence):
    with pytest.raises(Refused, match=sentence):
        a_guest(circle, agency=an_agency(), at=NOON, by=ada, **facts)


def test_our_own_agency_is_not_let_in_and_who_is_out_is_out(ada, circle):
    house = an_agency()
    with pytest.raises(Refused, match="stands here already"):
        a_guest(circle, agency=ada.agency, at=NOON, by=ada)
    a_guest(circle, agency=house, at=EARLIER, by=ada)
    let_out(circle, agency=house, at=NOON, by=ada)
    with pytest.raises(Overtaken, match="out of this circle already"):
        let_out(circle, agency=house, at=NOON, by=ada)
    assert Entry.objects.filter(verb="trust.agency_left_circle").count() == 1


def test_a_stranger_narrows_nothing(ada, circle):
    grant = a_guest(circle, agency=an_agency(), at=EARLIER, by=ada)
    with pytest.raises(NotPermitted, match="does not stand in this person"):
        narrow_standing(grant, information=WHO, until=None, at=NOON, by=an_actor(Role.SUPERVISOR))
