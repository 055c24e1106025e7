"""Persons, named or not: what they are called, how to reach them safely, and who stands round them.

Keeps persons, their names, contact points and supporters, and households. Refuses to know why they came: that is
the case's to tell.
"""
