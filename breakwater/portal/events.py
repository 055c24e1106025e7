"""What may be announced of a person's own copy, of a device in their hands, and of links for sites."""

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


class PlanHeldOut(Event):
    """Somebody was given a worker's device, to read their plan and answer to it themselves."""

    case_id: UUID


class PlanTakenBack(Event):
    """The worker has the device back on which somebody read their plan."""

    case_id: UUID


class LinkHanded(Event):
    """A site without accounts was given a link to one letter or one ask, and a code to go with it."""

    link_id: UUID
    referral_id: UUID | None = None
    ask_id: UUID | None = None
    handoff_id: UUID | None = None
    files: int = 0


class LinkTakenBack(Event):
    """A link opens nothing any more."""

    link_id: UUID


class LinkOpened(Event):
    """A site opened its letter with link and code."""

    link_id: UUID


class SiteFileOpened(Event):
    """A site opened a file that went along with its letter."""

    link_id: UUID
    site_file_id: UUID


class SiteAsked(Event):
    """A site wants to know something before it answers."""

    link_id: UUID
    question_id: UUID


class SiteAnswered(Event):
    """A site answered its letter, and the link is used up."""

    link_id: UUID
    code: str


class SiteReplied(Event):
    """Those who asked a site for help replied to its question."""

    question_id: UUID


class RoomLinkHanded(Event):
    """A place without accounts was given a standing link, to tell how much room it has."""

    room_link_id: UUID
    place_id: UUID


class RoomCodeMade(Event):
    """A new code was made for a standing link, to let one more device in."""

    room_link_id: UUID


class RoomLinkRenewed(Event):
    """A standing link stands for another while."""

    room_link_id: UUID


class RoomLinkTakenBack(Event):
    """A standing link opens nothing any more, on no device."""

    room_link_id: UUID


class RoomDeviceLetIn(Event):
    """A device at a place was let in with link and code."""

    room_link_id: UUID
    room_device_id: UUID


class RoomDeviceEnded(Event):
    """A device at a place tells nothing any more."""

    room_device_id: UUID
