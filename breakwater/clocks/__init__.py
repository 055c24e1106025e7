"""Promises with a deadline.

Keeps clocks with their start, stop, pauses and alarms, and the profiles that say how long each may run, in which
calendar, from which source. Refuses to know what a promise is about: it points at a circle and at an id.
"""
