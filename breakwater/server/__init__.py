"""Settings, the map of the site, the embedded database and the ``breakwater`` command. Knows nothing of the field."""
