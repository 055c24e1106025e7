"""Promises with a deadline.

Keeps clocks with their start, stop, pauses and alarms, and the profiles that say how long each may run, by
which calendar, on the ground of which source. Refuses to know what a promise is about: it points at a
circle and an id.
"""
