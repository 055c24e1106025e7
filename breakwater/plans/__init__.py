"""What is needed, and who does what by when.

Keeps needs and steps in the person's own words. Refuses to know where a step leads: referrals and placements have
their own room.
"""
