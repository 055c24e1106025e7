"""A step that a law keeps apart stands on no screen that others may look at, as what is confidential of a plan does not.

Whoever speaks for the person is shown none that any law keeps apart: what they are told is asked of the law by parts, and
not by steps.
"""

from importlib import import_module

from django.db import migrations

_walls = import_module("breakwater.portal.migrations.0002_walls")
_AS = "DROP POLICY own_copy ON plans_step; CREATE POLICY own_copy ON plans_step FOR SELECT USING ({seen});"
_THEIRS = (
    "({table}.segments = '{{}}' OR EXISTS (SELECT 1 FROM portal_holder() h WHERE NOT h.speaks_for_them))"
)
_SHOWN = _AS.format(seen=_walls._in("steps", f"{_walls._SHOWN} AND {_THEIRS}").format(table="plans_step"))
_BEFORE = _AS.format(seen=_walls._in("steps").format(table="plans_step"))


class Migration(migrations.Migration):
    dependencies = [("portal", "0011_programs_that_tell"), ("plans", "0010_kept_apart")]

    operations = [migrations.RunSQL(_SHOWN, _BEFORE)]
