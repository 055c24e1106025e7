from breakwater.portal.models.copies import OwnAct, OwnCopy
from breakwater.portal.models.links import SiteLink, SiteQuestion

__all__ = ["OwnAct", "OwnCopy", "SiteLink", "SiteQuestion"]
