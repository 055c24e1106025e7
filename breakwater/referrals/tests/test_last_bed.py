"""Many hands, one bed: really committed, on a database of its own. Five hundred rounds with ``LUCK_ROUNDS=500``."""

import os
import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction

from breakwater.cases.testing import a_case
from breakwater.kernel.errors import Overtaken
from breakwater.referrals.actions.placement import Guest, place
from breakwater.referrals.models import Placement, free_beds
from breakwater.referrals.testing import a_bed
from breakwater.trust.access import acting, system_for
from breakwater.trust.models import Agency
from breakwater.trust.testing import NOON, an_actor, an_agency

LATER = NOON + timedelta(hours=1)
ROUNDS = int(os.environ.get("LUCK_ROUNDS", "2"))
TAKEN = "{} was just taken. These are still free."


class Crowd:
    """Many workers of many agencies, each with somebody who needs the same bed, all pressing at once."""

    def __init__(self, many):
        self.keeper = an_agency()
        self.spare = a_bed(keeper=self.keeper, at=NOON, label="Spare")
        self.start = threading.Barrier(many)
        self.workers = [self.somebody() for _ in range(many)]

    def somebody(self):
        with transaction.atomic():
            worker = an_actor()
            return worker, a_case(by=worker)

    def press(self, label="The bed"):
        """All of them want one bed that was free till now."""
        self.bed = a_bed(keeper=self.keeper, at=NOON, label=label)
        self.held, self.refused, self.broken = [], [], []
        threads = [threading.Thread(target=self._try, args=each) for each in self.workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _try(self, worker, case):
        try:
            self.start.wait()
            with acting(worker):
                self.held.append((worker, place(case, self.bed, guest=Guest(), at=LATER, by=worker)))
        except Overtaken as refusal:
            self.refused.append(str(refusal))
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must see it
            self.broken.append(error)
        finally:
            connections.close_all()


@pytest.mark.parametrize("many", [8, 16])
def test_many_hands_one_bed_one_placement(own_database, many):
    crowd = Crowd(many)
    crowd.press()
    assert crowd.broken == []
    assert (len(crowd.held), len(crowd.refused)) == (1, many - 1)
    assert set(crowd.refused) == {TAKEN.format("The bed")}
    held = [agency for agency in Agency.objects.all() if holds(agency)]
    assert len(held) == 1, "one placement stands, whoever looks"
    assert set(free_beds(LATER)) == {crowd.spare}


@pytest.mark.timeout(max(180, 10 * ROUNDS))
def test_sixty_four_hands_round_after_round(own_database):
    crowd = Crowd(64)
    for one in range(ROUNDS):
        crowd.press(label := f"Bed {one}")
        assert crowd.broken == []
        assert (len(crowd.held), crowd.refused) == (1, [TAKEN.format(label)] * 63), f"in round {one}"
        assert set(free_beds(LATER)) == {crowd.spare}
        ((winner, _),) = crowd.held
        crowd.workers = [each for each in crowd.workers if each[0] is not winner] + [crowd.somebody()]


def holds(agency):
    with acting(system_for(agency, now=LATER)):
        return Placement.objects.filter(agency=agency).exists()
