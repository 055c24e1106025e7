"""Domains of life: what people need, and what help is looked up by."""

from django.db.models import TextChoices


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
