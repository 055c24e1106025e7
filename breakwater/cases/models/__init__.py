"""The episode and everything that is part of it. State is a row with a beginning, an end and an author."""

from breakwater.cases.models.case import Assignment, Case, Closure
from breakwater.cases.models.chronology import Amendment, Barrier, Note, NotReached
from breakwater.cases.models.follow_up import SPOKE, Attempt, FollowUp
from breakwater.cases.models.part import StandingQuerySet
from breakwater.cases.models.readings import Circumstance, Danger, Gate, Triage

__all__ = [
    "SPOKE",
    "Amendment",
    "Assignment",
    "Attempt",
    "Barrier",
    "Case",
    "Circumstance",
    "Closure",
    "Danger",
    "FollowUp",
    "Gate",
    "NotReached",
    "Note",
    "StandingQuerySet",
    "Triage",
]
