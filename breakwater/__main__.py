import sys

from breakwater.server.cli import main

sys.exit(main())
