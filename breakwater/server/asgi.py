"""The door for the web server. In production it stays shut while anything is unsafe."""

import os
import sys

import django

from breakwater.server.bounds import Bounded
from breakwater.server.checks import refuse_what_is_unsafe
from breakwater.server.env import WrongEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "breakwater.server.settings")

try:
    refuse_what_is_unsafe()
except WrongEnvironment as trouble:
    sys.exit(str(trouble))

django.setup(set_prefix=False)

# the handler and all below need the settings
from breakwater.kernel.patience import ANSWERING, WEB, keep_to, wait_for_a_connection  # noqa: E402
from breakwater.server.handler import OneThread, settle  # noqa: E402

keep_to(WEB)
wait_for_a_connection(ANSWERING.connection)
application = Bounded(OneThread())
settle()
