"""Copies that were handed to a person, and what they did there with their own hands."""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q

from breakwater.cases.models.part import in_circle, of_case, written_by
from breakwater.kernel.db import RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.people.models import Membership, Supporter
from breakwater.trust.encrypted import Encrypted
from breakwater.trust.models import Agency, CircleQuerySet, Information
from breakwater.ui.languages import LANGUAGES


class _CouldBeRead(Func):
    """Asks PostgreSQL, which knows what closes a copy beside its own row."""

    function = "portal_copy_stands"
    output_field = models.BooleanField()


class OwnCopyQuerySet(CircleQuerySet):
    """Questions about copies."""

    def of_episode(self, case_id: UUID) -> Self:
        """Those of one case, the newest first."""
        found = self.filter(case=case_id).select_related("by", "supporter").defer("by__password")
        return found.annotate(could_be_read=_CouldBeRead("pk")).order_by("-starts_at", "-pk")

    def waiting(self) -> Self:
        """Those whose code nobody has used."""
        return self.filter(opened_at=None, ended_at=None)


class OwnCopy(models.Model):
    """Somebody may open their own copy once, with a code. It holds no words: what it shows is read when it is open.

    Kept are hashes: of the code, of a word that they chose, and of the key that their browser holds while it is open.
    """

    information = Information.CARE

    class Way(models.TextChoices):
        """How the code reached them."""

        SPOKEN = "spoken", "Read to them"
        PRINTED = "printed", "On the printed slip"
        WRITTEN = "written", "Written down by them"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("own_copies")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    supporter = models.ForeignKey(
        Supporter, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False,
        help_text="Who speaks for them; empty: the person themselves",
    )  # fmt: skip
    member = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False,
        help_text="Who speaks for them, as they belong to the household: they see what the person chose, no more",
    )  # fmt: skip
    authority = Encrypted(blank=True, help_text="What gives whoever speaks for them the right to")
    parts = ArrayField(models.CharField(max_length=6), help_text="What it shows")
    language = models.CharField(max_length=2, choices=tuple(LANGUAGES.items()))
    way = models.CharField(max_length=8, choices=Way)
    code = models.CharField(max_length=64, unique=True, help_text="A keyed hash")
    word = models.CharField(max_length=128, blank=True, help_text="A slow hash of a word they chose, if any")
    key = models.CharField(max_length=64, blank=True, help_text="A keyed hash of what their browser holds")
    by = written_by()
    starts_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=RecordedNow())
    expires_at = models.DateTimeField(help_text="Until when the code may be used")
    opened_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True, help_text="When an open copy closes by itself")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it was left, or taken back")

    objects = OwnCopyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_code_for_a_copy_expires", condition=Q(expires_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="an_open_copy_closes_and_is_held_by_a_key",
                condition=Q(opened_at=None, closes_at=None, key="")
                | (Q(opened_at__isnull=False, closes_at__gt=F("opened_at")) & ~Q(key="")),
            ),
            models.CheckConstraint(
                name="who_speaks_for_them_says_by_what_right",
                condition=Q(supporter=None, authority="") | (Q(supporter__isnull=False) & ~Q(authority="")),
            ),
            models.CheckConstraint(
                name="only_who_speaks_for_them_is_a_member",
                condition=Q(member=None) | Q(supporter__isnull=False),
            ),
            models.CheckConstraint(name="a_copy_shows_something", condition=~Q(parts=[])),
            models.UniqueConstraint("key", condition=~Q(key=""), name="one_copy_to_a_key"),
            models.UniqueConstraint(
                "case", condition=Q(opened_at=None, ended_at=None), name="one_waiting_code_to_a_case"
            ),
        ]

    def stands_at(self, at: datetime) -> str:
        """Where it stands at a moment: waiting, open, or over and how.

        Of a list it is said besides when a law, the person, or who reads their device keeps it closed.
        """
        could_be_read = getattr(self, "could_be_read", True)
        if self.opened_at is None:
            waits = self.ended_at is None and self.expires_at > at
            if waits and not could_be_read:
                return "opens nothing now"
            return "waiting" if waits else "taken back" if self.ended_at else "never opened"
        is_open = (
            could_be_read and self.ended_at is None and self.closes_at is not None and self.closes_at > at
        )
        return "open" if is_open else "opened, and closed again"


class OwnActQuerySet(CircleQuerySet):
    """Questions about what they did themselves."""

    def of_episode(self, case_id: UUID) -> Self:
        """All of one case, the newest first."""
        return self.filter(case=case_id).order_by("-at", "-pk")


class OwnAct(models.Model):
    """Something the person did with their own hands. Done once for each key of a form; what waits is answered once."""

    information = Information.CARE

    class Kind(models.TextChoices):
        """What they did."""

        NEED_MET = "need_met", "They confirmed that a need was met"
        CALL = "call", "They asked to be called"
        TIGHTER = "tighter", "They said that a way to reach them is not safe"
        LOOSER = "looser", "They said that a way to reach them is safe now"
        WITHDRAWN = "withdrawn", "They took a consent back"
        UNDONE = "undone", "They said something about a way to reach them, and it could not be done"

    class Answer(models.TextChoices):
        """What a worker made of it."""

        AGREED = "agreed", "Asked them, and it is so"
        LEFT = "left", "Left as it was"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("own_acts")
    copy = models.ForeignKey(
        OwnCopy, on_delete=models.PROTECT, related_name="acts", db_constraint=False, db_index=False
    )
    key = models.UUIDField(help_text="The key of the form: the same again has no second effect")
    kind = models.CharField(max_length=10, choices=Kind)
    about = models.UUIDField(help_text="The referral, the check-in, the contact point or the consent")
    words = Encrypted(blank=True, help_text="What they wrote")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=RecordedNow())
    answer = models.CharField(max_length=6, choices=Answer, blank=True)
    answered_by = written_by()
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = OwnActQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("copy", "key", name="an_own_act_is_done_once"),
            models.CheckConstraint(
                name="only_what_waits_is_answered",
                condition=Q(answer="", answered_at=None)
                | (Q(kind__in=("looser", "undone"), answered_at__isnull=False) & ~Q(answer="")),
            ),
        ]

    @property
    def waits(self) -> bool:
        """Whether a worker has still to answer it."""
        return self.kind in (self.Kind.LOOSER, self.Kind.UNDONE) and not self.answer
