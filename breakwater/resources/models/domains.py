"""Domains of life: what people need, and what help is looked up by."""

from uuid import UUID, uuid5

from django.db.models import TextChoices

TAXONOMY = UUID("c0d2a2f4-3a0f-4c1b-9a55-2f7c81d5e6b0")
"""The list of needs, as a taxonomy that goes out with the directory."""


class Domain(TextChoices):
    """A domain of life. One list for needs, for referrals and for the directory."""

    SAFETY = "safety", "Safety"
    MENTAL_HEALTH = "mental_health", "Mental health"
    HOUSING = "housing", "Housing"
    FOOD = "food", "Food"
    MEDICAL = "medical", "Medical"
    SUBSTANCE_USE = "substance_use", "Substance use"
    BENEFITS = "benefits", "Benefits"
    INCOME = "income", "Income and work"
    LEGAL = "legal", "Legal"
    FAMILY = "family", "Family"
    CHILDREN = "children", "Children"
    TRANSPORT = "transport", "Transport"
    IDENTIFICATION = "identification", "Identification"
    UTILITIES = "utilities", "Utilities"

    @property
    def term_id(self) -> UUID:
        """Its name for other programs: the same wherever Breakwater runs, and however it is called on a page."""
        return uuid5(TAXONOMY, self.value)
