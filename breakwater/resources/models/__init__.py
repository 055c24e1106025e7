from breakwater.resources.models.beds import Bed, OutOfService
from breakwater.resources.models.capacity import Capacity
from breakwater.resources.models.claims import Claim
from breakwater.resources.models.directory import Organization, Phone, Place, Service, ServiceAt
from breakwater.resources.models.domains import Domain
from breakwater.resources.models.hours import Holiday, Hours
from breakwater.resources.models.imports import Import
from breakwater.resources.models.program import Program
from breakwater.resources.models.queries import Point
from breakwater.resources.models.terms import TaxonomyTerm

__all__ = [
    "Bed",
    "Capacity",
    "Claim",
    "Domain",
    "Holiday",
    "Hours",
    "Import",
    "Organization",
    "OutOfService",
    "Phone",
    "Place",
    "Point",
    "Program",
    "Service",
    "ServiceAt",
    "TaxonomyTerm",
]
