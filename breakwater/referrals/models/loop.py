"""The referral loop. A referral is a letter between agencies: both ends may read it, nobody else."""

from django.db import models
from django.db.models import Q

from breakwater.cases.models.part import in_circle, of_case, written_by
from breakwater.kernel.db import RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.referrals.models.letters import LetterQuerySet, whose_worker
from breakwater.resources.models import Domain, Service
from breakwater.trust.encrypted import Encrypted
from breakwater.trust.models import Agency

TAKEN_BACK_BY_ITSELF = Q(code="withdrawn", by=None, source="record_left")
"""What Breakwater takes back when whoever sent it stands in the record no more: its reason is a code."""

_CLOSING = ("declined", "need_met", "not_met", "withdrawn")


class ReferralStage(models.TextChoices):
    """The stages of the loop."""

    SENT = "sent", "Sent"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    STARTED = "started", "Help started"
    ON_HOLD = "on_hold", "On hold"
    NEED_MET = "need_met", "Need met"
    NOT_MET = "not_met", "Need not met"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Told(models.TextChoices):
    """Who told us."""

    SENDER = "sender", "The sender"
    RECEIVER = "receiver", "The receiver"
    PERSON = "person", "The person"
    SECOND_SOURCE = "second_source", "A second source"


class Referral(models.Model):
    """We asked somebody to help with a need. Only the person or a second source can say that it was met."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("referrals")
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    to_agency = models.ForeignKey(
        Agency,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="When it works here too",
    )
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    to_name = models.CharField(max_length=200, help_text="Whom we asked, as shown")
    need = models.CharField(max_length=16, choices=Domain)
    known_as = Encrypted(blank=True, help_text="The name told to the receiver, if any")
    reach = Encrypted(blank=True, help_text="How the receiver may reach them, if told")
    words = Encrypted(help_text="What the receiver is told, word for word")
    goes_with = Encrypted(blank=True, help_text="The notice and the scope of the consent that go along")
    stage = models.CharField(max_length=12, choices=ReferralStage, default=ReferralStage.SENT)
    due_at = models.DateTimeField(
        null=True, blank=True, help_text="When the next stage is due, by the sender's clock"
    )
    sent_at = models.DateTimeField()
    sent_by = written_by()
    closed_at = models.DateTimeField(null=True, blank=True, help_text="When the loop closed, either way")

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_referral_says_whom_it_asks", condition=~Q(to_name="")),
            models.CheckConstraint(name="a_referral_says_what_is_asked", condition=~Q(words="")),
            models.CheckConstraint(
                name="a_referral_goes_to_somebody_else",
                condition=Q(to_agency=None) | ~Q(to_agency=models.F("from_agency")),
            ),
            models.CheckConstraint(
                name="a_referral_is_closed_by_its_last_stage",
                condition=Q(stage__in=_CLOSING, closed_at__isnull=False)
                | (~Q(stage__in=_CLOSING) & Q(closed_at=None)),
            ),
        ]
        indexes = [
            models.Index("to_agency", "due_at", condition=Q(closed_at=None), name="referral_to_answer"),
            models.Index("from_agency", "due_at", condition=Q(closed_at=None), name="referral_to_wait_for"),
            models.Index(
                "from_agency", "closed_at", condition=Q(closed_at__isnull=False), name="referral_by_closing"
            ),
        ]


class Stage(models.Model):
    """One stage of a referral: which, when, told by whom, written down by whom."""

    class Reason(models.TextChoices):
        """Why it was declined or not met."""

        NO_CAPACITY = "no_capacity", "No capacity"
        NO_FUNDS = "no_funds", "No funds"
        NOT_ELIGIBLE = "not_eligible", "Not eligible"
        NEEDS_MORE = "needs_more", "Needs more than we can give"
        NO_CONTACT = "no_contact", "Could not reach the person"
        PERSON_DECLINED = "person_declined", "The person declined"
        WRONG_SERVICE = "wrong_service", "Wrong service"
        OTHER = "other", "Other"

    lies_in = ("referral",)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="stages")
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_agency = models.ForeignKey(
        Agency, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    code = models.CharField(max_length=12, choices=ReferralStage)
    told_by = models.CharField(max_length=14, choices=Told)
    source = models.CharField(max_length=200, blank=True, help_text="Which person or second source told us")
    reason = models.CharField(max_length=16, choices=Reason, blank=True)
    words = Encrypted(blank=True)
    at = models.DateTimeField()
    by = written_by()
    by_agency = whose_worker()
    recorded_at = models.DateTimeField(db_default=RecordedNow())

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("referral", "code"),
                condition=~Q(code__in=("started", "on_hold")),
                name="each_stage_once",
            ),
            models.UniqueConstraint(
                "referral", condition=Q(code__in=("accepted", "declined")), name="a_referral_is_answered_once"
            ),
            models.UniqueConstraint("referral", condition=Q(code__in=_CLOSING), name="a_loop_closes_once"),
            models.CheckConstraint(
                name="need_met_is_never_told_by_the_sender_alone",
                condition=~Q(code="need_met")
                | Q(told_by="person")
                | (Q(told_by="second_source") & ~Q(source="")),
            ),
            models.CheckConstraint(
                name="a_refusal_has_a_reason", condition=~Q(code__in=("declined", "not_met")) | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="what_is_taken_back_or_on_hold_says_why",
                condition=~Q(code__in=("withdrawn", "on_hold")) | ~Q(words="") | TAKEN_BACK_BY_ITSELF,
            ),
            models.CheckConstraint(
                name="another_reason_is_told_in_words", condition=~Q(reason="other") | ~Q(words="")
            ),
        ]
