"""A clock that stands still breaches nothing: a case stands on the board by its first clock that ticks.

Only where every clock of a case stands still does it stand there by the first of those, so that none is ever left out.
"""

from importlib import import_module

from django.db import migrations

_ASKED_ONCE = import_module("breakwater.cases.migrations.0009_asked_once")
_COUNTED = import_module("breakwater.cases.migrations.0010_counted_in_an_index")._COUNTED
_NIGHT = import_module("breakwater.cases.migrations.0011_the_night")

_STILL = "{clock}.paused_at IS NOT NULL"


_NEXT = (
    _ASKED_ONCE._NEXT.replace("CREATE VIEW", "CREATE OR REPLACE VIEW")
    .replace("k.due_soon_at\n", "k.due_soon_at, k.paused_at\n")
    .replace("(earlier.due_at", f"({_STILL.format(clock='earlier')}, earlier.due_at")
    .replace("< (k.due_at", f"< ({_STILL.format(clock='k')}, k.due_at")
)
_IN_DANGER_NOW = (
    _NIGHT._IN_DANGER_NOW.replace("CREATE VIEW", "CREATE OR REPLACE VIEW")
    .replace("k.due_soon_at\n", "k.due_soon_at, k.paused_at\n")
    .replace("r.due_soon_at FROM", "r.due_soon_at, r.paused_at FROM")
    .replace("ORDER BY r.due_at", f"ORDER BY {_STILL.format(clock='r')}, r.due_at")
)
_BREACHING = _COUNTED.replace("AND k.due_at <= at", "AND k.paused_at IS NULL AND k.due_at <= at")


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_within_reach")]

    operations = [
        migrations.RunSQL(_NEXT, f"DROP VIEW cases_next; {_ASKED_ONCE._NEXT}"),
        migrations.RunSQL(_IN_DANGER_NOW, f"DROP VIEW cases_in_danger_now; {_NIGHT._IN_DANGER_NOW}"),
        migrations.RunSQL(_BREACHING, _COUNTED),
    ]
