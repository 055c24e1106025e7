from breakwater.plans.views import goals, needs, safety

__all__ = ["goals", "needs", "safety"]
