"""How an agency looks again at who works there: whether everybody still should."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, STANDING
from breakwater.kernel.ids import new_id
from breakwater.trust.models.agencies import Agency, Appointment, AppointmentQuerySet, OwnQuerySet, User


class AccessReviewQuerySet(OwnQuerySet):
    """Questions about access reviews."""

    def running(self) -> Self:
        """Those in which somebody still waits for an answer."""
        return self.filter(STANDING)


class AccessReview(models.Model):
    """An agency looks at everybody who works there: are they still here, and still as what? Due by a day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True, help_text="When the last answer was given")

    objects = AccessReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="access_review_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS
            ),
            models.UniqueConstraint(
                "agency", condition=STANDING, name="one_running_access_review_per_agency"
            ),
        ]

    def covers(self) -> AppointmentQuerySet:
        """The appointments that stood when it began."""
        stood = Q(ends_at=None) | Q(ends_at__gt=self.starts_at)
        return Appointment.objects.filter(stood, agency=self.agency_id, starts_at__lte=self.starts_at)

    def waiting(self) -> AppointmentQuerySet:
        """Those that nobody has answered for."""
        return self.covers().exclude(pk__in=self.answers.values("appointment"))

    def is_late(self, at: datetime) -> bool:
        """Whether its day has passed and somebody still waits for an answer."""
        return self.ends_at is None and self.due_at <= at


class AccessAnswer(models.Model):
    """What an access review came to about one appointment: who said so, and when. Only grows."""

    class Answer(models.TextChoices):
        """What became of it."""

        CONFIRMED = "confirmed", "Confirmed"
        CHANGED = "changed", "Changed"
        ENDED = "ended", "Ended"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    review = models.ForeignKey(AccessReview, on_delete=models.PROTECT, related_name="answers", db_index=False)
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, related_name="answers", db_index=False
    )
    answer = models.CharField(max_length=10, choices=Answer)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("review", "appointment", name="one_answer_per_appointment_and_review")
        ]
