"""A guest is let out while somebody there closes its case: neither undoes the other."""

from datetime import timedelta

from django.utils import timezone

from breakwater.cases.actions.closing import close_case
from breakwater.cases.actions.intake import Story, take_in
from breakwater.cases.actions.owners import take
from breakwater.cases.models import Case
from breakwater.cases.testing import a_case
from breakwater.trust.access import acting
from breakwater.trust.actions.standing import let_out
from breakwater.trust.capabilities import Role
from breakwater.trust.testing import a_guest, an_actor, an_agency


def test_whoever_closes_the_case_just_before_does_not_keep_the_guest_in(own_database, meanwhile):
    now = timezone.now()
    boss = an_actor(Role.SUPERVISOR, now=now)
    rosa = an_actor(Role.SUPERVISOR, agency=an_agency(name="Lantern Shelter", kind="shelter"), now=now)
    with acting(boss):
        person = a_case(by=boss, at=now - timedelta(hours=2)).person
        a_guest(person.circle, agency=rosa.agency, at=now - timedelta(hours=1), by=boss)
        circle = person.circle
    with acting(rosa):
        told = Story(what_is_happening="Nowhere to sleep.", asked_by="self", asked_at=now)
        case = take_in(told, person=person, at=now, by=rosa)
        take(case, at=now, by=rosa)

    def lets_out():
        with acting(boss):
            return let_out(circle, agency=rosa.agency, at=now, by=boss)

    ended = meanwhile(
        lambda: close_case(case, outcome="declined", words="They want nothing.", at=now, by=rosa),
        lets_out,
        by=rosa,
    )
    assert not isinstance(ended, Exception), ended
    with acting(boss):
        assert Case.objects.get(pk=case.pk).agency == rosa.agency, "what is closed stays whose it was"
