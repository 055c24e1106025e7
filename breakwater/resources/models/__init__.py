from breakwater.resources.models.capacity import Bed, Capacity, OutOfService
from breakwater.resources.models.directory import Hours, Import, Organization, Phone, Place, Service, ServiceAt
from breakwater.resources.models.domains import Domain

__all__ = [
    "Bed",
    "Capacity",
    "Domain",
    "Hours",
    "Import",
    "Organization",
    "OutOfService",
    "Phone",
    "Place",
    "Service",
    "ServiceAt",
]
