"""How help is reached: referrals whose loop closes, beds, and the warm hand-off.

Keeps referrals and their stages, placements in beds, and hand-offs with their packets. Refuses to know the
directory: what help exists is told by resources.
"""
