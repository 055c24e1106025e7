"""Persons and those round them."""

from breakwater.people.models.around import Household, Membership, Supporter, beside
from breakwater.people.models.person import Apart, ContactPoint, Correction, Name, Person
from breakwater.people.models.safe_word import SafeWord

__all__ = [
    "Apart",
    "ContactPoint",
    "Correction",
    "Household",
    "Membership",
    "Name",
    "Person",
    "SafeWord",
    "Supporter",
    "beside",
]
