"""Who writes 23:59 for midnight is open until the day is over: a house does not close for a minute each night."""

from importlib import import_module

from django.db import migrations

_before = import_module("breakwater.resources.migrations.0002_answers")

_END = """
CREATE FUNCTION resources_end_of(closes time) RETURNS time LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN closes >= '23:59' THEN time '24:00' ELSE closes END
$$
"""


def _again(function: str) -> str:
    return function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


_IN_SPAN = """
CREATE OR REPLACE FUNCTION resources_is_in_span(local timestamp, day date, opens time, closes time)
    RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT local >= day + opens AND local < day + resources_end_of(closes)
        + CASE WHEN resources_end_of(closes) <= opens THEN 1 ELSE 0 END * interval '1 day'
$$
"""
_OPEN_NOW = _again(_before._OPEN_NOW).replace("h.closes_at", "resources_end_of(h.closes_at)")


class Migration(migrations.Migration):
    dependencies = [("resources", "0005_programs_of_beds")]

    operations = [
        migrations.RunSQL(
            [_END, _IN_SPAN, _OPEN_NOW],
            [_again(_before._IN_SPAN), _again(_before._OPEN_NOW), "DROP FUNCTION resources_end_of(time)"],
        ),
    ]
