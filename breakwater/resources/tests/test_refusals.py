"""Sentences with which a package is refused for what its source is called, each met once."""

import pytest

from breakwater.kernel.errors import Refused
from breakwater.resources.actions.imports import import_directory
from breakwater.resources.actions.ours import Address, list_place
from breakwater.resources.models import Organization, Place
from breakwater.resources.testing import holds_listing
from breakwater.resources.tests.packages import hsds_3
from breakwater.trust.access import acting
from breakwater.trust.capabilities import Role
from breakwater.trust.testing import NOON, an_actor

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("source", "sentence"),
    [("\x00", "Say what to call the source of this package"), ("x" * 200, "A source is called by at most")],
)
def test_a_source_has_a_short_name(tmp_path, source, sentence):
    (tmp_path / "organizations.csv").write_text("id,name,description\n1,Hope House,Beds\n")
    with pytest.raises(Refused, match=sentence):
        import_directory(tmp_path, at=NOON, by=None, source=source)


@pytest.mark.parametrize("source", ["own", " Own\n"])
def test_no_package_takes_off_the_list_what_agencies_list_themselves(tmp_path, source):
    by = an_actor(Role.SUPERVISOR)
    holds_listing(
        by.agency, Organization.objects.create(source="county", external_id="1", name="Lantern"), at=NOON
    )
    with acting(by):
        ours = list_place("Lantern Court", Address(), is_confidential=False, at=NOON, by=by)
    with pytest.raises(Refused, match="agencies list here themselves"):
        import_directory(hsds_3(tmp_path / "theirs"), at=NOON, by=None, source=source)
    assert Place.objects.listed().filter(pk=ours.pk).exists()
