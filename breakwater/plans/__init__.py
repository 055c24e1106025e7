"""What is needed, and who does what by when.

Keeps needs and steps in the words of the person, and what feeds what. Refuses to know where a step leads:
referrals and placements have their own room.
"""
