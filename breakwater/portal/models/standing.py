"""Standing links by which a place without accounts tells its room, and the devices that were let in by one."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from breakwater.cases.models.part import written_by
from breakwater.kernel.db import RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.resources.models import Place
from breakwater.trust.access import Actor
from breakwater.trust.encrypted import Encrypted
from breakwater.trust.models import Agency


class RoomLinkQuerySet(models.QuerySet["RoomLink"]):
    """Questions about standing links."""

    def visible_to(self, actor: Actor) -> Self:
        """Those that the actor's agency handed out."""
        return self.filter(agency=actor.agency_id)

    def standing(self) -> Self:
        """Those that nobody took back; their time may be up."""
        return self.filter(ended_at=None)

    def usable(self, at: datetime) -> Self:
        """Those by which a device may tell something now."""
        return self.standing().filter(expires_at__gt=at)

    def listed(self) -> Self:
        """With the names that are shown beside them: those that stand first, then by place."""
        shown = self.select_related("place", "by").defer("by__password")
        return shown.order_by(F("ended_at").desc(nulls_first=True), "place__name", "pk")


class RoomLink(models.Model):
    """By it a place without accounts tells how much room it has, while it stands. It holds nothing about anyone.

    Kept are hashes: of the letters of the link, and of the code that lets the next device in. A code is used up by one
    device; the next one needs another.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    token = models.CharField(max_length=64, unique=True, help_text="A keyed hash of the letters of the link")
    code = models.CharField(
        max_length=64, blank=True, help_text="A keyed hash of both: the letters and the code"
    )
    code_expires_at = models.DateTimeField(help_text="Until when the code lets a device in")
    channel = models.CharField(
        max_length=5, blank=True, help_text="How they are asked when a figure grows old"
    )
    value = Encrypted(blank=True, help_text="Where to, as the directory told it")
    page = models.CharField(max_length=300, help_text="Where they open it: the same for all, and no secret")
    by = written_by()
    starts_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=RecordedNow())
    expires_at = models.DateTimeField(help_text="Until when it stands, unless it is renewed")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it was taken back")

    objects = RoomLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_standing_link_expires", condition=Q(expires_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="a_standing_link_goes_somewhere_or_nowhere",
                condition=Q(channel="", value="") | (~Q(channel="") & ~Q(value="")),
            ),
            models.UniqueConstraint(
                "agency", "place", condition=Q(ended_at=None), name="one_standing_link_to_a_place"
            ),
        ]

    def stands_at(self, at: datetime) -> str:
        """Where it stands at a moment."""
        if self.ended_at:
            return "taken back"
        return "stands" if self.expires_at > at else "its time is up"


class RoomDeviceQuerySet(models.QuerySet["RoomDevice"]):
    """Questions about the devices of places."""

    def visible_to(self, actor: Actor) -> Self:
        """Those that were let in by a link of the actor's agency."""
        return self.filter(agency=actor.agency_id)

    def let_in(self) -> Self:
        """Those that may tell something while their link stands."""
        return self.filter(ended_at=None)


class RoomDevice(models.Model):
    """A phone or computer at a place, let in once with link and code; from then on a tap is enough.

    Or a program of theirs, which tells by a key of its own and never opens a page.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    link = models.ForeignKey(RoomLink, on_delete=models.PROTECT, related_name="devices", db_constraint=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    who = Encrypted(help_text="Whose it is, as they say, so that they can be called back")
    key = models.CharField(max_length=64, unique=True, help_text="A keyed hash of what its browser holds")
    is_program = models.BooleanField(default=False, help_text="A program with a key, and no browser")
    opened_at = models.DateTimeField(help_text="When it was let in")
    recorded_at = models.DateTimeField(db_default=RecordedNow())
    used_at = models.DateTimeField(null=True, blank=True, help_text="When something was told by it last")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RoomDeviceQuerySet.as_manager()
