"""What Breakwater is made of, as a CycloneDX bill: ``breakwater sbom``. The same lock gives the same bytes."""

import re
import uuid
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_VENDORED = re.compile(
    r"^\| \S+ \| npm package `([^`]+)`[^|]*\| (\S+) \| ([^ ,|]+)[^|]*\| ([0-9a-f]{64}) \|$", re.MULTILINE
)


def bill_of_materials(lock: str, vendored: str) -> dict[str, Any]:
    """Every package of the lock with its hashes, and its license where it is installed here; and what is vendored."""
    components = [*_locked(lock), *_from_npm(vendored)]
    named = "\n".join(one["bom-ref"] for one in components)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, named)}",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "breakwater", "bom-ref": "breakwater"}},
        "components": components,
    }


def ours() -> dict[str, Any]:
    """The bill of this very installation."""
    vendored = ROOT / "breakwater" / "ui" / "static" / "ui" / "vendor" / "VENDORED.md"
    return bill_of_materials((ROOT / "requirements.lock").read_text(), vendored.read_text())


def _locked(lock: str) -> list[dict[str, Any]]:
    components: list[dict[str, Any]] = []
    for line in lock.splitlines():
        if pin := _PIN.match(line):
            components.append(_component("pypi", pin[1], pin[2], license_of(pin[1])))
        components[-1]["hashes"] += [_hash(found) for found in _HASH.findall(line)]
    return components


def _from_npm(vendored: str) -> list[dict[str, Any]]:
    found = _VENDORED.findall(vendored)
    return [
        _component("npm", name, version, said) | {"hashes": [_hash(digest)]}
        for name, version, said, digest in found
    ]


def _component(kind: str, name: str, version: str, said: str) -> dict[str, Any]:
    address = f"pkg:{kind}/{name}@{version}"
    known = {"licenses": [{"license": {"name": said}}]} if said else {}
    return {
        "type": "library", "bom-ref": address, "name": name, "version": version, "purl": address, "hashes": [], **known
    }  # fmt: skip


def license_of(name: str) -> str:
    """A package's license in its metadata's own words; nothing when it is not installed here, or does not say."""
    try:
        told: Any = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    classes = [one for one in told.get_all("Classifier") or [] if one.startswith("License")]
    said = told.get("License-Expression") or (
        classes[-1].split(" :: ")[-1] if classes else told.get("License", "")
    )
    return str(said).splitlines()[0] if said else ""


def _hash(digest: str) -> dict[str, str]:
    return {"alg": "SHA-256", "content": digest}
