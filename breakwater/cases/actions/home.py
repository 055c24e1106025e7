"""A case whose holder stands in the record no more is somebody's all the same."""

from breakwater.cases.others import left_by_the_day


def bring_home() -> int:
    """Cases whose holders left a record by its day go to whose record it is, into its duty queue. Returns how many.

    When a standing is ended by an act, PostgreSQL does the same in the act's own transaction.
    """
    return left_by_the_day()
