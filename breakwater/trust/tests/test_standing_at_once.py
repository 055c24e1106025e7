"""Two at once at one circle: one waits, nothing is lost, and who comes second is told in a sentence."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from breakwater.kernel.errors import Overtaken
from breakwater.trust.access import acting
from breakwater.trust.actions.circles import open_circle
from breakwater.trust.actions.consents import take_consent, withdraw_consent
from breakwater.trust.actions.standing import let_out, narrow_standing
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Consent, Grant
from breakwater.trust.rules.law import Unlawful
from breakwater.trust.testing import a_guest, a_release, an_actor, an_agency, as_seen_by

NOW = datetime.now(UTC)
EARLIER = NOW - timedelta(hours=1)


def lets_in(circle, house, ada):
    a_guest(circle, agency=house, at=NOW, by=ada)


def takes_back(circle, house, ada):
    for consent in Consent.objects.in_circle(circle.pk):
        withdraw_consent(consent, words="No.", at=NOW, by=ada)


def lets_out(circle, house, ada):
    let_out(circle, agency=house, at=NOW, by=ada)


def narrows(circle, house, ada):
    (grant,) = Grant.objects.filter(circle=circle, agency=house)
    narrow_standing(grant, information=frozenset({"who"}), until=None, at=NOW, by=ada)


@pytest.mark.parametrize(
    ("before", "first", "second", "is_told", "stand"),
    [
        (None, lets_in, lets_in, Overtaken, 1),
        (None, takes_back, lets_in, Unlawful, 0),
        (None, lets_in, takes_back, None, 0),
        (lets_in, lets_out, lets_out, Overtaken, 0),
        (lets_in, lets_out, narrows, Overtaken, 0),
        (lets_in, narrows, lets_out, None, 0),
    ],
)
def test_of_two_at_once_one_waits_and_is_told(meanwhile, before, first, second, is_told, stand):
    with transaction.atomic():
        ada = an_actor(Role.SUPERVISOR, now=NOW)
        house = an_agency()
        circle = open_circle(at=EARLIER, by=as_seen_by(ada))
        release = a_release(house, ends=NOW.date() + timedelta(9), lets_in=False)
        take_consent(release, circle=circle, at=EARLIER, by=ada)
        if before:
            before(circle, house, ada)

    def comes():
        with acting(ada):
            second(circle, house, ada)

    ended = meanwhile(lambda: first(circle, house, ada), comes, by=ada)
    assert (ended and type(ended)) == is_told
    with acting(ada):
        standing = Grant.objects.filter(circle=circle, agency=house).exclude(ends_at__lte=NOW)
        assert standing.count() == stand
