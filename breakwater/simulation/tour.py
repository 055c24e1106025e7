"""Whom to look at first in the demo county: people with a whole story, from the first question to a second reading."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count

from breakwater.cases.models import Case
from breakwater.plans.models import Agreement, Sufficiency
from breakwater.trust.access import acting, system_for
from breakwater.trust.models import Agency

_READ_AGAIN = 2


def whole_stories(*, at: datetime) -> Iterator[tuple[Agency, Case]]:
    """Open cases in which a plan was signed and the matrix was read more than once, agency by agency."""
    for agency in Agency.objects.order_by("name"):
        by = system_for(agency, now=at)
        with acting(by):
            read = (
                Sufficiency.objects.values("case").annotate(times=Count("pk")).filter(times__gte=_READ_AGAIN)
            )
            signed = Agreement.objects.filter(how=Agreement.How.SIGNED).values("case")
            found = Case.objects.open().held_by(by).filter(pk__in=read.values("case")).filter(pk__in=signed)
            for case in found.select_related("person").order_by("asked_at", "pk"):
                yield agency, case
