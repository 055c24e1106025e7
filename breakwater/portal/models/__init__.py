from breakwater.portal.models.copies import OwnAct, OwnCopy
from breakwater.portal.models.links import SiteFile, SiteLink, SiteQuestion
from breakwater.portal.models.standing import RoomDevice, RoomLink

__all__ = ["OwnAct", "OwnCopy", "RoomDevice", "RoomLink", "SiteFile", "SiteLink", "SiteQuestion"]
