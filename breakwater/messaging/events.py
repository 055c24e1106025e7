"""What messaging may announce."""

from uuid import UUID

from breakwater.kernel.events import Event


class MessageWritten(Event):
    """A message was written."""

    thread_id: UUID
    message_id: UUID
    is_urgent: bool


class MessageCame(Event):
    """A message came from another agency."""

    thread_id: UUID
    message_id: UUID
    is_urgent: bool


class MessageAmended(Event):
    """A message was amended."""

    thread_id: UUID
    message_id: UUID
    version: int


class RequestCame(Event):
    """A letter came from another agency, and waits for an answer."""

    letter_id: UUID


class ContactRuleChanged(Event):
    """What the person agreed to about one way to reach them was written down, or ended."""

    contact_point_id: UUID
    is_over: bool


class NoticeAsked(Event):
    """A notice to the person was asked for."""

    notice_id: UUID
    kind: str
    channel: str


class NoticeNotSent(Event):
    """A notice to the person was not sent, or did not arrive."""

    notice_id: UUID
    why: str


class NoticesRefused(Event):
    """The person answered that they want no more notices, or that it is not them: the way is not safe now."""

    contact_point_id: UUID
