"""The web server: everything is read once, and each of its processes is born of the one that read it.

``uvicorn`` starts each process anew, and each then reads all of our code: a second of processor for each, at every
start and after every crash. Here Python's own fork server reads it, opens nothing and serves nobody, and each process
is a half of it. What this module sets is one name within ``uvicorn``, whose version is pinned; where forking is not
safe, as on macOS, nothing is set, and each reads for itself.
"""

import multiprocessing
import sys

from uvicorn import _subprocess
from uvicorn.main import main as uvicorn

_FORKS = sys.platform == "linux"


def main(arguments: list[str]) -> None:
    """Serve, as ``uvicorn`` does with these arguments; the first says what."""
    if _FORKS and "--workers" in arguments:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([arguments[0].partition(":")[0]])
        _subprocess.spawn = context  # type: ignore[assignment]  # it starts its processes by whatever stands here
    uvicorn(arguments)


if __name__ == "__main__":
    main(sys.argv[2:])
