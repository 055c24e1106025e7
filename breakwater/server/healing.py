"""Looks after the embedded database while ``breakwater run`` runs: that it lives, and that it has room."""

from collections.abc import Callable
from contextlib import suppress

from breakwater.kernel.reserve import Reserve
from breakwater.server.embedded import Cluster, DatabaseTrouble
from breakwater.server.home import Home

_FULL = (
    "The disk is nearly full: all can be read, and nothing is saved. It goes on by itself when there is room."
)
_ROOM = "There is room on the disk again: everything is saved as before."


def healer(home: Home, say: Callable[[str], None]) -> Callable[[], None]:
    """What is to be done about once a second."""

    def heal() -> None:
        if home.cluster is None:
            return
        keep_room(home.cluster, say)
        if not home.cluster.is_alive():
            say("The database ended; starting it again.")
            try:
                home.cluster.start()
            except DatabaseTrouble as trouble:
                say(str(trouble))

    return heal


def keep_room(cluster: Cluster, say: Callable[[str], None]) -> None:
    """Keep room back on the disk, or give it back; whoever watches is told of either."""
    reserve = Reserve(cluster.folder / "reserve")
    was_short, has_changed = reserve.is_given_back, False
    with suppress(OSError):  # not even a file of nothing: then PostgreSQL itself says that it is full
        has_changed = reserve.keep()
    if has_changed and reserve.is_given_back:
        say(_FULL)
        cluster.shorten_log()
    elif has_changed and was_short:
        say(_ROOM)
