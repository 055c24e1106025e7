from breakwater.plans.views import goals, needs, papers, safety

__all__ = ["goals", "needs", "papers", "safety"]
