"""Threads and their messages; notices, and how somebody may be reached by one."""

from breakwater.messaging.models.notices import Channel, ContactRule, Notice, Way
from breakwater.messaging.models.threads import Amendment, Mark, Message, Thread

__all__ = ["Amendment", "Channel", "ContactRule", "Mark", "Message", "Notice", "Thread", "Way"]
