"""Maps of the United States without anybody else's server: outlines of states and counties, and numbered markers.

A map is drawn around what is shown to everybody. A confidential place has no position, so it can neither be marked nor
move the edge of a map.
"""

from breakwater.resources.atlas.drawing import Map, Marker, draw

__all__ = ["Map", "Marker", "draw"]
