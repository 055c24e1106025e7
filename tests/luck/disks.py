"""Disks of one's own, small or cut off, and disks that fail or are slow.

Where nobody may mount a disk, or look into another program, what needs it is not run, and says so: nothing else shows
the same.
"""

import fcntl
import os
import shutil
import signal
import struct
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

from conftest import NOT_RUN, wait_until

_SHUTDOWN, _WITHOUT_A_WORD = 0x8004587D, struct.pack("I", 2)
"""The call by which ext4 forgets at once whatever was not synced (``EXT4_IOC_SHUTDOWN`` without flushing its log)."""


@contextmanager
def mounted(where, *how):
    """A file system of one's own in a folder, which whoever passes through may enter."""
    if (
        os.geteuid()
        or subprocess.run(["mount", *how, str(where)], check=False, capture_output=True).returncode
    ):
        pytest.skip(f"{NOT_RUN}: nobody may mount a disk here")
    try:
        where.chmod(0o711)
        yield where
    finally:
        subprocess.run(["umount", "--lazy", str(where)], check=True)


def cut_the_power(where):
    """What was not synced to the disk is gone, and nothing more reaches it."""
    folder = os.open(where, os.O_RDONLY)
    try:
        fcntl.ioctl(folder, _SHUTDOWN, _WITHOUT_A_WORD)
    finally:
        os.close(folder)


def an_ext4(image, *, size):
    """An empty file system in a file."""
    if not shutil.which("mkfs.ext4"):
        pytest.skip(f"{NOT_RUN}: there is no mkfs.ext4 here")
    with image.open("wb") as disk:
        disk.truncate(size)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True)
    return image


def is_looked_into(process):
    """Whether another program stands beside its calls, or it has ended."""
    try:
        return "TracerPid:\t0\n" not in Path(f"/proc/{process.pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


@contextmanager
def injected(processes, call, what):
    """For these processes, and those that they start, a call of the system fails or takes longer."""
    if not shutil.which("strace"):
        pytest.skip(f"{NOT_RUN}: there is no strace here")
    who = [part for one in processes for part in ("-p", str(one.pid))]
    watcher = subprocess.Popen(
        ["strace", "-f", "-qq", "-o", os.devnull, "-e", f"trace={call}", "-e", f"inject={call}:{what}", *who],
        stderr=subprocess.PIPE,
    )
    wait_until(lambda: watcher.poll() is not None or all(map(is_looked_into, processes)))
    # It also ends when all that it looked into has ended, as PostgreSQL may at once when its disk fails.
    if watcher.poll() is not None and b"not permitted" in watcher.stderr.read():
        pytest.skip(f"{NOT_RUN}: nobody may look into another program here")
    try:
        yield
    finally:
        watcher.send_signal(signal.SIGINT)
        watcher.wait(timeout=20)
        watcher.stderr.close()
