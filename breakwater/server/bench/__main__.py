import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "breakwater.server.settings")
django.setup()

from breakwater.server.bench.command import main  # noqa: E402 - the models need the settings first

try:
    sys.exit(main(sys.argv[1:]))
except KeyboardInterrupt:  # whoever measures has seen enough
    sys.exit(130)
