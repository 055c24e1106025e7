"""Forms with free text of those who keep a place in the directory."""

from breakwater.resources.forms_of_house import BedForm, OutForm, PlaceForm
from tests.luck.told import Told

HOUSES = (
    Told(
        PlaceForm, "resources:new_place",
        {
            "name": "resources.Place.name", "address": "resources.Place.address", "city": "resources.Place.city",
            "postal_code": "resources.Place.postal_code", "state": "resources.Place.state",
        },
        by="chief", trims=True,
    ),
    Told(
        BedForm, "resources:bed", {name: f"resources.Bed.{name}" for name in ("label", "accepts")}, {"read": ""},
        by="chief", trims=True,
    ),
    Told(OutForm, "resources:out_of_service", {"reason": "resources.OutOfService.reason"}, by="chief", trims=True),
)  # fmt: skip
