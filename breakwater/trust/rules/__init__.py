"""Decisions that need no database: how long somebody waits, and what the law of confidentiality lets them share."""

from breakwater.trust.rules.waiting import (
    FIRST_WAIT,
    FREE_BY_ADDRESS,
    FREE_BY_NAME,
    HARD_STOP,
    LONGEST_WAIT,
    REMEMBERED,
    stopped_until,
    wait_in_words,
    waits_until,
)

__all__ = [
    "FIRST_WAIT",
    "FREE_BY_ADDRESS",
    "FREE_BY_NAME",
    "HARD_STOP",
    "LONGEST_WAIT",
    "REMEMBERED",
    "stopped_until",
    "wait_in_words",
    "waits_until",
]
