from breakwater.referrals.views import asking, handoff, house, letters, loop, placement

__all__ = ["asking", "handoff", "house", "letters", "loop", "placement"]
