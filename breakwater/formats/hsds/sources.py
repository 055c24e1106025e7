"""Where the files of a package lie: a folder, a zip archive, one file. Read as a stream, counted and hashed."""

import codecs
import io
import zipfile
import zlib
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

READABLE = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson")
_CHUNK = 1 << 18
_DEEPEST = 2
_LARGEST_ARCHIVE = 8 << 30
_ZIP_FAULTS = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError)


class Unopenable(Exception):
    """The package cannot be opened; the message is a sentence."""


class Source(Protocol):
    """Files by name, with their sizes in bytes."""

    sizes: dict[str, int]

    def open(self, name: str) -> IO[bytes]:
        """The bytes of one file."""


class Folder:
    """The files of a folder and of the folders right in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        found = [path for path in sorted(folder.rglob("*")) if _is_worth_reading(path.relative_to(folder))]
        self.sizes = {
            path.relative_to(folder).as_posix(): path.stat().st_size for path in found if path.is_file()
        }

    def open(self, name: str) -> IO[bytes]:
        """The bytes of one file."""
        return (self._folder / name).open("rb", buffering=0)


class OneFile:
    """A single file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.sizes = {path.name: path.stat().st_size}

    def open(self, name: str) -> IO[bytes]:
        """Its bytes."""
        return self._path.open("rb", buffering=0)


class Archive:
    """The files of a zip archive. Nothing is unpacked to disk."""

    def __init__(self, path: Path) -> None:
        try:
            self._archive = zipfile.ZipFile(path)
        except (*_ZIP_FAULTS, OSError) as fault:
            raise Unopenable(f"{path.name} is not a zip archive that can be opened: {fault}.") from fault
        members = [
            member
            for member in self._archive.infolist()
            if not member.is_dir() and _is_worth_reading(PurePosixPath(member.filename))
        ]
        if any(member.flag_bits & 1 for member in members):
            raise Unopenable(f"{path.name} is locked by a password. Unpack it first, then import the folder.")
        self.sizes = {member.filename: member.file_size for member in members}
        if sum(self.sizes.values()) > _LARGEST_ARCHIVE:
            raise Unopenable(f"{path.name} would unpack to more than 8 GB. That is no directory.")

    def open(self, name: str) -> IO[bytes]:
        """The bytes of one file, unpacked as they are read."""
        return self._archive.open(name)


def source_at(path: Path) -> Source:
    """The files at a path.

    Raises:
        Unopenable: there is nothing, or nothing that can be opened.
    """
    try:
        if path.is_dir():
            return Folder(path)
        if path.suffix.casefold() == ".zip":
            return Archive(path)
        return OneFile(path)
    except FileNotFoundError as fault:
        raise Unopenable(f"There is no file or folder at {path}.") from fault
    except OSError as fault:
        raise Unopenable(f"{path} cannot be opened: {fault.strerror}.") from fault


def _is_worth_reading(path: Path | PurePosixPath) -> bool:
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return len(path.parts) <= _DEEPEST and not hidden and path.suffix.casefold() in READABLE


class Meter:
    """Counts and hashes everything that is read, file by file."""

    def __init__(self) -> None:
        self.bytes_read = 0
        self._digest = sha256()

    def open(self, source: Source, name: str) -> "Metered":
        """One file, from its beginning."""
        self._digest.update(f"\0{name}\0".encode())
        return Metered(source.open(name), self._count)

    def _count(self, chunk: bytes) -> None:
        self.bytes_read += len(chunk)
        self._digest.update(chunk)

    @property
    def digest(self) -> str:
        """Of all names and bytes read so far."""
        return self._digest.hexdigest()


class Metered(io.RawIOBase):
    """A binary stream that tells its meter what went through it."""

    def __init__(self, stream: IO[bytes], count: Callable[[bytes], None]) -> None:
        self._stream = stream
        self._count = count

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # any buffer will do
        """The next bytes."""
        chunk = self.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def read(self, size: int = -1) -> bytes:
        """The next bytes; unpacking faults come up as ``OSError``."""
        try:
            chunk = self._stream.read(_CHUNK if size < 0 else size)
        except _ZIP_FAULTS as fault:
            raise OSError(f"the archive is damaged: {fault}") from fault
        self._count(chunk)
        return chunk

    def close(self) -> None:
        """Let go of the file."""
        self._stream.close()
        super().close()


def as_text(stream: Metered) -> io.TextIOWrapper:
    """Text of a stream: UTF-8 with or without its mark, UTF-16 with one; stray bytes as Windows-1252 has them."""
    buffered = io.BufferedReader(stream, _CHUNK)
    start = buffered.peek(4)[:4]
    encoding = "utf-16" if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    return io.TextIOWrapper(buffered, encoding=encoding, errors="windows-1252-bytes", newline="")


def _windows_bytes(fault: UnicodeError) -> tuple[str, int]:
    if not isinstance(fault, UnicodeDecodeError):
        raise fault
    stray = fault.object[fault.start : fault.end]
    return "".join(_WINDOWS.get(byte, "\N{REPLACEMENT CHARACTER}") for byte in stray), fault.end


_WINDOWS = {byte: bytes([byte]).decode("cp1252", "replace") for byte in range(256)}
codecs.register_error("windows-1252-bytes", _windows_bytes)
