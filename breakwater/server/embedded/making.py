"""Makes the data folder of a new cluster: aside first, then moved into place in one step."""

import locale
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from breakwater.server.embedded import binaries
from breakwater.server.embedded.places import Account, as_account
from breakwater.server.embedded.trouble import DatabaseTrouble

_WITH_BUILTIN_LOCALE, _WITH_FULL_UNICODE = 17, 18
_SAID = 400


def make(data: Path, *, programs: Path, admin: str, password: str, account: Account | None) -> None:
    """Make a cluster with one superuser; a kill half-way leaves nothing that looks whole.

    Raises:
        DatabaseTrouble: ``initdb`` refused; the message holds its last words.
    """
    for left_over in data.parent.glob(f"{data.name}-part-*"):
        shutil.rmtree(left_over, ignore_errors=True)
    part = data.with_name(f"{data.name}-part-{os.getpid()}")
    with tempfile.NamedTemporaryFile("w", dir=data.parent, prefix="initdb-") as pwfile:
        pwfile.write(password)
        pwfile.flush()
        if account:
            os.chown(pwfile.name, account.uid, account.gid)
        done = subprocess.run(
            [str(programs / "initdb"), "-D", str(part), "-U", admin, f"--pwfile={pwfile.name}", *_options(programs)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd="/", **as_account(account),
        )  # fmt: skip
    if done.returncode:
        shutil.rmtree(part, ignore_errors=True)
        raise DatabaseTrouble(
            f"The database could not be made: {(done.stderr or done.stdout).strip()[-_SAID:]}"
        )
    part.rename(data)
    reach_the_disk(data.parent)


def reach_the_disk(folder: Path) -> None:
    """Go on when the disk knows which files lie in a folder."""
    known = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(known)
    finally:
        os.close(known)


def _options(programs: Path) -> list[str]:
    """Letters of every script are letters, and sorting is the same on every machine.

    With ``LC_CTYPE=C`` the trigrams of a name outside ASCII would be empty, whatever the locale provider says.
    """
    letters = next((name for name in ("C.UTF-8", "en_US.UTF-8", "UTF-8") if _has_locale(name)), None)
    if letters is None:
        raise DatabaseTrouble("This machine has no UTF-8 locale. Install C.UTF-8 or en_US.UTF-8.")
    options = [
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--data-checksums",
        "--no-instructions",
        "--locale=C",
    ]
    options += [f"--lc-ctype={letters}"]
    release = binaries.release(programs)
    if release >= _WITH_BUILTIN_LOCALE:
        rules = "PG_UNICODE_FAST" if release >= _WITH_FULL_UNICODE else "C.UTF-8"
        options += ["--locale-provider=builtin", f"--builtin-locale={rules}"]
    return options


def _has_locale(name: str) -> bool:
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, name)
    except locale.Error:
        return False
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return True
