"""The database is silent: whoever holds a code reads that it still opens, and that nothing was lost."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from breakwater.portal.discreet import Discreet
from breakwater.portal.library import SPEECH


@pytest.mark.parametrize("place", ["/notes/", "/form/", "/answers/", "/our-room/"])
@pytest.mark.parametrize(
    ("status", "said", "not_said"), [(503, "later", "nothing"), (404, "nothing", "later")]
)
def test_what_did_not_answer_is_not_said_to_be_gone(place, status, said, not_said):
    answer = Discreet(lambda request: HttpResponse("Ours", status=status))(RequestFactory().get(place))
    shown = answer.content.decode()
    assert answer.status_code == status
    for speech in SPEECH.values():
        assert speech.says[said] in shown
        assert speech.says[not_said] not in shown
    assert 'href="tel:911"' in shown
