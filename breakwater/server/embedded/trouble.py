"""What goes wrong with a database of our own."""


class DatabaseTrouble(Exception):
    """The database cannot be had; the message says what to do."""
