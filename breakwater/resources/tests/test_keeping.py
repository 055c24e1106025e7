"""An agency claims its own listing, and keeps what its places have: kinds of room, and beds."""

import pytest

from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.resources.actions.claims import (
    claim_listing,
    confirm_claim,
    decide_against,
    give_up_listing,
    withdraw_claim,
)
from breakwater.resources.actions.keeping import bring_back_into_use, take_out_of_use
from breakwater.resources.actions.ours import (
    Address,
    close_bed,
    keep_bed,
    list_place,
    retire_program,
    set_up_beds,
    set_up_program,
)
from breakwater.resources.models import Bed, Claim, Organization, Place, Program
from breakwater.resources.testing import a_place_of, holds_listing
from breakwater.trust.access import acting, system_for
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Entry
from breakwater.trust.testing import NOON, an_actor, an_agency

pytestmark = pytest.mark.django_db

PROOF = "The license on the wall; call the number that is listed."


@pytest.fixture
def listing():
    return Organization.objects.create(source="testing", external_id="o1", name="Lantern Shelter")


@pytest.fixture
def chief():
    return an_actor(Role.SUPERVISOR, agency=an_agency(name="Lantern"))


@pytest.fixture
def second(chief):
    return an_actor(Role.ADMINISTRATOR, agency=chief.agency, name="Bo Lind")


def claimed(listing, by):
    with acting(by):
        return claim_listing(listing, proof=PROOF, at=NOON, by=by)


def test_a_listing_is_an_agencys_when_a_second_person_says_so(listing, chief, second):
    claim = claimed(listing, chief)
    listing.refresh_from_db()
    assert listing.agency is None, "one person's word moves no letter"
    with acting(chief), pytest.raises(Refused, match="Somebody else of your agency"):
        confirm_claim(claim, at=NOON, by=chief)
    with acting(second):
        confirm_claim(claim, at=NOON, by=second)
        with pytest.raises(Overtaken, match="your agency's already"):
            confirm_claim(claim, at=NOON, by=second)
    listing.refresh_from_db()
    assert listing.agency == chief.agency
    with acting(chief):
        give_up_listing(claim, at=NOON, by=chief)
        with pytest.raises(Overtaken, match="has ended: given up"):
            give_up_listing(claim, at=NOON, by=chief)
        told = Entry.objects.filter(about=claim.pk).order_by("pk").values_list("verb", "by__name")
        assert [(verb.removeprefix("resources.listing_"), who) for verb, who in told] == [
            ("claimed", "Ada Reyes"), ("granted", "Bo Lind"), ("released", "Ada Reyes")
        ]  # fmt: skip
    listing.refresh_from_db()
    assert listing.agency is None


def test_a_listing_that_is_gone_meanwhile_is_granted_to_nobody(listing, chief, second):
    claim = claimed(listing, chief)
    Organization.objects.filter(pk=listing.pk).update(retired_at=NOON)
    with acting(second), pytest.raises(Refused, match="not listed any more"):
        confirm_claim(claim, at=NOON, by=second)
    listing.refresh_from_db()
    assert listing.agency is None


def test_what_cannot_be_claimed_is_said(listing, chief):
    with acting(chief):
        with pytest.raises(Refused, match="how others can check"):
            claim_listing(listing, proof="  ", at=NOON, by=chief)
        claim = claim_listing(listing, proof=PROOF, at=NOON, by=chief)
        with pytest.raises(Overtaken, match="claims or holds a listing already"):
            claim_listing(listing, proof=PROOF, at=NOON, by=chief)
        with pytest.raises(Overtaken, match="not granted yet"):
            give_up_listing(claim, at=NOON, by=chief)
        withdraw_claim(claim, at=NOON, by=chief)
        listing.retired_at = NOON
        listing.save()
        with pytest.raises(Refused, match="not listed any more"):
            claim_listing(listing, proof=PROOF, at=NOON, by=chief)


def test_who_holds_a_listing_claims_no_second_one(listing, chief):
    holds_listing(
        chief.agency, Organization.objects.create(source="t", external_id="2", name="Tide"), at=NOON
    )
    with acting(chief), pytest.raises(Overtaken, match="holds a listing already"):
        claim_listing(listing, proof=PROOF, at=NOON, by=chief)


@pytest.mark.parametrize("role", [Role.RESPONDER, Role.PARTNER, Role.PRIVACY_OFFICER])
def test_only_who_answers_for_the_agency_claims_a_listing(listing, role):
    by = an_actor(role)
    with acting(by), pytest.raises(NotPermitted):
        claim_listing(listing, proof=PROOF, at=NOON, by=by)
    chief = an_actor(Role.SUPERVISOR, agency=by.agency)
    claim = claimed(listing, chief)
    for act in (confirm_claim, withdraw_claim, give_up_listing):
        with acting(by), pytest.raises(NotPermitted, match="Import a directory"):
            act(claim, at=NOON, by=by)


def test_two_who_claim_one_listing_are_both_told_and_neither_gets_it(listing, chief, second):
    other = an_actor(Role.SUPERVISOR, agency=an_agency(name="Tide House"))
    other_second = an_actor(Role.SUPERVISOR, agency=other.agency)
    mine, theirs = claimed(listing, chief), claimed(listing, other)
    for by, claim in ((second, mine), (other_second, theirs)):
        with acting(by):
            told = Entry.objects.filter(verb="resources.listing_contested", about=theirs.pk)
            assert told.exists(), by.agency.name
            assert set(Claim.objects.visible_to(by)) == {mine, theirs} == set(Claim.objects.all())
            with pytest.raises(Refused, match="holds or claims this listing too"):
                confirm_claim(claim, at=NOON, by=by)
            with pytest.raises(NotPermitted, match="decides between two"):
                decide_against(claim, at=NOON, by=by)
    stranger = an_actor(Role.SUPERVISOR)
    with acting(stranger):
        assert not Claim.objects.visible_to(stranger).exists()
        assert not Claim.objects.all().exists(), "the second wall, too"
        with pytest.raises(NotPermitted, match="Another agency says"):
            withdraw_claim(mine, at=NOON, by=stranger)
    with acting(system_for(other.agency, now=NOON)) as keeper:
        decide_against(theirs, at=NOON, by=keeper)
    with acting(second):
        assert Entry.objects.filter(verb="resources.listing_released").exists(), "those who stay hear of it"
        confirm_claim(mine, at=NOON, by=second)
    listing.refresh_from_db()
    assert listing.agency == chief.agency


def test_whoever_claims_what_another_agency_holds_gets_it_when_it_is_given_up(listing, chief, second):
    held = holds_listing(an_agency(name="Tide House"), listing, at=NOON)
    claim = claimed(listing, chief)
    with acting(second), pytest.raises(Refused, match="Tide House holds or claims"):
        confirm_claim(claim, at=NOON, by=second)
    with acting(system_for(held.agency, now=NOON)) as keeper:
        decide_against(held, at=NOON, by=keeper)
    with acting(second):
        confirm_claim(claim, at=NOON, by=second)
    listing.refresh_from_db()
    assert listing.agency == chief.agency


def test_beds_are_kept_by_whoever_sets_them_up_at_their_own_place():
    by = an_actor(Role.PARTNER)
    place = a_place_of(by.agency, at=NOON)
    with acting(by):
        beds = set_up_beds(place, ["1", " 2 "], kind=Bed.Kind.DETOX, at=NOON, by=by)
        assert [bed.label for bed in beds] == ["1", "2"]
        with pytest.raises(Overtaken, match="cannot be called the same"):
            set_up_beds(place, ["3", "2"], kind=Bed.Kind.DETOX, at=NOON, by=by)
    assert Bed.objects.kept_by(by.agency).in_service(NOON).count() == 2
    assert Program.objects.get(agency=by.agency).kind == "detox"


@pytest.mark.parametrize(
    ("labels", "kind", "sentence"),
    [
        (["1"], "hammock", "what sort of beds"), (["1", "  "], Bed.Kind.DETOX, "called something"),
        ([], Bed.Kind.DETOX, "called something"), ([str(one) for one in range(101)], Bed.Kind.DETOX, "beds at once"),
        (["1", "Window " * 9], Bed.Kind.DETOX, "A bed is called by at most 60"),
    ],
)  # fmt: skip
def test_a_bed_is_of_a_known_sort_and_called_something(labels, kind, sentence):
    by = an_actor(Role.PARTNER)
    place = a_place_of(by.agency, at=NOON)
    with acting(by), pytest.raises(Refused, match=sentence):
        set_up_beds(place, labels, kind=kind, at=NOON, by=by)


def test_nobody_sets_up_beds_at_a_place_of_another_agency():
    by, theirs = an_actor(Role.PARTNER), a_place_of(an_agency(name="Tide House"), at=NOON)
    nobodys = Place.objects.create(source="testing", external_id="p9", name="Nobody's")
    officer = an_actor(Role.PRIVACY_OFFICER)
    for place in (theirs, nobodys):
        with acting(by), pytest.raises(NotPermitted, match="not your agency's"):
            set_up_beds(place, ["1"], kind=Bed.Kind.DETOX, at=NOON, by=by)
    with pytest.raises(NotPermitted):
        set_up_beds(a_place_of(officer.agency, at=NOON), ["1"], kind=Bed.Kind.DETOX, at=NOON, by=officer)


def test_whoever_may_not_keep_a_house_does_nothing_of_it():
    by, officer = an_actor(Role.SUPERVISOR), Role.PRIVACY_OFFICER
    place = a_place_of(by.agency, at=NOON)
    with acting(by):
        (bed,) = set_up_beds(place, ["1"], kind=Bed.Kind.DETOX, at=NOON, by=by)
        program = Program.objects.get(agency=by.agency)
    ines = an_actor(officer, agency=by.agency)
    told = {"at": NOON, "by": ines}
    for act in (
        lambda: set_up_program(place, kind="meal", **told),
        lambda: keep_bed(bed, label="2", accepts="", read=bed.mark, **told),
        lambda: take_out_of_use(bed, reason="The pipe", **told),
        lambda: bring_back_into_use(bed, **told),
        lambda: close_bed(bed, **told),
        lambda: retire_program(program, **told),
        lambda: list_place("Annex", Address(), is_confidential=False, **told),
    ):
        with acting(ines), pytest.raises(NotPermitted, match="does not allow"):
            act()
    bo = an_actor(Role.PARTNER, agency=by.agency)
    with acting(bo), pytest.raises(NotPermitted, match="does not allow"):
        list_place("Annex", Address(), is_confidential=False, at=NOON, by=bo)


def test_what_is_done_to_a_house_stands_in_the_journal(chief, listing):
    holds_listing(chief.agency, listing, at=NOON)
    with acting(chief):
        last = Entry.objects.latest("pk").pk
        place = list_place("Annex", Address(), is_confidential=False, at=NOON, by=chief)
        meals = set_up_program(place, kind="meal", at=NOON, by=chief)
        (bed,) = set_up_beds(place, ["1"], kind=Bed.Kind.DETOX, at=NOON, by=chief)
        keep_bed(bed, label="2", accepts="", read=bed.mark, at=NOON, by=chief)
        take_out_of_use(bed, reason="The pipe", at=NOON, by=chief)
        bring_back_into_use(bed, at=NOON, by=chief)
        close_bed(bed, at=NOON, by=chief)
        retire_program(meals, at=NOON, by=chief)
        told = list(Entry.objects.filter(pk__gt=last).order_by("pk").values_list("verb", "about"))
    beds = ("bed_set_up", "bed_kept", "bed_out_of_use", "bed_back_in_use", "bed_closed")
    assert [(verb.removeprefix("resources."), about) for verb, about in told] == [
        ("place_listed", place.pk), ("program_set_up", meals.pk), *((verb, bed.pk) for verb in beds),
        ("program_retired", meals.pk),
    ]  # fmt: skip


def test_a_bed_is_renamed_taken_out_of_service_and_back_and_closed():
    by = an_actor(Role.PARTNER)
    place = a_place_of(by.agency, at=NOON)
    with acting(by):
        one, two = set_up_beds(place, ["1", "2"], kind=Bed.Kind.DETOX, at=NOON, by=by)
        with pytest.raises(Overtaken, match="is called 2"):
            keep_bed(one, label="2", accepts="", read=one.mark, at=NOON, by=by)
        with pytest.raises(Refused, match="called something"):
            keep_bed(one, label=" ", accepts="", read=one.mark, at=NOON, by=by)
        keep_bed(one, label="Window", accepts="Women", read=one.mark, at=NOON, by=by)
        with pytest.raises(Refused, match="in words that everybody may read"):
            take_out_of_use(two, reason=" ", at=NOON, by=by)
        take_out_of_use(two, reason="The pipe", at=NOON, by=by)
        assert list(Bed.objects.in_service(NOON)) == [one]
        bring_back_into_use(two, at=NOON, by=by)
        close_bed(two, at=NOON, by=by)
        with pytest.raises(Overtaken, match="not there any more"):
            close_bed(two, at=NOON, by=by)
        assert [bed.label for bed in Bed.objects.in_service(NOON)] == ["Window"]
        program = Program.objects.get(agency=by.agency)
    other = an_actor(Role.SUPERVISOR)
    with acting(other):
        for act in (
            lambda: keep_bed(one, label="x", accepts="", read=one.mark, at=NOON, by=other),
            lambda: close_bed(one, at=NOON, by=other),
        ):
            with pytest.raises(NotPermitted, match="Another agency keeps this bed"):
                act()
        with pytest.raises(NotPermitted, match="Another agency keeps this"):
            retire_program(program, at=NOON, by=other)


def test_a_kind_of_room_begins_and_ends_when_no_bed_of_it_is_left(chief):
    place = a_place_of(chief.agency, at=NOON)
    with acting(chief):
        with pytest.raises(Refused, match="which kind of room"):
            set_up_program(place, kind="hammock", at=NOON, by=chief)
        meals = set_up_program(place, kind="meal", at=NOON, by=chief)
        with pytest.raises(Overtaken, match="known already"):
            set_up_program(place, kind="meal", at=NOON, by=chief)
        retire_program(meals, at=NOON, by=chief)
        with pytest.raises(Overtaken, match="not given any more"):
            retire_program(meals, at=NOON, by=chief)
        (bed,) = set_up_beds(place, ["1"], kind="respite", at=NOON, by=chief)
        respite = Program.objects.get(kind="respite")
        with pytest.raises(Refused, match="Close them first"):
            retire_program(respite, at=NOON, by=chief)
        close_bed(bed, at=NOON, by=chief)
        retire_program(respite, at=NOON, by=chief)
        place.retired_at = NOON
        place.save()
        with pytest.raises(Refused, match="not listed any more"):
            set_up_program(place, kind="meal", at=NOON, by=chief)


def test_of_a_hidden_place_nothing_nearer_than_its_state_is_kept(chief, listing):
    where = Address(address="7 Quiet Lane", city="Zqtown", state="ME", postal_code="04401")
    with acting(chief), pytest.raises(Refused, match="Claim your agency's listing first"):
        list_place("Rosewood", where, is_confidential=True, at=NOON, by=chief)
    holds_listing(chief.agency, listing, at=NOON)
    with acting(chief):
        with pytest.raises(Refused, match="what the place is called"):
            list_place(" ", where, is_confidential=True, at=NOON, by=chief)
        hidden = list_place("Rosewood", where, is_confidential=True, at=NOON, by=chief)
        shown = list_place("Lantern Annex", where, is_confidential=False, at=NOON, by=chief)
    assert (hidden.address, hidden.city, hidden.postal_code, hidden.latitude) == ("", "", "", None)
    assert hidden.state == shown.state == "ME"
    assert shown.latitude is not None
    assert set_up_program(hidden, kind="safe_house", at=NOON, by=chief).is_by_phone
