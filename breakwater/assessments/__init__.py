"""Instruments as data, what was answered, and what the answers come to. A score proposes; a person decides.

Keeps assessments in the circle of their case, each with the version of the instrument that asked. Refuses to ship words
that their owners have not let go of, to change an answer into one that fits, and to draw a conclusion by itself.
"""
