"""Directories of human services: Open Referral HSDS in its versions and dialects, read as a stream.

``open_package(path)`` finds out what lies there; ``package.records()`` yields plain frozen dataclasses, and a
``Problem`` for everything that cannot be taken as it is. Memory stays flat however large the package.
"""

from breakwater.formats.hsds.package import NotADirectory, Package, Shape, open_package
from breakwater.formats.hsds.records import Record
from breakwater.formats.problems import Problem, Weight

__all__ = ["NotADirectory", "Package", "Problem", "Record", "Shape", "Weight", "open_package"]
