"""Figures of room from outside: EDXL-HAVE 1.0, FHIR measure reports (SANER), and CSV of several kinds.

``open_report(path)`` finds out what a file is; ``report.figures()`` yields plain frozen dataclasses, and a ``Problem``
for everything that cannot be taken as it is. What a file does not say, or says is not supported, is ``None``: unknown,
and never zero.
"""

from breakwater.formats.capacity.figures import Facility, Figure
from breakwater.formats.capacity.report import NotAReport, Report, open_report

__all__ = ["Facility", "Figure", "NotAReport", "Report", "open_report"]
