"""Does the search find whom it should? Asked of the page, as shown, against every name compared one by one."""

import re
from typing import Any
from urllib.parse import parse_qs

import psycopg

from breakwater.desk.search import FIRST
from breakwater.kernel.text import name_key
from breakwater.people.matching import AT_LEAST
from breakwater.server.bench.lines import Line, Target
from breakwater.server.bench.load import ask

_ASKED = 60
_SHOWN = {"Matches as typed": 8, "Search by name": FIRST}
_PERSON = re.compile(r"(?:value=\"|/person/)([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")

# Without the index: every name of the agency is compared, so that nothing an index leaves out is missed here too.
_TRUE = """
    SELECT n.person_id, similarity(n.key, %(name)s) FROM people_name n
    JOIN trust_grant g ON g.circle_id = n.circle_id AND g.agency_id = %(agency)s AND g.ends_at IS NULL
    WHERE n.ends_at IS NULL AND similarity(n.key, %(name)s) >= %(at_least)s
    ORDER BY 2 DESC
"""


def recall(port: int, line: Line, targets: list[Target], url: str) -> float | None:
    """The share of the true matches that the page shows; ``None`` for a line that searches nothing.

    The true matches are the names most alike by trigrams, as many as the page has room for. Names equally alike at
    the last place are equally true.
    """
    if line.name not in _SHOWN:
        return None
    wanted = found = 0
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET enable_indexscan = off; SET enable_bitmapscan = off")
        for number in range(_ASKED):
            request = line.make(number)
            shown = set(_PERSON.findall(ask(port, request)))
            true = _true(connection, request[3].decode(), targets[number % len(targets)].agency)
            room = min(_SHOWN[line.name], len(true))
            wanted += room
            if room:
                last = true[room - 1][1]
                alike = sum(str(person) in shown for person, likeness in true if likeness >= last)
                found += min(room, alike)
    return found / wanted if wanted else 1.0


def _true(connection: Any, typed: str, agency: str) -> list[tuple[Any, float]]:
    query = parse_qs(typed)
    name = name_key(query.get("known_as", query.get("q", [""]))[0])
    asked = {"name": name, "agency": agency, "at_least": AT_LEAST}
    rows: list[tuple[Any, float]] = connection.execute(_TRUE, asked).fetchall()
    return rows
