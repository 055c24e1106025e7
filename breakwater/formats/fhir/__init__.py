"""FHIR R4 questionnaires, and R5 ones as far as they map: bytes to plain dataclasses, and answers held against them.

An assessment goes the other way, as a Bundle.

Whatever comes is hostile until it was read within limits. No expression of a document is ever run: what only an
expression could decide is said to be unchecked, and is not taken for checked.
"""

from breakwater.formats.fhir.documents import Unreadable, document
from breakwater.formats.fhir.questionnaire import Coding, Question, Questionnaire, questionnaire_from
from breakwater.formats.fhir.responses import Finding, Weight, findings, is_valid

__all__ = [
    "Coding",
    "Finding",
    "Question",
    "Questionnaire",
    "Unreadable",
    "Weight",
    "document",
    "findings",
    "is_valid",
    "questionnaire_from",
]
