from breakwater.benefits.views import applications, notices, overview

__all__ = ["applications", "notices", "overview"]
