"""Every environment variable, typed. Wrong ones are named all at once."""

import os
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

DEFAULT_SECRET = "not a secret: fit for one laptop only, refused in production"  # noqa: S105 - refused by name

VARIABLES = {
    "BREAKWATER_PRODUCTION": "1 for real use: refuses to start when anything is unsafe",
    "BREAKWATER_DEBUG": "1 shows errors with their cause to whoever meets them",
    "BREAKWATER_SECRET_KEY": "what signs cookies and seals kept forms; 50 random letters or more",
    "BREAKWATER_HOSTS": "the names it is reached by, separated by commas",
    "BREAKWATER_DATA": "the folder of the embedded database",
    "BREAKWATER_PORT": "the port of the web server (8000)",
    "DATABASE_URL": "a PostgreSQL 15 or newer instead of the embedded one: the runtime role",
    "DATABASE_OWNER_URL": "the role that owns the tables and migrates; needed in production",
}


class WrongEnvironment(Exception):
    """Some variables cannot be used; the message names all of them."""


@dataclass(frozen=True)
class Environment:
    """What the environment says."""

    production: bool
    debug: bool
    secret_key: str
    hosts: tuple[str, ...]
    port: int
    database_url: str
    owner_url: str

    @property
    def has_two_roles(self) -> bool:
        """Whether migrating and serving have different credentials."""
        return bool(self.owner_url) and self.owner_url != self.database_url


def read(environ: dict[str, str] | None = None) -> Environment:
    """The environment, checked.

    Raises:
        WrongEnvironment: at least one variable is wrong; all are named.
    """
    source = dict(os.environ if environ is None else environ)
    wrong: list[str] = []
    production = _flag(source, "BREAKWATER_PRODUCTION", wrong)
    found = Environment(
        production=production,
        debug=_flag(source, "BREAKWATER_DEBUG", wrong),
        secret_key=source.get("BREAKWATER_SECRET_KEY") or DEFAULT_SECRET,
        hosts=tuple(filter(None, (h.strip() for h in source.get("BREAKWATER_HOSTS", "").split(","))))
        or ("localhost", "127.0.0.1", "[::1]"),
        port=_number(source, "BREAKWATER_PORT", 8000, wrong),
        database_url=_address(source, "DATABASE_URL", wrong),
        owner_url=_address(source, "DATABASE_OWNER_URL", wrong),
    )
    if production:
        wrong += unsafe(found)
    if wrong:
        raise WrongEnvironment("Breakwater does not start:\n" + "\n".join(f"  - {one}" for one in wrong))
    return found


def unsafe(found: Environment) -> list[str]:
    """Everything about an environment that must not be so in real use."""
    shortest = 50
    return [
        sentence
        for is_wrong, sentence in (
            (found.debug, "BREAKWATER_DEBUG is on: errors would show people's data."),
            (found.secret_key == DEFAULT_SECRET, "BREAKWATER_SECRET_KEY is the default: anybody could sign in."),
            (
                found.secret_key != DEFAULT_SECRET and len(found.secret_key) < shortest,
                f"BREAKWATER_SECRET_KEY is shorter than {shortest} letters.",
            ),
            (
                any(host.startswith("*") or host == "." for host in found.hosts),
                "BREAKWATER_HOSTS has a wildcard: name the hosts.",
            ),
            (not found.database_url, "DATABASE_URL is missing: the embedded database is for trying out."),
            (
                not found.has_two_roles,
                "DATABASE_OWNER_URL is missing or the same as DATABASE_URL: the role that serves must own nothing.",
            ),
        )
        if is_wrong
    ]


def django_database(url: str) -> dict[str, object]:
    """A PostgreSQL URL as Django's settings for one database."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    host = query.pop("host", "") or unquote(parts.hostname or "")
    port = query.pop("port", "") or (str(parts.port) if parts.port else "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        "OPTIONS": dict(query),
    }


def _flag(source: dict[str, str], name: str, wrong: list[str]) -> bool:
    value = source.get(name, "").strip().lower()
    if value not in ("", "0", "1", "true", "false", "yes", "no", "on", "off"):
        wrong.append(f"{name} is neither 1 nor 0.")
    return value in ("1", "true", "yes", "on")


def _number(source: dict[str, str], name: str, default: int, wrong: list[str]) -> int:
    value = source.get(name, "").strip()
    if value and not (value.isdecimal() and 0 < int(value) < 65536):  # noqa: PLR2004 - the highest port
        wrong.append(f"{name} is not a port number.")
        return default
    return int(value) if value else default


def _address(source: dict[str, str], name: str, wrong: list[str]) -> str:
    value = source.get(name, "").strip()
    if value and urlsplit(value).scheme not in ("postgres", "postgresql"):
        wrong.append(f"{name} is not a postgresql:// address.")
        return ""
    return value
