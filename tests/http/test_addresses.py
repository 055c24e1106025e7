"""What answers an address is what Django says, however often it is asked."""

from uuid import UUID, uuid4

import pytest
from django.test import override_settings
from django.urls import Resolver404, path, resolve

from breakwater.kernel import views
from breakwater.kernel.views import found_at
from tests.architecture.world import addresses


def _answer(request, **told):
    """Nothing."""


urlpatterns = [path("links/<str:key>/", _answer), path("kept/<uuid:one>/", _answer)]
_TOLD = (
    "func",
    "args",
    "kwargs",
    "captured_kwargs",
    "extra_kwargs",
    "view_name",
    "route",
    "app_name",
    "namespace",
)


def told(match):
    return [getattr(match, one) for one in _TOLD]


def test_every_address_is_answered_as_django_says_though_it_was_asked_with_other_ids():
    for page in addresses():
        found_at(page.at({}))
        where = page.at({one: uuid4() for one in page.ids})
        assert told(found_at(where)) == told(resolve(where))


def test_nothing_answers_an_address_that_is_none():
    for where in (f"/nowhere/{uuid4()}/", f"/cases/{uuid4()}x/", "/" + f"{uuid4()}/" * 9):
        for _ in range(2):
            with pytest.raises(Resolver404):
                found_at(where)


@override_settings(ROOT_URLCONF=__name__)
def test_no_address_with_a_key_is_kept_and_another_map_of_the_site_has_answers_of_its_own():
    before = set(views._FOUND)
    for _ in range(2):
        assert found_at(f"/kept/{(one := uuid4())}/").kwargs == {"one": one}
        assert found_at("/links/a-key/").kwargs == {"key": "a-key"}
        with pytest.raises(Resolver404):
            found_at("/cases/intake/")
    assert [address for _, address in set(views._FOUND) - before] == [f"/kept/{UUID(int=1)}/"]
