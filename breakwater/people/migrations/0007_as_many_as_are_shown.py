"""The search by name counts what a name shares with what was typed once for each name, and compares more of the best exactly.

Who is asked for fewer people compares fewer names: the page asks for as many as it shows, and no longer for three times as
many, of which most were read, compared and asked about for nothing.
"""

from importlib import import_module

from django.db import migrations

_BEFORE = import_module("breakwater.people.migrations.0004_search_by_words")._SEARCH

_RANKED_BEFORE = """SELECT w.name_id FROM people_nameword w WHERE w.agency_id = asking AND w.word = ANY (words)
                    ORDER BY bit_count(w.signature & signed)::real
                        / (trigrams_of + w.trigrams - bit_count(w.signature & signed)) DESC
                    LIMIT most * 5"""

# Without OFFSET 0 PostgreSQL would count the common trigrams wherever they are spoken of.
_RANKED = """SELECT f.name_id FROM (
                        SELECT w.name_id, w.trigrams, bit_count(w.signature & signed)::integer AS common
                        FROM people_nameword w WHERE w.agency_id = asking AND w.word = ANY (words) OFFSET 0
                    ) f ORDER BY f.common * 1000 / (trigrams_of + f.trigrams - f.common) DESC
                    LIMIT most * 8"""

_READ_BEFORE = ") near JOIN people_namebook n ON n.name_id = near.name_id AND n.agency_id = asking\n                GROUP BY"

# The best are known before their names are read: LATERAL with OFFSET 0 leaves the planner no way to walk the whole book
# for them, as it does where it last saw the tables empty.
_READ = """) near CROSS JOIN LATERAL (
                    SELECT b.person_id, b.circle_id, b.key FROM people_namebook b
                    WHERE b.name_id = near.name_id AND b.agency_id = asking OFFSET 0
                ) n
                GROUP BY"""


class Migration(migrations.Migration):
    dependencies = [("people", "0006_found_by_description")]

    operations = [
        migrations.RunSQL(_BEFORE.replace(_RANKED_BEFORE, _RANKED).replace(_READ_BEFORE, _READ), _BEFORE)
    ]
