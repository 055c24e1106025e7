"""The settings of what serves, for one person who asks as fast as a machine can."""

from breakwater.server.settings import *  # noqa: F403 - all of them, but one

PERSON_PACE = 1_000_000
