"""The helped person's own copy: what they may read about themselves, and the few things they do with their own hands.

Its page tells nobody who looks over their shoulder what it is; nobody has a name there, and nothing is kept on a
device. What was planned, promised and shared is for those who work on it: here it is only shown.
"""
