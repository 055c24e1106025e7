"""Files that come in from outside: what they are by their bytes, and the same again with nothing but what is seen.

A name says nothing here. A picture is decoded and written anew; of a PDF its pages are, unless it does something or
carries something; a text is a text. Whatever else comes is refused by a code that says what it is.
"""

from breakwater.formats.files.examining import Bounds, examined
from breakwater.formats.files.kinds import KINDS, Kept, NotKept

__all__ = ["KINDS", "Bounds", "Kept", "NotKept", "examined"]
