"""The search by name reads no name that cannot be alike, nor any that cannot stand before the last of those shown.

What a name shares with what was typed is at most what their signatures share, and as many more as trigrams of what was
typed stand on one place of a signature. So a signature tells how much alike a name is *at most*. Names are read in that
order: twice as many as are shown, and then those that may still stand before the last of them; a name that may not be
alike by three in ten is not read at all, and no name twice because two of its words are alike.

A name whose best word shares just as much as a word must share is alike by three in ten and hardly more. Those are looked
for only where fewer than four times as many as are shown are found by words that share more.
"""

from importlib import import_module

from django.db import migrations

_seventh = import_module("breakwater.people.migrations.0007_as_many_as_are_shown")
_BEFORE = _seventh._BEFORE.replace(_seventh._RANKED_BEFORE, _seventh._RANKED).replace(
    _seventh._READ_BEFORE, _seventh._READ
)
_STANDS = import_module("breakwater.people.migrations.0004_search_by_words")._STANDS

_DECLARED = "        words text[];\n"
_TOO = """        twice integer := cardinality(show_trgm(wanted)) - bit_count(people_signature(wanted))::integer;
        words text[];
        less text[];
        near uuid[];
        upmost integer[];
        likes real[];
        many integer := most * 2;
        before integer;
"""
_SEARCHED = _BEFORE[
    _BEFORE.index("        words := ARRAY(") : _BEFORE.index("        IF cardinality(alike) < most AND")
]

# Thirteen of what is shared against three of both: shared / (typed + name - shared) is 0.3 at least, in whole numbers.
_BEST = """SELECT array_agg(f.name_id ORDER BY f.upmost DESC), array_agg(f.upmost ORDER BY f.upmost DESC) INTO near, upmost FROM (
                SELECT f.name_id, max((f.common + twice) * 1000 / (trigrams_of + f.trigrams - f.common - twice)) + 1 AS upmost FROM (
                    SELECT w.name_id, w.trigrams, bit_count(w.signature & signed)::integer AS common
                    FROM people_nameword w WHERE w.agency_id = asking AND w.word = ANY (%s) OFFSET 0
                ) f WHERE (f.common + twice) * 13 >= (trigrams_of + f.trigrams) * 3
                GROUP BY f.name_id ORDER BY 2 DESC LIMIT most * 8
            ) f;
"""
_NEARLY = f"""        SELECT array_agg(k.word) FILTER (WHERE k.common > closely), array_agg(k.word) FILTER (WHERE k.common = closely)
            INTO words, less FROM (
                SELECT w.word, bit_count(w.signature & signed) AS common
                FROM people_wordbook w WHERE w.agency_id = asking OFFSET 0
            ) k WHERE k.common >= closely;
        {_BEST % "words"}        IF less IS NOT NULL AND coalesce(cardinality(near), 0) < most * 4 THEN
            {_BEST % "words || less"}        END IF;
"""
_EXACTLY = f"""        LOOP
            SELECT array_agg(b.person_id), array_agg(b.likeness) INTO alike, likes FROM (
                SELECT b.person_id, b.likeness FROM (
                    SELECT n.person_id, n.circle_id, max(similarity(n.key, wanted)) AS likeness
                    FROM unnest(near[:many]) AS near (name_id) CROSS JOIN LATERAL (
                        SELECT b.person_id, b.circle_id, b.key FROM people_namebook b
                        WHERE b.name_id = near.name_id AND b.agency_id = asking OFFSET 0
                    ) n
                    GROUP BY n.person_id, n.circle_id HAVING max(similarity(n.key, wanted)) >= 0.3
                    ORDER BY 3 DESC, 1 OFFSET 0
                ) b WHERE {_STANDS} LIMIT most
            ) b;
            EXIT WHEN many >= coalesce(cardinality(near), 0);
            before := many;
            many := (SELECT count(*) FROM unnest(upmost) u WHERE u > coalesce(likes[most] * 1000, 0));
            EXIT WHEN many <= before;
        END LOOP;
        RETURN QUERY SELECT * FROM unnest(alike, likes);
        alike := coalesce(alike, '{{}}');
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0009_safe_words")]

    operations = [
        migrations.RunSQL(
            _BEFORE.replace(_DECLARED, _TOO).replace(_SEARCHED, _NEARLY + _EXACTLY),
            _BEFORE,
        )
    ]
