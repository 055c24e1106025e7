"""Who may know what, and what was done.

Keeps agencies, the people who work there and their roles; circles of care and the grants by which an agency
stands in one; the journal of acts and the sightings of what was shown; receipts that make an act happen once.
Refuses to know the names of the people helped: a circle belongs to one person, named or not.
"""
