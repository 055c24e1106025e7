"""Files that came in, what they are made of, who let one be opened, and how much of its room an agency has filled.

A file hangs on a record of another app, and is there for whoever that record is there for: it lies in the same circle,
is opened by the same kind of information and under the same laws, and goes to the same far end of a letter.
"""

from collections.abc import Iterable
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q

from breakwater.attachments.rules import ENDINGS, KIND_NAMES, size_in_words
from breakwater.kernel.cipher import Unreadable
from breakwater.kernel.db import RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.trust.access import Actor
from breakwater.trust.encrypted import Encrypted, EncryptedBytes
from breakwater.trust.models import Agency, Circle, Grant, Information, User, segmented

PIECE = 128 * 1024
"""How much of a file stands in one row: little enough that two hundred rows go through a rotation of keys at once."""
_OPENS = (Information.CARE, Information.NEEDS)


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Questions about files.

    Not one about circles alone: whoever reads at the far end of a letter does not stand in the circle by that.
    """

    def visible_to(self, actor: Actor) -> Self:
        """What the actor's agency may read: in circles where it stands, and at its end of a letter."""
        grants = Grant.objects.standing(actor.now).of(actor)
        grants = grants.filter(circle=OuterRef("circle_id"), segments__contains=OuterRef("segments"))
        stands = Q(pk=None)
        for kind in _OPENS:
            stands |= Q(opens=kind) & Q(Exists(grants.filter(information__contains=[kind])))
        at_an_end = Q(from_agency=actor.agency_id) | Q(to_agency=actor.agency_id)
        return self.filter(Q(to_agency__isnull=False) & at_an_end | Q(to_agency=None) & stands)

    def on(self, about: Iterable[UUID]) -> Self:
        """Those that hang on some records, in their order."""
        return self.filter(about__in=list(about)).order_by("pk")

    def on_ids(self, ids: Iterable[UUID | str]) -> Self:
        """Those named, in their order."""
        return self.filter(pk__in=list(ids)).order_by("pk")

    def with_releases(self, actor: Actor) -> Self:
        """Each with whether somebody of the actor's agency let it be opened, as ``is_released``."""
        released = Release.objects.filter(attachment=OuterRef("pk"), agency=actor.agency_id)
        return self.annotate(is_released=Exists(released))


class Attachment(models.Model):
    """A file that came in, as it was written anew. Nothing of it changes, and its name is only ever shown."""

    information = Information.CARE

    class Kind(models.TextChoices):
        """What it is, by its content."""

        JPEG = "jpeg", KIND_NAMES["jpeg"]
        PNG = "png", KIND_NAMES["png"]
        PDF = "pdf", KIND_NAMES["pdf"]
        TEXT = "text", KIND_NAMES["text"]

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+", db_index=False)
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_agency = models.ForeignKey(
        Agency, null=True, on_delete=models.PROTECT, related_name="+", db_index=False,
        help_text="The far end of the letter it hangs on",
    )  # fmt: skip
    opens = models.CharField(
        max_length=6, choices=Information, help_text="The kind of information that opens it"
    )
    hangs_on = models.CharField(
        max_length=16, help_text="What kind of record it hangs on; whoever may write one hangs it there"
    )
    about = models.UUIDField(db_index=True, help_text="Which record, opaque here")
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="+", db_index=False, help_text="Whose worker sent it"
    )
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = Encrypted(help_text="As it is shown, and nowhere else")
    kind = models.CharField(max_length=4, choices=Kind)
    size = models.PositiveIntegerField(help_text="In bytes, as it is kept")
    is_scanned = models.BooleanField(help_text="A scanner looked at it and found nothing")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=RecordedNow())
    segments = segmented("Those of the record it hangs on")

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_file_is_not_empty_and_is_named", condition=Q(size__gt=0) & ~Q(name="")
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether the reader's agency may open it; wants ``is_released``."""
        return self.is_scanned or bool(self.is_released)  # type: ignore[attr-defined]  # by with_releases

    @property
    def length(self) -> str:
        """How large it is, in words."""
        return size_in_words(self.size)

    @property
    def neutral_name(self) -> str:
        """What a browser calls it: the same for every file of its kind."""
        return f"attachment.{ENDINGS[self.kind]}"

    def content(self) -> bytes:
        """The file.

        Raises:
            Unreadable: a piece is missing, or cannot be decrypted.
        """
        whole = b"".join(one.content for one in self.pieces.order_by("number"))
        if len(whole) != self.size:
            raise Unreadable
        return whole


class Piece(models.Model):
    """So many bytes of a file, encrypted."""

    lies_in = ("attachment",)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    attachment: Any = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, related_name="pieces", db_index=False
    )
    number = models.PositiveSmallIntegerField(help_text="Which of its file, from 1")
    content: Any = EncryptedBytes()

    class Meta:
        constraints = [
            models.UniqueConstraint("attachment", "number", name="pieces_come_one_after_another"),
            models.CheckConstraint(name="a_piece_holds_something", condition=~Q(content="")),
        ]


class Release(models.Model):
    """Somebody looked at where a file came from, and let it be opened at their agency though no scanner had."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    attachment: Any = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, related_name="releases", db_index=False
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("attachment", "agency", name="an_agency_releases_a_file_once")]


class Shelf(models.Model):
    """How much of the room for files an agency has filled."""

    agency = models.OneToOneField(Agency, primary_key=True, on_delete=models.PROTECT, related_name="+")
    used = models.PositiveBigIntegerField(default=0, help_text="In bytes, as they are kept")
    files = models.PositiveIntegerField(default=0)
