"""The only settings file. Reads ``env``, never ``os.environ``."""

from pathlib import Path

from breakwater.kernel.plans import Lasting
from breakwater.server import env

_environment = env.read()
BASE_DIR = Path(__file__).resolve().parent.parent

PRODUCTION = _environment.production
DEBUG = _environment.debug
SECRET_KEY = _environment.secret_key
SEAL_KEY = _environment.seal_key
MASTER_KEY = _environment.master_key
MASTER_KEY_BEFORE = _environment.master_key_before
PERSON_KEYS = _environment.person_keys
ANCHORS = _environment.anchors
BACKUPS = _environment.backups
RESERVE = _environment.data / "postgres" / "reserve"
ALLOWED_HOSTS = list(_environment.hosts)
SECURITY_CONTACT = _environment.security_contact
MAIL = _environment.mail
CLAMAV = _environment.clamav
SMS_GATEWAY, SMS_KEY, SMS_SECRET = _environment.sms.gateway, _environment.sms.key, _environment.sms.secret
NEAR_HOSTS = _environment.near_hosts
PUSH_HOSTS = _environment.push_hosts
PUSH_CONTACT = _environment.push_contact

INSTALLED_APPS = [
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "breakwater.kernel",
    "breakwater.ui",
    "breakwater.trust",
    "breakwater.clocks",
    "breakwater.people",
    "breakwater.resources",
    "breakwater.attachments",
    "breakwater.cases",
    "breakwater.plans",
    "breakwater.assessments",
    "breakwater.benefits",
    "breakwater.duties",
    "breakwater.messaging",
    "breakwater.referrals",
    "breakwater.privacy",
    "breakwater.administration",
    "breakwater.desk",
    "breakwater.portal",
    "breakwater.interop",
    "breakwater.simulation",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "breakwater.ui.headers.SecurityHeaders",
    "breakwater.portal.discreet.Discreet",
    "breakwater.ui.headers.FromHere",
    "breakwater.server.static.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "breakwater.trust.middleware.Keeper",
]

ROOT_URLCONF = "breakwater.server.urls"
ASGI_APPLICATION = "breakwater.server.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "breakwater.ui.jinja.Templates",
        "APP_DIRS": True,
        "OPTIONS": {"environment": "breakwater.ui.jinja.environment"},
    }
]

DATABASES = {"default": env.django_database(_environment.database_url or "postgresql:///breakwater")}
# As many connections as a worker has threads. Four: there is a worker to each processor, and more threads in it only
# push each other's work out of the way; measured in decision 0048.
DATABASES["default"]["OPTIONS"] |= {
    # Whoever finds PostgreSQL away tries anew every second, and soon leaves it to whoever asks next. psycopg would rest
    # twice as long each time: after an outage nobody was served for as long again.
    "pool": {
        "min_size": 1,
        "max_size": 4,
        "timeout": 20,
        "reconnect_timeout": 3,
        "connection_class": Lasting,
    },
    "application_name": "breakwater",
    "server_side_binding": True,
    "prepare_threshold": 2,
}
# A connection that lay in the pool while PostgreSQL was killed is thrown away before anybody asks through it.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "trust.User"
AUTHENTICATION_BACKENDS = ["breakwater.trust.sign_in.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
SESSION_ENGINE = "breakwater.trust.sessions"
# A browser keeps a cookie of that name only if this very host set it, for all of the host, over HTTPS.
_ONLY_THIS_HOST = "__Host-" if PRODUCTION else ""
SESSION_COOKIE_NAME = f"{_ONLY_THIS_HOST}sessionid"
CSRF_COOKIE_NAME = f"{_ONLY_THIS_HOST}csrftoken"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = PRODUCTION
NOTES_COOKIE = f"{_ONLY_THIS_HOST}notes"
LEFT_COOKIE = f"{_ONLY_THIS_HOST}out"
ANSWER_COOKIE = f"{_ONLY_THIS_HOST}answer"
ROOM_COOKIE = f"{_ONLY_THIS_HOST}room"
SINGLE_COOKIE = "__Host-single" if PRODUCTION else "single"
CARRIED_COOKIE = f"{_ONLY_THIS_HOST}carried"
PASSKEY_DOMAIN = _environment.passkey_domain
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "breakwater.ui.views.form_expired"

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR.parent / "static_built" if PRODUCTION else None
STORAGES = {
    "staticfiles": {
        "BACKEND": "breakwater.server.static.Gathered"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_AUTOREFRESH = DEBUG

# How often one address may ask the public directory in a minute, each process of the web server counting for itself.
PUBLIC_PACE = 600
# How many times as often as `trust/paces.toml` says one person may search, print, export and open files.
PERSON_PACE = 1.0
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 12
# What is chosen on a page stays in memory: a file of a person lies on no disk before it is encrypted.
FILE_UPLOAD_MAX_MEMORY_SIZE = 24 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "discreet": {"()": "breakwater.server.logs.Discreet"},
        "whole": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "whole" if DEBUG else "discreet"}
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "breakwater": {"level": "INFO"},
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "uvicorn": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "uvicorn.error": {"level": "WARNING"},
    },
}
