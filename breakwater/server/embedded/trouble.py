"""What goes wrong with a database of our own."""


class DatabaseTrouble(Exception):  # noqa: N818 - named for what happened
    """The database cannot be had; the message says what to do."""
