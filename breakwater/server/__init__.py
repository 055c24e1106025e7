"""Settings, the map of the site, the embedded database and the ``breakwater`` command. Knows nothing of the field."""

import atexit
import gc

# What is read while a program starts stays, and what is there when it ends goes anyway: to look for rings of garbage
# among all of it was a third of what a short command took, and is not worth it at either end.
gc.set_threshold(50_000, 20, 50)
atexit.register(gc.freeze)
