"""What the person's own copy may announce."""

from uuid import UUID

from breakwater.kernel.events import Event


class CopyHanded(Event):
    """Somebody was handed a code for their own copy."""

    copy_id: UUID
    way: str
    to_person: bool


class CopyTakenBack(Event):
    """A copy, or the code for it, was taken back."""

    copy_id: UUID


class CopyOpened(Event):
    """The copy was opened with its code."""

    copy_id: UUID


class CopyLeft(Event):
    """The copy was left, and is closed for good."""

    copy_id: UUID


class OwnWordSaid(Event):
    """The person did something themselves, on their own copy."""

    own_act_id: UUID
    kind: str


class OwnWordAnswered(Event):
    """A worker answered what the person said about safe contact."""

    own_act_id: UUID
    answer: str


class PhoneGiven(Event):
    """Somebody was given a worker's device, to answer one assessment on it themselves."""

    assessment_id: UUID


class PhoneTakenBack(Event):
    """The worker has their device back."""

    assessment_id: UUID
