"""Pre-screens, applications, their papers and notices. What was written stays; what is done, ends."""

from breakwater.benefits.models.application import Application, Notice, Paper
from breakwater.benefits.models.screening import Screening

__all__ = ["Application", "Notice", "Paper", "Screening"]
