"""Assessments with their answers and results; what must be heard; and what an agency may use."""

from breakwater.assessments.models.asked import Alert, Answer, Assessment
from breakwater.assessments.models.kept import AgencyDefault, Attestation, Import
from breakwater.assessments.models.told import Decision, Override, Result

__all__ = [
    "AgencyDefault",
    "Alert",
    "Answer",
    "Assessment",
    "Attestation",
    "Decision",
    "Import",
    "Override",
    "Result",
]
