"""Time-ordered identifiers (UUID version 7, RFC 9562 section 5.7).

Ordered by time they keep B-tree inserts on the right-hand edge; random in 74 bits they cannot be guessed.
"""

import os
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62
_RANDOM_A = 0xFFF << 64
_RANDOM_B = (1 << 62) - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def new_id() -> UUID:
    """A fresh identifier whose order follows the moment of its making, to the millisecond."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10))
    return UUID(
        int=(milliseconds << 80) | _VERSION_7 | (random & _RANDOM_A) | _VARIANT | (random & _RANDOM_B)
    )


def made_at(made: UUID) -> datetime:
    """When an identifier was made, to the millisecond."""
    return _EPOCH + timedelta(milliseconds=made.int >> 80)
