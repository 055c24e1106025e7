"""What may be announced of keeping and erasing. Of what was erased nothing but that it was, and by which tombstone."""

from uuid import UUID

from breakwater.kernel.events import Event


class LegalHoldPut(Event):
    """Nothing of a record may go, until the hold is lifted."""

    hold_id: UUID


class LegalHoldLifted(Event):
    """A record may go again when its time is over."""

    hold_id: UUID


class TermSet(Event):
    """An agency keeps one class of records as long as it says here."""

    rule: str
    years: int


class RecordsGoneThrough(Event):
    """An agency's records were gone through for what has come due."""

    run_id: UUID
    due: int


class ErasureProposed(Event):
    """Somebody proposed that a record is erased; somebody else decides."""

    erasure_id: UUID


class RecordKept(Event):
    """A record that was due stays, for a while, as somebody decided."""

    erasure_id: UUID


class RecordErased(Event):
    """A record was erased. The proof is over the decisions whose words went: by it their seals can be checked."""

    erasure_id: UUID
    proof: str
