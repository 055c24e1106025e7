from breakwater.plans.views import family, goals, needs, papers, safety

__all__ = ["family", "goals", "needs", "papers", "safety"]
