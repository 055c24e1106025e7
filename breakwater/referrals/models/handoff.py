"""The warm hand-off. The packet is a letter; the case stays ours until the first contact is confirmed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Func, Q, Value

from breakwater.cases.models import Case
from breakwater.cases.models.part import in_circle, of_case, written_by
from breakwater.kernel.db import RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.referrals.models.letters import LetterQuerySet, whose_worker
from breakwater.referrals.models.loop import TAKEN_BACK_BY_ITSELF, Told
from breakwater.resources.models import Service
from breakwater.trust.access import Actor
from breakwater.trust.encrypted import Encrypted, EncryptedJSON
from breakwater.trust.models import Agency, CircleQuerySet, Information

_CLOSING = ("declined", "first_contact", "withdrawn")


class HandoffStageCode(models.TextChoices):
    """The stages of a hand-off."""

    OFFERED = "offered", "Offered"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    FIRST_CONTACT = "first_contact", "First contact confirmed"
    WITHDRAWN = "withdrawn", "Withdrawn"


class _ReceiverHasThem(Func):
    """Asks PostgreSQL, which sees the receiver's case from either end and says yes or no."""

    function = "referrals_receiver_has_them"
    output_field = models.BooleanField()


class Handoff(models.Model):
    """A case offered to another agency, with exactly what it will see."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("handoffs")
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    to_agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    to_name = models.CharField(max_length=200, help_text="Whom we ask to take over, as shown")
    service = models.ForeignKey(
        Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False,
        help_text="What of the directory was chosen, where it was",
    )  # fmt: skip
    packet: Any = EncryptedJSON(help_text="The sections chosen, as text, exactly as the receiver sees them")
    stage = models.CharField(max_length=14, choices=HandoffStageCode, default=HandoffStageCode.OFFERED)
    due_at = models.DateTimeField(
        null=True, blank=True, help_text="When the next stage is due, by the sender's clock"
    )
    offered_at = models.DateTimeField()
    offered_by = written_by()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("case", condition=Q(closed_at=None), name="one_open_hand_off_per_case"),
            models.CheckConstraint(name="a_hand_off_says_to_whom", condition=~Q(to_name="")),
            models.CheckConstraint(
                name="a_hand_off_goes_to_somebody_else",
                condition=Q(to_agency=None) | ~Q(to_agency=F("from_agency")),
            ),
            models.CheckConstraint(
                name="a_hand_off_is_closed_by_its_last_stage",
                condition=Q(stage__in=_CLOSING, closed_at__isnull=False)
                | (~Q(stage__in=_CLOSING) & Q(closed_at=None)),
            ),
        ]
        indexes = [
            models.Index("to_agency", "due_at", condition=Q(closed_at=None), name="handoff_to_answer"),
            models.Index("from_agency", "due_at", condition=Q(closed_at=None), name="handoff_to_wait_for"),
            models.Index(
                "from_agency", "closed_at", condition=Q(closed_at__isnull=False), name="handoff_by_closing"
            ),
        ]

    def is_held_by_receiver(self, at: datetime) -> bool:
        """Whether the receiver had a case of its own then, open. Each end may ask, and learns only yes or no."""
        found = Handoff.objects.filter(pk=self.pk).values_list(_ReceiverHasThem("pk", Value(at)), flat=True)
        return bool(found.first())


class Takeover(models.Model):
    """A case that was offered went into the one that its receiver had open for the person.

    It lies in the circle of the receiver's case: whoever offered it never reads into which.
    """

    information = Information.CARE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("takeovers")
    came_from = models.UUIDField(help_text="The hand-off that was taken over, opaque here")
    at = models.DateTimeField()
    by = written_by()
    recorded_at = models.DateTimeField(db_default=RecordedNow())

    objects = CircleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("came_from", "case", name="a_hand_off_goes_into_a_case_once"),
        ]


class OurCase(NamedTuple):
    """Which case of one's own agency a hand-off came to."""

    pk: UUID
    number: str


def our_cases(handoff_ids: Iterable[UUID], *, by: Actor) -> dict[UUID, OurCase]:
    """By the hand-off, the case with which the actor's agency took it over: opened for it, or open then. The latest."""
    ids = list(handoff_ids)
    opened = Case.objects.held_by(by).filter(came_from__in=ids)
    into = Takeover.objects.filter(came_from__in=ids, case__agency=by.agency_id)
    found = opened.values_list("came_from", "pk", "number", "recorded_at").union(
        into.values_list("came_from", "case__pk", "case__number", "recorded_at"), all=True
    )
    return {
        came_from: OurCase(pk=case_id, number=number)
        for came_from, case_id, number, _ in found.order_by("recorded_at")
    }


class HandoffStage(models.Model):
    """One stage of a hand-off: which, when, told by whom, written down by whom."""

    lies_in = ("handoff",)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    handoff = models.ForeignKey(Handoff, on_delete=models.PROTECT, related_name="stages")
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_agency = models.ForeignKey(
        Agency, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    code = models.CharField(max_length=14, choices=HandoffStageCode)
    told_by = models.CharField(max_length=14, choices=Told)
    source = models.CharField(max_length=200, blank=True, help_text="Who told us")
    words = Encrypted(blank=True)
    at = models.DateTimeField()
    by = written_by()
    by_agency = whose_worker()
    recorded_at = models.DateTimeField(db_default=RecordedNow())

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("handoff", "code"), name="each_hand_off_stage_once"),
            models.UniqueConstraint(
                "handoff", condition=Q(code__in=("accepted", "declined")), name="a_hand_off_is_answered_once"
            ),
            models.UniqueConstraint("handoff", condition=Q(code__in=_CLOSING), name="a_hand_off_closes_once"),
            models.CheckConstraint(
                name="first_contact_is_confirmed_by_a_named_source",
                condition=~Q(code="first_contact") | (~Q(told_by="sender") & ~Q(source="")),
            ),
            models.CheckConstraint(
                name="a_declined_hand_off_says_why", condition=~Q(code="declined") | ~Q(words="")
            ),
            models.CheckConstraint(
                name="a_hand_off_taken_back_says_why",
                condition=~Q(code="withdrawn") | ~Q(words="") | TAKEN_BACK_BY_ITSELF,
            ),
            models.CheckConstraint(
                name="who_offers_a_case_takes_it_back",
                condition=~Q(code__in=("offered", "withdrawn")) | Q(by_agency=F("from_agency")),
            ),
        ]


class MeetingQuerySet(LetterQuerySet):
    """Questions about meetings."""

    def of_hand_off(self, handoff_id: UUID) -> Self:
        """Those of one hand-off, in their order."""
        return self.filter(handoff=handoff_id).select_related("by", "by_agency").order_by("at", "pk")


class Meeting(models.Model):
    """A call with three or a visit together, with which a case is handed over warmly."""

    class Kind(models.TextChoices):
        """How they met."""

        CALL = "call", "A call with three"
        VIDEO = "video", "A video call with three"
        VISIT = "visit", "A visit together"

    class Outcome(models.TextChoices):
        """What came of it."""

        SPOKE = "spoke", "Receiver and person spoke"
        PERSON_AWAY = "person_away", "The person was not there"
        RECEIVER_AWAY = "receiver_away", "The receiver was not there"
        BROKEN_OFF = "broken_off", "Broken off before they spoke"

    lies_in = ("handoff",)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    handoff = models.ForeignKey(Handoff, on_delete=models.PROTECT, related_name="meetings")
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_agency = models.ForeignKey(
        Agency, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=5, choices=Kind)
    outcome = models.CharField(max_length=13, choices=Outcome)
    receiver = models.CharField(max_length=200, blank=True, help_text="Who of the receiver was on it")
    sender = models.CharField(max_length=200, blank=True, help_text="Who of the sender was on it")
    others = Encrypted(blank=True, help_text="Who else was on it, besides the person")
    words = Encrypted(blank=True)
    at = models.DateTimeField(help_text="When it was held")
    by = written_by()
    by_agency = whose_worker()
    recorded_at = models.DateTimeField(db_default=RecordedNow())

    objects = MeetingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="whoever_of_the_receiver_spoke_is_named",
                condition=~Q(outcome="spoke") | ~Q(receiver=""),
            )
        ]
