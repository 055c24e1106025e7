"""What the measures of room do in a process of their own, as the role that serves: rank, and ask many."""

import time
from typing import Any

from django.utils import timezone

from breakwater.cases.models import Case
from breakwater.referrals.actions.asking import Wish, ask_many
from breakwater.referrals.models import Placement
from breakwater.referrals.suggesting import suggest
from breakwater.resources.fit import Wants
from breakwater.resources.models import Program
from breakwater.server.bench.places import ANSWERED, ASKED_FOR
from breakwater.trust.access import Actor, acting, actor_for
from breakwater.trust.models import Appointment

WARM, RANKED = 10, 200


def rank(user: str) -> list[float]:
    """Seconds that each of many rankings takes: every program of a kind, matched, ranked and the first sixty read."""
    actor, took = _worker(user), []
    for number in range(WARM + RANKED):
        wants = Wants(age=18 + number % 60, gender="woman", pet=True, used_today=bool(number % 2) or None)
        with acting(actor):
            began = time.perf_counter()
            suggest(ASKED_FOR, wants, at=timezone.now(), agency=actor.agency)
            took.append(time.perf_counter() - began)
    return took[WARM:]


def ask(wanted: dict[str, Any]) -> list[dict[str, str]]:
    """Ask the houses for a bed, a round for each case until there are enough: the ask of each program.

    Whoever holds a bed already is passed over.
    """
    found: list[dict[str, str]] = []
    wish = Wish(kind=ANSWERED, wants=Wants(age=40), words="One person, alone.")
    for case_id, user in wanted["cases"]:
        actor = _worker(user)
        with acting(actor):
            if Placement.objects.standing().filter(case=case_id).exists():
                continue
            programs = Program.objects.filter(pk__in=wanted["programs"]).select_related("agency", "place")
            case = Case.objects.select_related("circle").get(pk=case_id)
            opened = ask_many(case, wish, list(programs), at=timezone.now(), by=actor)
            found.append({str(one.program_id): str(one.pk) for one in opened.asks.all()})
        if len(found) == wanted["rounds"]:
            break
    return found


def _worker(user: str) -> Actor:
    appointment = Appointment.objects.select_related("user", "agency", "unit", "own_role").get(user=user)
    return actor_for(appointment, now=timezone.now())
