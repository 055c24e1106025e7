"""A step that a law keeps apart stands on no screen that others may look at, as what is confidential of a plan does not."""

from importlib import import_module

from django.db import migrations

_walls = import_module("breakwater.portal.migrations.0002_walls")
_AS = "DROP POLICY own_copy ON plans_step; CREATE POLICY own_copy ON plans_step FOR SELECT USING ({seen});"
_SHOWN = _AS.format(seen=_walls._in("steps", _walls._SHOWN).format(table="plans_step"))
_BEFORE = _AS.format(seen=_walls._in("steps").format(table="plans_step"))


class Migration(migrations.Migration):
    dependencies = [("portal", "0011_programs_that_tell"), ("plans", "0009_kept_apart")]

    operations = [migrations.RunSQL(_SHOWN, _BEFORE)]
