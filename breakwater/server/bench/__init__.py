"""What every page and act costs, against the least that could answer, at ten thousand and a hundred thousand cases.

Run by ``make bench``. It has a database of its own, which waits for the disk, and a server of its own: the one that
serves, with two workers, and a bare endpoint beside it in the same processes. Nobody in it is real.
"""
