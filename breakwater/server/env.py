"""Every environment variable, typed. Wrong ones are named all at once."""

import difflib
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from breakwater.server import ways_out
from breakwater.server.embedded import data_folder
from breakwater.server.ways_out import Mail, Sms

DEFAULT_SECRET = "not a secret: fit for one laptop only, refused in production"  # noqa: S105 - refused by name
DEFAULT_HOSTS = ("localhost", "127.0.0.1", "[::1]")
DEFAULT_PORT = 8000
SHORTEST_SECRET = 50
MARK = "BREAKWATER_RUN"

VARIABLES = {
    "BREAKWATER_PRODUCTION": "1 for real use: refuses to start while anything is unsafe",
    "BREAKWATER_DEBUG": "1 shows errors with their cause to whoever meets them",
    "BREAKWATER_SECRET_KEY": f"what signs cookies and seals kept forms; {SHORTEST_SECRET} random letters or more",
    "BREAKWATER_SEAL_KEY": f"what seals the journal, kept far from the database; {SHORTEST_SECRET} random letters",
    "BREAKWATER_MASTER_KEY": f"what wraps the keys that words are encrypted with; {SHORTEST_SECRET} random letters",
    "BREAKWATER_MASTER_KEY_FILE": "a file that holds it, in place of the variable",
    "BREAKWATER_MASTER_KEY_BEFORE": "the one before, while keys are wrapped anew",
    "BREAKWATER_PERSON_KEYS": "the folder that persons' keys grow from; the same for every program, in no backup",
    "BREAKWATER_ANCHORS": "the folder where the heads of sealed journals are written down; best on another machine",
    "BREAKWATER_BACKUPS": "the folder where it is noted that a backup was made; the same for every program",
    "BREAKWATER_SECURITY_CONTACT": "whom to tell about a weakness, as mailto: or https:; told to whoever asks",
    "BREAKWATER_MAIL": "the mail server, as smtps://user:password@host:port; smtp+tls:// begins in plain",
    "BREAKWATER_MAIL_FROM": "whom e-mails come from: an address that tells nothing of what you do",
    "BREAKWATER_SMS": "the gateway that takes text messages, as https:",
    "BREAKWATER_CLAMAV": "a ClamAV scanner for files that come in: its socket as /path, or host:port on this machine",
    "BREAKWATER_SMS_KEY": "what it knows us by",
    "BREAKWATER_SMS_SECRET": f"what we know it by when it answers; {SHORTEST_SECRET} random letters",
    "BREAKWATER_NEAR_HOSTS": "hosts on your own network that may be asked, separated by commas",
    "BREAKWATER_PUSH_HOSTS": "hosts on your own network that carry notices to browsers, separated by commas",
    "BREAKWATER_PUSH_CONTACT": "whom the services that carry notices to browsers write to: mailto: or https:",
    "BREAKWATER_HOSTS": "the names it is reached by, separated by commas",
    "BREAKWATER_PASSKEY_DOMAIN": "what passkeys are bound to when it has several names: the part they share",
    "BREAKWATER_PORT": f"the port of the web server; without it {DEFAULT_PORT}, or the next one that is free",
    "BREAKWATER_DATA": "the folder of the embedded database",
    "BREAKWATER_POSTGRES": "a folder with PostgreSQL's programs, or: bundled",
    MARK: "set by Breakwater for the programs it starts, to know them again",
    "DATABASE_URL": "a PostgreSQL 15 or newer instead of the embedded one: the role that serves",
    "DATABASE_OWNER_URL": "the role that owns the tables, to migrate; what serves never sees it",
}

_PASSKEYS = (
    "BREAKWATER_PASSKEY_DOMAIN must be what all of BREAKWATER_HOSTS end with: passkeys are bound to it."
)


class WrongEnvironment(Exception):
    """Breakwater cannot start like this; the message names every reason."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("\n".join(("Breakwater does not start:", *(f"  - {reason}" for reason in reasons))))


@dataclass(frozen=True)
class Environment:
    """What the environment says."""

    production: bool
    debug: bool
    secret_key: str
    seal_key: str
    master_key: str
    master_key_before: str
    person_keys: Path
    anchors: Path
    backups: Path
    hosts: tuple[str, ...]
    passkey_domain: str
    security_contact: str
    mail: Mail | None
    sms: Sms
    clamav: str
    near_hosts: tuple[str, ...]
    push_hosts: tuple[str, ...]
    push_contact: str
    port: int | None
    data: Path
    postgres: str
    database_url: str
    owner_url: str


def read(environ: Mapping[str, str] | None = None) -> Environment:
    """The environment, checked.

    Raises:
        WrongEnvironment: at least one variable is wrong, or unsafe in production; all are named.
    """
    found, wrong = look(environ)
    if found.production:
        wrong += unsafe(found)
    if wrong:
        raise WrongEnvironment(wrong)
    return found


def look(environ: Mapping[str, str] | None = None) -> tuple[Environment, list[str]]:
    """The environment, and every variable that cannot be read."""
    source = {name: value.strip() for name, value in (os.environ if environ is None else environ).items()}
    wrong = [_unknown(name) for name in source if name.startswith("BREAKWATER_") and name not in VARIABLES]
    hosts = tuple(host.strip() for host in source.get("BREAKWATER_HOSTS", "").split(",") if host.strip())
    data = _folder(source, "BREAKWATER_DATA") or data_folder()
    found = Environment(
        production=_flag(source, "BREAKWATER_PRODUCTION", wrong),
        debug=_flag(source, "BREAKWATER_DEBUG", wrong),
        secret_key=source.get("BREAKWATER_SECRET_KEY") or DEFAULT_SECRET,
        seal_key=source.get("BREAKWATER_SEAL_KEY") or DEFAULT_SECRET,
        master_key=_from_file(source, "BREAKWATER_MASTER_KEY", wrong) or DEFAULT_SECRET,
        master_key_before=source.get("BREAKWATER_MASTER_KEY_BEFORE", ""),
        person_keys=_folder(source, "BREAKWATER_PERSON_KEYS") or data / "person-keys",
        anchors=_folder(source, "BREAKWATER_ANCHORS") or data / "anchors",
        backups=_folder(source, "BREAKWATER_BACKUPS") or data / "backups",
        hosts=hosts or DEFAULT_HOSTS,
        passkey_domain=source.get("BREAKWATER_PASSKEY_DOMAIN", ""),
        security_contact=_contact(source, "BREAKWATER_SECURITY_CONTACT", wrong),
        mail=ways_out.mail(source, wrong),
        sms=ways_out.sms(source, wrong),
        clamav=ways_out.clamav(source, wrong),
        near_hosts=ways_out.hosts(source, "BREAKWATER_NEAR_HOSTS", wrong),
        push_hosts=ways_out.hosts(source, "BREAKWATER_PUSH_HOSTS", wrong),
        push_contact=ways_out.push_contact(source, wrong),
        port=_port(source, "BREAKWATER_PORT", wrong),
        data=data,
        postgres=source.get("BREAKWATER_POSTGRES", ""),
        database_url=_address(source, "DATABASE_URL", wrong),
        owner_url=_address(source, "DATABASE_OWNER_URL", wrong),
    )
    if found.owner_url and not found.database_url and not source.get("DATABASE_URL"):
        wrong.append("DATABASE_OWNER_URL is set without DATABASE_URL: say which role serves.")
    if found.production and _everybody_reads(_folder(source, "BREAKWATER_MASTER_KEY_FILE")):
        wrong.append("BREAKWATER_MASTER_KEY_FILE can be read by everybody on this machine: chmod 600.")
    return found, wrong


def _everybody_reads(path: Path | None) -> bool:
    return path is not None and path.exists() and bool(path.stat().st_mode & stat.S_IROTH)


def _folder(source: dict[str, str], name: str) -> Path | None:
    written = source.get(name)
    return Path(written).expanduser().resolve() if written else None


def _from_file(source: dict[str, str], name: str, wrong: list[str]) -> str:
    """A secret, written in a variable or in the file that another one names."""
    written, path = source.get(name, ""), _folder(source, f"{name}_FILE")
    if path is None:
        return written
    if written:
        wrong.append(f"{name} and {name}_FILE are both set: which one is it?")
        return written
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as trouble:
        wrong.append(f"{name}_FILE cannot be read ({type(trouble).__name__}): without its key nothing opens.")
        return ""


def unsafe(found: Environment) -> list[str]:
    """Everything about an environment that must not be so in real use."""
    is_default = found.secret_key == DEFAULT_SECRET
    judged = (
        (found.debug, "BREAKWATER_DEBUG is on: errors would show people's data."),
        (is_default, "BREAKWATER_SECRET_KEY is the default: anybody could forge what it signs."),
        (
            not is_default and len(found.secret_key) < SHORTEST_SECRET,
            f"BREAKWATER_SECRET_KEY is shorter than {SHORTEST_SECRET} letters.",
        ),
        (
            found.seal_key in (DEFAULT_SECRET, found.secret_key) or len(found.seal_key) < SHORTEST_SECRET,
            f"BREAKWATER_SEAL_KEY must be {SHORTEST_SECRET} letters or more that nothing else uses.",
        ),
        (
            found.master_key in (DEFAULT_SECRET, found.secret_key, found.seal_key)
            or len(found.master_key) < SHORTEST_SECRET,
            f"BREAKWATER_MASTER_KEY must be {SHORTEST_SECRET} letters or more that nothing else uses.",
        ),
        (found.hosts == DEFAULT_HOSTS, "BREAKWATER_HOSTS is missing: name the hosts it is reached by."),
        (
            any("*" in host or host.startswith(".") for host in found.hosts),
            "BREAKWATER_HOSTS has a wildcard.",
        ),
        (not _fits_passkeys(found), _PASSKEYS),
        *ways_out.unsafe(found.mail, found.sms, shortest=SHORTEST_SECRET),
        (not found.database_url, "DATABASE_URL is missing: the embedded database is for trying out."),
    )
    return [sentence for is_wrong, sentence in judged if is_wrong]


def _fits_passkeys(found: Environment) -> bool:
    """Whether a passkey made under one of its names opens under all of them: it is bound to one domain for ever."""
    domain = found.passkey_domain
    if not domain:
        return len(found.hosts) == 1 or found.hosts == DEFAULT_HOSTS
    return "." in domain and all(host == domain or host.endswith(f".{domain}") for host in found.hosts)


def django_database(url: str) -> dict[str, Any]:
    """A PostgreSQL address as Django's settings for one database."""
    parts = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    return {
        "ENGINE": "breakwater.kernel.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": parts,
    }


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, VARIABLES, n=1)
    return f"{name} means nothing here." + (f" Did you mean {near[0]}?" if near else "")


def _flag(source: dict[str, str], name: str, wrong: list[str]) -> bool:
    value = source.get(name, "").lower()
    if value not in ("", "0", "1", "true", "false", "yes", "no", "on", "off"):
        wrong.append(f"{name} is neither 1 nor 0.")
    return value in ("1", "true", "yes", "on")


def _contact(source: dict[str, str], name: str, wrong: list[str]) -> str:
    value = source.get(name, "")
    if value and (not value.startswith(("mailto:", "https://")) or not value.isprintable()):
        wrong.append(f"{name} is neither mailto: nor https:.")
    return value


def _port(source: dict[str, str], name: str, wrong: list[str]) -> int | None:
    value = source.get(name, "")
    if value and not (value.isdecimal() and 0 < int(value) < 65536):  # noqa: PLR2004 - one more than the highest port
        wrong.append(f"{name} is not a port number.")
        return None
    return int(value) if value else None


def _address(source: dict[str, str], name: str, wrong: list[str]) -> str:
    value = source.get(name, "")
    if not value:
        return ""
    try:
        parts = conninfo_to_dict(value) if value.startswith(("postgresql://", "postgres://")) else {}
    except psycopg.Error:
        parts = {}
    if not parts.get("dbname"):
        wrong.append(f"{name} is not a whole address: postgresql://user:password@host/database.")
        return ""
    return value
