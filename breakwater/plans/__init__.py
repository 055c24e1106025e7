"""What is needed, and who does what by when.

Keeps needs and steps in the person's own words, and which need feeds which. Refuses to know where a step leads:
referrals and placements have their own room.
"""
