"""Room on the disk beneath the embedded database: kept back in good times, given back in bad ones.

A file without meaning lies beside the database. Whoever keeps the database alive makes it, and empties it when the disk
is nearly full: what is looked at goes on being written down in that room, and nothing else is saved. That the file is
empty is all that a page asks. When there is room again the file is filled again, and everything goes on by itself.
"""

import os
import shutil
from pathlib import Path

from django.conf import settings

_MEGABYTE = 2**20
KEPT_BACK = 64 * _MEGABYTE
"""Four files of PostgreSQL's log: while only reading goes on it needs a new one now and then, and ends without."""
NEARLY_FULL = 32 * _MEGABYTE
_FEW_FILES = 500


class Reserve:
    """The file that keeps room back.

    Args:
        file: where it lies, on the disk of the database.
    """

    def __init__(self, file: Path) -> None:
        self.file = file

    @property
    def is_given_back(self) -> bool:
        """Whether the disk is nearly full, so that what there is can only be read."""
        try:
            return self.file.stat().st_size == 0
        except OSError:
            return False  # nobody keeps room back here: an outside database, or one that was never run

    def keep(self) -> bool:
        """Give the room back when little is left, and keep it back again when there is plenty. Whether that changed."""
        free, is_short = shutil.disk_usage(self.file.parent).free, self._has_few_files()
        if self.file.exists() and not self.is_given_back:
            return (is_short or free < NEARLY_FULL) and self._sized(0)
        if not is_short and free >= KEPT_BACK + 2 * NEARLY_FULL:
            return self._sized(KEPT_BACK)
        return not self.file.exists() and self._sized(0)

    def _has_few_files(self) -> bool:
        told = os.statvfs(self.file.parent)
        return told.f_files > 0 and told.f_favail < _FEW_FILES

    def _sized(self, size: int) -> bool:
        """It is empty, or whole: nobody ever sees it half filled. To empty it takes neither room nor a new file."""
        if not size:
            self.file.write_bytes(b"")
            return True
        part = self.file.with_suffix(".part")
        try:
            with part.open("wb") as held:
                if hasattr(os, "posix_fallocate"):
                    os.posix_fallocate(held.fileno(), 0, size)
                else:
                    held.write(bytes(size))
            part.replace(self.file)
        finally:
            part.unlink(missing_ok=True)
        return True


def only_reads() -> bool:
    """Whether nothing can be saved here until there is room on the disk."""
    return Reserve(settings.RESERVE).is_given_back
