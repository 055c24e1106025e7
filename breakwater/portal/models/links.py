"""Links by which a site without accounts answers one letter or ask, what goes along, and what it asked back."""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from breakwater.attachments.models import Attachment
from breakwater.cases.models.part import in_circle, of_case, written_by
from breakwater.kernel.db import RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.portal.library import LINKS
from breakwater.referrals.models import Ask, Handoff, Referral
from breakwater.trust.encrypted import Encrypted
from breakwater.trust.models import Agency, CircleQuerySet, Information


class SiteLinkQuerySet(CircleQuerySet):
    """Questions about links for sites."""

    def leading_to(self, what: UUID) -> Self:
        """Those to one referral, hand-off or ask, the newest first."""
        found = self.filter(Q(referral=what) | Q(ask=what) | Q(handoff=what)).select_related("by")
        return found.defer("by__password").order_by("-starts_at")

    def usable(self) -> Self:
        """Those that nobody answered by and nobody took back; their time may be up."""
        return self.filter(UNUSED)


UNUSED = Q(answered_at=None, ended_at=None)


class SiteLink(models.Model):
    """Whoever holds it and is told its code reads one letter, or what one place was asked, and answers it.

    One to a referral is used up by the answer; one to a hand-off by a no, or when the first contact is confirmed.

    Kept are hashes: of the letters of the link, of the code that is told by phone, and of the key that a browser holds
    while the letter is open in it.
    """

    information = Information.NEEDS

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("site_links")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    referral = models.ForeignKey(
        Referral, null=True, on_delete=models.PROTECT, related_name="site_links", db_index=False
    )
    ask = models.ForeignKey(
        Ask, null=True, on_delete=models.PROTECT, related_name="site_links", db_index=False
    )
    handoff = models.ForeignKey(
        Handoff, null=True, on_delete=models.PROTECT, related_name="site_links", db_index=False
    )
    token = models.CharField(max_length=64, unique=True, help_text="A keyed hash of the letters of the link")
    code = models.CharField(max_length=64, help_text="A keyed hash of both: the letters and the code")
    key = models.CharField(max_length=64, blank=True, help_text="A keyed hash of what a browser holds")
    by = written_by()
    starts_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=RecordedNow())
    expires_at = models.DateTimeField(help_text="Until when it may be used")
    opened_at = models.DateTimeField(null=True, blank=True, help_text="When it was opened last")
    closes_at = models.DateTimeField(null=True, blank=True, help_text="When an open letter closes by itself")
    answered_at = models.DateTimeField(null=True, blank=True, help_text="When an answer used it up")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it was taken back")

    objects = SiteLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_link_expires", condition=Q(expires_at__gt=F("starts_at"))),
            models.CheckConstraint(
                name="an_open_letter_closes_and_is_held_by_a_key",
                condition=Q(opened_at=None, closes_at=None, key="")
                | (Q(opened_at__isnull=False, closes_at__gt=F("opened_at")) & ~Q(key="")),
            ),
            models.CheckConstraint(
                name="only_an_open_link_answers", condition=Q(answered_at=None) | Q(opened_at__isnull=False)
            ),
            models.UniqueConstraint("key", condition=~Q(key=""), name="one_link_to_a_key"),
            models.UniqueConstraint("referral", condition=UNUSED, name="one_usable_link_to_a_letter"),
            models.UniqueConstraint(
                "ask", condition=UNUSED, name="one_usable_link_to_a_place_that_was_asked"
            ),
            models.UniqueConstraint("handoff", condition=UNUSED, name="one_usable_link_to_a_hand_off"),
            models.CheckConstraint(
                name="a_link_leads_to_one_thing",
                condition=Q(referral__isnull=False, ask__isnull=True, handoff__isnull=True)
                | Q(referral__isnull=True, ask__isnull=False, handoff__isnull=True)
                | Q(referral__isnull=True, ask__isnull=True, handoff__isnull=False),
            ),
        ]

    @property
    def leads_to(self) -> UUID:
        """The id of the referral, the hand-off or the ask that it opens."""
        return UUID(str(self.referral_id or self.handoff_id or self.ask_id))

    def stands_at(self, at: datetime) -> str:
        """Where it stands at a moment."""
        if self.answered_at:
            return "answered"
        if self.ended_at:
            return "taken back"
        if self.expires_at <= at:
            return "its time is up"
        return "opened" if self.opened_at else "waiting"


class SiteFileQuerySet(CircleQuerySet):
    """Questions about files that go with links."""

    def by_link(self, link_id: UUID) -> Self:
        """Those that go with one link, in their order."""
        return self.filter(link=link_id).select_related("attachment").order_by("pk")

    def of_letter(self, letter_id: UUID) -> Self:
        """Those that went with any link to one letter, link by link."""
        found = self.filter(Q(link__referral=letter_id) | Q(link__handoff=letter_id))
        return found.select_related("attachment").order_by("link", "pk")


class SiteFile(models.Model):
    """A file of the case goes along with a letter, for as long as its link opens it.

    Nothing is copied, because a file never changes; what the site is told of it is its kind and its size.
    """

    information = Information.NEEDS

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("site_files")
    link = models.ForeignKey(SiteLink, on_delete=models.PROTECT, related_name="files", db_constraint=False)
    attachment = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=RecordedNow())
    times = models.PositiveSmallIntegerField(default=0, help_text="How often it was opened")
    opened_at = models.DateTimeField(null=True, blank=True, help_text="When it was opened last")

    objects = SiteFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("link", "attachment", name="a_file_goes_with_a_link_once"),
            models.CheckConstraint(
                name="a_file_that_was_opened_says_when",
                condition=Q(times=0, opened_at=None) | Q(times__gt=0, opened_at__isnull=False),
            ),
        ]

    @property
    def may_be_opened(self) -> bool:
        """Whether it was not opened as often as it may be by one link."""
        return self.times < LINKS.file_opens


class SiteQuestionQuerySet(CircleQuerySet):
    """Questions about what sites asked."""

    def of_letter(self, letter_id: UUID) -> Self:
        """All about one letter, in the order in which they were asked."""
        found = self.filter(Q(link__referral=letter_id) | Q(link__handoff=letter_id))
        return found.order_by("at", "pk")

    def by_link(self, link_id: UUID) -> Self:
        """What was asked by one link, as those who hold it read it."""
        return self.filter(link=link_id).order_by("at", "pk")


class SiteQuestion(models.Model):
    """A site wants to know something before it answers; those who asked it reply on the same link."""

    information = Information.NEEDS

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("site_questions")
    link = models.ForeignKey(
        SiteLink, on_delete=models.PROTECT, related_name="questions", db_constraint=False
    )
    who = Encrypted(help_text="Who there asks")
    words = Encrypted()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=RecordedNow())
    reply = Encrypted(blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    replied_by = written_by()

    objects = SiteQuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "link", condition=Q(replied_at=None), name="a_site_asks_one_thing_at_a_time"
            ),
            models.CheckConstraint(name="a_site_asks_something", condition=~Q(words="")),
        ]
