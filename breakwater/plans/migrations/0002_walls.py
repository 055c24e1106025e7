"""The second wall round needs and steps."""

from django.db import migrations

from breakwater.trust.walls import walled


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_needs_and_steps"), ("trust", "0002_walls")]

    operations = [walled(f"plans_{table}") for table in ("need", "link", "step")]
