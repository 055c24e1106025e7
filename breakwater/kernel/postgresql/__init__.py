"""Django's way to PostgreSQL, with savepoints that are set at need. Settings name this package as the engine."""
