"""The outbox: what is to reach somebody outside a page of ours, how they may be reached, and what came of it."""

from datetime import datetime, time
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, F, Min, Q

from breakwater.cases.models import Case
from breakwater.cases.models.part import StandingQuerySet, written_by
from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, STANDING
from breakwater.kernel.ids import new_id
from breakwater.people.models import ContactPoint
from breakwater.trust.access import Actor
from breakwater.trust.encrypted import Encrypted
from breakwater.trust.models import Agency, Circle, Information, User


class Channel(models.TextChoices):
    """Through what a notice goes."""

    APP = "app", "On the page of messages"
    EMAIL = "email", "By e-mail"
    SMS = "sms", "By text message"
    PUSH = "push", "On a device"


OUTSIDE = [(one.value, one.label) for one in (Channel.SMS, Channel.EMAIL)]
AT_WORK = [*OUTSIDE, (Channel.PUSH.value, Channel.PUSH.label)]
"""Through what somebody who works here can hear; the person hears by what goes to a number or an address alone."""


class ContactRule(models.Model):
    """What the person agreed to about one number or address: by what, when, in which language, until which day."""

    information = Information.WHO

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="rules")
    channels = ArrayField(models.CharField(max_length=5, choices=OUTSIDE), help_text="By what it may be used")
    opens = models.TimeField(default=time(9), help_text="From when, by the clock where the person is")
    closes = models.TimeField(default=time(20), help_text="Until when; the same as the other means all day")
    time_zone = models.CharField(max_length=40, help_text="Where the person is")
    language = models.CharField(max_length=8)
    agreed_until = models.DateField(
        null=True, blank=True, help_text="The last day; empty until they say otherwise"
    )
    by = written_by()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = StandingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_contact_rule_ends_later", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.CheckConstraint(name="a_contact_rule_allows_something", condition=Q(channels__len__gt=0)),
            models.UniqueConstraint("contact_point", condition=STANDING, name="one_rule_for_a_contact_point"),
        ]


class WayQuerySet(models.QuerySet["Way"]):
    """Questions about how workers want to hear."""

    def standing(self) -> Self:
        """Those that hold now."""
        return self.filter(STANDING)

    def visible_to(self, actor: Actor) -> Self:
        """Somebody's own."""
        return self.filter(user=actor.user_id)


class Way(models.Model):
    """How somebody who works here wants to hear of what waits for them, when they are not looking."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="ways")
    channel = models.CharField(max_length=5, choices=AT_WORK)
    value = Encrypted(help_text="Their address or number at work; or what reaches one browser")
    device = models.CharField(
        max_length=64, blank=True, help_text="A keyed hash of the session on it: the way ends with that"
    )
    mark = models.CharField(
        max_length=64, blank=True, help_text="A keyed hash of the address of one browser: twice is once"
    )
    quiet_from = models.TimeField(default=time(20))
    quiet_until = models.TimeField(default=time(8), help_text="The same as the other means never quiet")
    urgent_at_night = models.BooleanField(default=False, help_text="What is urgent comes in quiet hours too")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = WayQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_way_ends_later", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.UniqueConstraint(
                "user", "channel", condition=STANDING & Q(mark=""), name="one_way_for_each_channel"
            ),
            models.UniqueConstraint(
                "user", "mark", condition=STANDING & ~Q(mark=""), name="one_way_to_each_browser"
            ),
            models.CheckConstraint(
                name="only_a_way_to_a_device_names_one",
                condition=Q(channel="push") & ~Q(device="") & ~Q(mark="")
                | ~Q(channel="push") & Q(device="", mark=""),
            ),
        ]


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Questions about notices."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of the actor's agency, about whom they may read."""
        return self.filter(agency=actor.agency_id)

    def due(self, at: datetime) -> Self:
        """Those that wait to go, and whose moment has come: the oldest first."""
        return self.filter(state=Notice.State.WAITING, next_at__lte=at).order_by("next_at", "pk")

    def unanswered(self, at: datetime) -> Self:
        """Urgent ones that nobody has looked at in time."""
        return self.filter(answer_by__lte=at, seen_at=None).order_by("answer_by", "pk")

    def on_the_page_of(self, actor: Actor) -> Self:
        """What the page of messages tells somebody: what is theirs, and what the duty queue of their agency got."""
        mine = Q(to=actor.user_id) | Q(to=None, contact_point=None)
        return (
            self.visible_to(actor).filter(mine, channel=Channel.APP, seen_at=None).order_by("-made_at", "-pk")
        )

    def that_nothing_takes(self) -> list[tuple[str, datetime, int]]:
        """By which channels something waits that no gateway took: since when, and how many."""
        waiting = self.filter(state=Notice.State.WAITING, why="unreachable").order_by("channel")
        told = waiting.values_list("channel").annotate(since=Min("made_at"), many=Count("pk"))
        return [(Channel(channel).label.lower(), since, many) for channel, since, many in told]

    def of_case(self, case: Case) -> Self:
        """What was sent, or is to be sent, to the person of a case; the newest first."""
        asked = self.filter(case=case.pk, contact_point__isnull=False).select_related("by", "contact_point")
        return asked.defer("by__password").order_by("-made_at", "-pk")


class Notice(models.Model):
    """One piece of news for one recipient through one channel. Its words are fixed and name nobody."""

    class State(models.TextChoices):
        """How far it got."""

        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        DELIVERED = "delivered", "Delivered"
        FAILED = "failed", "Could not be delivered"
        DROPPED = "dropped", "Not sent"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, help_text="Of notices.toml")
    channel = models.CharField(max_length=5, choices=Channel)
    to = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False,
        help_text="Who works here; nobody is the duty queue",
    )  # fmt: skip
    way = models.ForeignKey(Way, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    circle = models.ForeignKey(Circle, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(
        "cases.Case", null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    contact_point = models.ForeignKey(
        ContactPoint,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="When it goes to the person",
    )
    value = Encrypted(
        blank=True, help_text="The address or number of a site in the directory, when it goes there"
    )
    link = Encrypted(blank=True, help_text="What stands behind the words to a site, until it has gone")
    about = models.UUIDField(null=True, help_text="What it leads to, opaque here")
    cause = models.UUIDField(help_text="What happened, so that twice is once")
    step = models.PositiveSmallIntegerField(default=0, help_text="How often it went on to somebody else")
    is_urgent = models.BooleanField(default=False)
    by = written_by()
    made_at = models.DateTimeField()
    next_at = models.DateTimeField(help_text="Not before then")
    expires_at = models.DateTimeField(help_text="After this it helps nobody")
    attempts = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    why = models.CharField(
        max_length=20, blank=True, help_text="Why it waits, failed or was not sent, as a code"
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    answer_by = models.DateTimeField(null=True, blank=True, help_text="When it goes on to somebody else")
    seen_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("agency", "cause", "kind", "channel", "step", "to", "way", "contact_point"),
                nulls_distinct=False, name="each_notice_once",
            ),
            models.CheckConstraint(
                name="a_notice_to_the_person_lies_in_their_circle",
                condition=Q(contact_point=None) | Q(circle__isnull=False, case__isnull=False, to=None),
            ),
            models.CheckConstraint(
                name="what_was_sent_says_when",
                condition=~Q(state__in=("sent", "delivered")) | Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="what_goes_to_a_site_goes_to_nobody_else",
                condition=Q(value="", link="") | (~Q(value="") & Q(to=None, contact_point=None, way=None)),
            ),
            models.CheckConstraint(name="a_notice_expires", condition=Q(expires_at__gt=F("made_at"))),
        ]  # fmt: skip
        indexes = [
            models.Index("agency", "next_at", condition=Q(state="waiting"), name="notice_due"),
            models.Index(
                "agency",
                "answer_by",
                condition=Q(answer_by__isnull=False, seen_at=None),
                name="notice_unanswered",
            ),
            models.Index("agency", "to", condition=Q(channel="app", seen_at=None), name="notice_on_the_page"),
        ]
