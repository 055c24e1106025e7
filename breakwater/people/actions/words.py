"""The words that names are found by."""

from breakwater.kernel.db import one_row


def forget_words() -> int:
    """Forget the words of names that nobody has any more. Returns how many."""
    row = one_row("SELECT people_forget_words()")
    return int(row[0]) if row else 0
