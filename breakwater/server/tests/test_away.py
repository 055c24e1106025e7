"""While the database is away."""

import pytest
from django.db import connections
from django.test import Client

from breakwater.trust.tests.browsing import hidden

WORDS = "  She said: “no” & <left>.\r\nThen rain. "


@pytest.mark.filterwarnings("ignore:.*away.*")
def test_while_the_database_is_away_nothing_typed_is_lost(own_database):
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "somebody"
    connections["default"].close()
    connections["default"].close_pool()
    settings = connections["default"].settings_dict
    before, settings["HOST"] = settings["HOST"], "/nowhere"
    pool, settings["OPTIONS"] = (
        settings["OPTIONS"],
        {**settings["OPTIONS"], "pool": {"min_size": 0, "max_size": 1, "timeout": 0.2}},
    )
    try:
        asked = client.get("/")
        typed = client.post("/cases/intake/", {"words": WORDS, "idempotency_key": "k"})
    finally:
        connections["default"].close_pool()
        settings["HOST"], settings["OPTIONS"] = before, pool
    assert (asked.status_code, typed.status_code) == (503, 503)
    assert asked["Retry-After"] == "5"
    assert "The database was away for a moment." in asked.content.decode()
    assert hidden(typed.content, "words") == WORDS
