"""Questions that are answered where the rows lie: which help is open at a moment, and by which words it is found.

``rules.is_open`` says the same of one place. Ids made here are of version 7, like those of ``kernel.ids``.

A day is judged as a whole: where a holiday covers it, the holiday's hours hold instead of the week's. A span that
closes not after it opens runs into the next day, and belongs to the day it began on.
"""

from django.db import migrations

_ON_DAY = """
CREATE FUNCTION resources_is_on_day(weekday int, nth int, month_day int, starts_on date, ends_on date, day date)
    RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT (starts_on IS NULL OR starts_on <= day) AND (ends_on IS NULL OR ends_on >= day) AND CASE
        WHEN weekday IS NULL THEN month_day IN (
            extract(day FROM day)::int,
            extract(day FROM day)::int - extract(day FROM date_trunc('month', day) + interval '1 month -1 day')::int - 1
        )
        WHEN weekday <> extract(isodow FROM day)::int - 1 THEN false
        WHEN nth IS NULL THEN true
        WHEN nth > 0 THEN nth = (extract(day FROM day)::int - 1) / 7 + 1
        ELSE nth = -1 - (extract(day FROM date_trunc('month', day) + interval '1 month -1 day')::int
                         - extract(day FROM day)::int) / 7
    END
$$
"""

_HOLIDAY = """
CREATE FUNCTION resources_is_holiday(h resources_holiday, day date) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN NOT h.every_year THEN day BETWEEN h.starts_on AND h.ends_on
        WHEN h.ends_on - h.starts_on >= 365 THEN true
        WHEN to_char(h.starts_on, 'MMDD') <= to_char(h.ends_on, 'MMDD')
            THEN to_char(day, 'MMDD') BETWEEN to_char(h.starts_on, 'MMDD') AND to_char(h.ends_on, 'MMDD')
        ELSE to_char(day, 'MMDD') >= to_char(h.starts_on, 'MMDD') OR to_char(day, 'MMDD') <= to_char(h.ends_on, 'MMDD')
    END
$$
"""

_IN_SPAN = """
CREATE FUNCTION resources_is_in_span(local timestamp, day date, opens time, closes time)
    RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT local >= day + opens AND local < day + closes + CASE WHEN closes <= opens THEN 1 ELSE 0 END * interval '1 day'
$$
"""

_OPEN_NOW = """
CREATE FUNCTION resources_open_now(at timestamptz, zone text)
    RETURNS TABLE (service_id uuid, place_id uuid) LANGUAGE sql STABLE AS $$
    WITH RECURSIVE zones AS (
        SELECT min(h.time_zone) AS time_zone FROM resources_hours h
        UNION ALL
        SELECT (SELECT min(h.time_zone) FROM resources_hours h WHERE h.time_zone > z.time_zone)
        FROM zones z WHERE z.time_zone IS NOT NULL
    ), days AS MATERIALIZED (
        SELECT z.time_zone, l.local::time AS now, l.local::date - back AS day, back,
            extract(isodow FROM l.local::date - back)::smallint - 1 AS weekday
        FROM zones z, LATERAL (SELECT at AT TIME ZONE coalesce(nullif(z.time_zone, ''), zone) AS local) l,
            generate_series(0, 1) back
        WHERE z.time_zone IS NOT NULL
    )
    SELECT h.service_id, h.place_id
    FROM days d JOIN resources_hours h ON h.time_zone = d.time_zone AND h.weekday = d.weekday
    WHERE CASE WHEN h.closes_at > h.opens_at THEN d.back = 0 AND d.now >= h.opens_at AND d.now < h.closes_at
            WHEN d.back = 0 THEN d.now >= h.opens_at ELSE d.now < h.closes_at END
        AND ((h.nth IS NULL AND h.starts_on IS NULL AND h.ends_on IS NULL) OR resources_is_on_day(h.weekday, h.nth, h.month_day, h.starts_on, h.ends_on, d.day))
        AND NOT EXISTS (SELECT FROM resources_holiday o WHERE o.place_id = h.place_id AND resources_is_holiday(o, d.day))
        AND NOT EXISTS (SELECT FROM resources_holiday o WHERE o.service_id = h.service_id AND resources_is_holiday(o, d.day))
    UNION ALL
    SELECT h.service_id, h.place_id
    FROM days d JOIN resources_hours h ON h.time_zone = d.time_zone AND h.weekday IS NULL AND h.month_day IS NOT NULL
    WHERE CASE WHEN h.closes_at > h.opens_at THEN d.back = 0 AND d.now >= h.opens_at AND d.now < h.closes_at
            WHEN d.back = 0 THEN d.now >= h.opens_at ELSE d.now < h.closes_at END
        AND resources_is_on_day(h.weekday, h.nth, h.month_day, h.starts_on, h.ends_on, d.day)
        AND NOT EXISTS (SELECT FROM resources_holiday o WHERE o.place_id = h.place_id AND resources_is_holiday(o, d.day))
        AND NOT EXISTS (SELECT FROM resources_holiday o WHERE o.service_id = h.service_id AND resources_is_holiday(o, d.day))
    UNION ALL
    SELECT o.service_id, o.place_id
    FROM resources_holiday o,
        LATERAL (SELECT at AT TIME ZONE coalesce(nullif(o.time_zone, ''), zone) AS local) l,
        LATERAL (SELECT l.local::date - back AS day FROM generate_series(0, 1) back) d
    WHERE o.opens_at IS NOT NULL
        AND resources_is_holiday(o, d.day)
        AND resources_is_in_span(l.local, d.day, o.opens_at, o.closes_at)
$$
"""

_OPEN_SERVICES = """
CREATE FUNCTION resources_open_services(at timestamptz, zone text) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    WITH open_now AS MATERIALIZED (SELECT * FROM resources_open_now(at, zone))
    SELECT o.service_id FROM open_now o WHERE o.place_id IS NULL
    UNION
    SELECT a.service_id FROM open_now o JOIN resources_serviceat a ON a.place_id = o.place_id
    WHERE a.retired_at IS NULL AND (a.service_id = o.service_id OR (o.service_id IS NULL AND a.hours_from = 'place'))
$$
"""


_NEW_ID = """
CREATE FUNCTION resources_new_id() RETURNS uuid LANGUAGE sql VOLATILE AS $$
    SELECT encode(
        set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
            PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6
        ), 52, 1), 53, 1), 'hex')::uuid
$$
"""

_WORDS = """
CREATE FUNCTION resources_words(names text, terms text[], description text, eligibility text)
    RETURNS tsvector LANGUAGE sql STABLE AS $$
    SELECT setweight(to_tsvector('english', left(names, 20000)), 'A')
        || setweight(to_tsvector('english', left(array_to_string(terms, ' '), 20000)), 'B')
        || setweight(to_tsvector('english', left(description, 100000)), 'C')
        || setweight(to_tsvector('english', left(eligibility, 20000)), 'D')
$$
"""

_DROP = """
DROP FUNCTION resources_words(text, text[], text, text);
DROP FUNCTION resources_new_id();
DROP FUNCTION resources_open_services(timestamptz, text);
DROP FUNCTION resources_open_now(timestamptz, text);
DROP FUNCTION resources_is_in_span(timestamp, date, time, time);
DROP FUNCTION resources_is_holiday(resources_holiday, date);
DROP FUNCTION resources_is_on_day(int, int, int, date, date, date);
"""


class Migration(migrations.Migration):
    dependencies = [("resources", "0001_the_directory")]

    operations = [
        migrations.RunSQL([_ON_DAY, _HOLIDAY, _IN_SPAN, _OPEN_NOW, _OPEN_SERVICES, _NEW_ID, _WORDS], _DROP),
    ]
