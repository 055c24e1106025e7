"""What is needed and planned, and what keeps somebody safe. What was written stays; what is done, ends."""

from breakwater.plans.models.family import FamilyChoice, FamilyTelling
from breakwater.plans.models.goals import Agreement, Goal
from breakwater.plans.models.lessons import Lesson
from breakwater.plans.models.needs import Link, Need, NeedQuerySet, Step, in_order_of_work
from breakwater.plans.models.safety import CopyGiven, Safeguard, SafetyPlan
from breakwater.plans.models.sufficiency import Sufficiency

__all__ = [
    "Agreement",
    "CopyGiven",
    "FamilyChoice",
    "FamilyTelling",
    "Goal",
    "Lesson",
    "Link",
    "Need",
    "NeedQuerySet",
    "Safeguard",
    "SafetyPlan",
    "Step",
    "Sufficiency",
    "in_order_of_work",
]
