"""Sentences with which a package is refused for what its source is called, each met once."""

import pytest

from breakwater.kernel.errors import Refused
from breakwater.resources.actions.imports import import_directory
from breakwater.trust.testing import NOON

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("source", "sentence"),
    [("\x00", "Say what to call the source of this package"), ("x" * 200, "A source is called by at most")],
)
def test_a_source_has_a_short_name(tmp_path, source, sentence):
    (tmp_path / "organizations.csv").write_text("id,name,description\n1,Hope House,Beds\n")
    with pytest.raises(Refused, match=sentence):
        import_directory(tmp_path, at=NOON, by=None, source=source)
