"""Who and what there is that helps: organizations, services, places, beds and other capacity.

Holds nothing about anyone: it may be cached, published and exported without thought. Who sleeps in a bed is known to
referrals only.
"""
