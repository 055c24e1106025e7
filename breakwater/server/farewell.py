"""What must be done before the web server waits for its last answers."""

import asyncio
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any


def before_the_server_ends(act: Callable[[], None]) -> None:
    """Do something when this process is told to end, and then what it did before when it was told so.

    It is done in the loop that asks for it, which must run in the main thread: elsewhere nobody hears a signal.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        before = signal.getsignal(number)
        if not getattr(before, "is_a_farewell", False):
            signal.signal(number, _heard(loop, act, before))


def _heard(loop: asyncio.AbstractEventLoop, act: Callable[[], None], before: Any) -> Callable[..., None]:
    def heard(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(act)
        if callable(before):
            before(number, frame)

    heard.is_a_farewell = True  # type: ignore[attr-defined]  # a mark on a function
    return heard
