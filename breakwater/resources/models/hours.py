"""When help is open."""

from django.db import models
from django.db.models import F, Q

from breakwater.resources.models.directory import Place, Service
from breakwater.resources.models.listed import Sourced

_OF_SOMETHING = Q(service__isnull=False) | Q(place__isnull=False)


class Hours(Sourced):
    """When it is open on a day of the week or of the month, in local time.

    No opening time means closed on that day. Closing not after opening means on the next day. ``nth`` narrows a
    weekday to the nth of the month (-1 is the last). Without weekday and month day only the words say when.
    """

    place = models.ForeignKey(Place, null=True, on_delete=models.CASCADE, related_name="hours")
    service = models.ForeignKey(Service, null=True, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(null=True, help_text="0 is Monday")
    nth = models.SmallIntegerField(null=True, help_text="Which of the month; none for every week")
    month_day = models.SmallIntegerField(null=True)
    opens_at = models.TimeField(null=True)
    closes_at = models.TimeField(null=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    words = models.TextField(blank=True)
    time_zone = models.CharField(max_length=64, blank=True, help_text="Empty: where the reader is")

    class Meta(Sourced.Meta):
        constraints = [
            *Sourced.Meta.constraints,
            models.CheckConstraint(name="hours_belong_to_something", condition=_OF_SOMETHING),
            models.CheckConstraint(
                name="a_week_has_seven_days", condition=Q(weekday=None) | Q(weekday__lte=6)
            ),
            models.CheckConstraint(
                name="what_opens_closes",
                condition=Q(opens_at=None, closes_at=None)
                | Q(opens_at__isnull=False, closes_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=("time_zone", "weekday"),
                include=(
                    "opens_at",
                    "closes_at",
                    "nth",
                    "month_day",
                    "starts_on",
                    "ends_on",
                    "place",
                    "service",
                ),
                name="hours_by_day",
            )
        ]


class Holiday(Sourced):
    """Days with other hours, or none: once, or every year."""

    place = models.ForeignKey(Place, null=True, on_delete=models.CASCADE, related_name="holidays")
    service = models.ForeignKey(Service, null=True, on_delete=models.CASCADE, related_name="holidays")
    starts_on = models.DateField()
    ends_on = models.DateField()
    every_year = models.BooleanField(default=False)
    opens_at = models.TimeField(null=True)
    closes_at = models.TimeField(null=True)
    time_zone = models.CharField(max_length=64, blank=True, help_text="Empty: where the reader is")

    class Meta(Sourced.Meta):
        constraints = [
            *Sourced.Meta.constraints,
            models.CheckConstraint(name="a_holiday_belongs_to_something", condition=_OF_SOMETHING),
            models.CheckConstraint(
                name="a_holiday_ends_after_it_starts", condition=Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="a_holiday_that_opens_closes",
                condition=Q(opens_at=None, closes_at=None)
                | Q(opens_at__isnull=False, closes_at__isnull=False),
            ),
        ]
