from breakwater.referrals.views import handoff, letters, loop, placement

__all__ = ["handoff", "letters", "loop", "placement"]
