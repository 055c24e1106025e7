"""What people may announce."""

from uuid import UUID

from breakwater.kernel.events import Event


class PersonRegistered(Event):
    """A person became known to us, named or not."""

    person_id: UUID


class PersonCorrected(Event):
    """Something written about a person was corrected."""

    person_id: UUID
    field: str
    version: int


class NameChanged(Event):
    """Something a person is called was added or ended."""

    name_id: UUID
    kind: str


class ContactPointChanged(Event):
    """A way to reach a person was added, changed or ended."""

    contact_point_id: UUID
    safety: str


class SafeWordChanged(Event):
    """By what the person is known on the phone was chosen, handed to them or ended."""

    safe_word_id: UUID
    how: str
    known_by: str


class CallerTried(Event):
    """What a caller said was compared with the person's word; whether it was the same."""

    safe_word_id: UUID
    matches: bool


class SupporterChanged(Event):
    """Somebody round the person was added or ended."""

    supporter_id: UUID


class HouseholdChanged(Event):
    """Somebody joined or left a household."""

    household_id: UUID
    person_id: UUID
