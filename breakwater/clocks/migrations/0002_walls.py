"""The second wall round promises."""

from django.db import migrations

from breakwater.trust.walls import walled


class Migration(migrations.Migration):
    dependencies = [("clocks", "0001_promises"), ("trust", "0002_walls")]

    operations = [walled(f"clocks_{table}") for table in ("clock", "pause", "alarm")]
