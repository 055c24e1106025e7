"""An agency keeps its own listing and its own beds."""

import pytest

from breakwater.kernel.errors import NotPermitted, Refused
from breakwater.resources.actions.keeping import claim_listing, set_up_beds
from breakwater.resources.models import Bed, Organization, Place
from breakwater.trust.capabilities import Role
from breakwater.trust.testing import NOON, an_actor

pytestmark = pytest.mark.django_db


def a_listing() -> Organization:
    return Organization.objects.create(source="testing", external_id="o1", name="Lantern Shelter")


def a_place() -> Place:
    return Place.objects.create(source="testing", external_id="p1", name="Lantern Court", city="Harbor")


def test_a_listing_is_claimed_by_one_agency():
    keeper, other = an_actor(Role.SUPERVISOR), an_actor(Role.SUPERVISOR)
    listing = claim_listing(a_listing(), by=keeper)
    assert listing.agency == keeper.agency
    assert claim_listing(listing, by=keeper).agency == keeper.agency
    with pytest.raises(Refused, match="another agency's already"):
        claim_listing(listing, by=other)


def test_only_some_may_claim_a_listing():
    with pytest.raises(NotPermitted):
        claim_listing(a_listing(), by=an_actor(Role.RESPONDER))


def test_beds_are_kept_by_whoever_sets_them_up():
    by = an_actor(Role.PARTNER)
    beds = set_up_beds(a_place(), ["1", " 2 "], kind=Bed.Kind.DETOX, at=NOON, by=by)
    assert [bed.label for bed in beds] == ["1", "2"]
    assert Bed.objects.kept_by(by.agency).in_service(NOON).count() == 2


@pytest.mark.parametrize(
    ("labels", "kind", "sentence"),
    [(["1"], "hammock", "what sort of beds"), (["1", "  "], Bed.Kind.DETOX, "called something")],
)
def test_a_bed_is_of_a_known_sort_and_called_something(labels, kind, sentence):
    with pytest.raises(Refused, match=sentence):
        set_up_beds(a_place(), labels, kind=kind, at=NOON, by=an_actor(Role.PARTNER))


def test_only_those_who_keep_beds_set_them_up():
    with pytest.raises(NotPermitted):
        set_up_beds(a_place(), ["1"], kind=Bed.Kind.DETOX, at=NOON, by=an_actor(Role.PRIVACY_OFFICER))
