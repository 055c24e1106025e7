"""Whoever works on an application hangs the notice that came, and the proof that it was handed in, on it as files."""

from django.db import migrations

from breakwater.attachments.walls import hung_on
from breakwater.trust.walls import stands

_WORKS = (
    f"o.circle_id = {{table}}.circle_id AND {{table}}.to_agency_id IS NULL AND {stands('needs', works=True)}"
)


class Migration(migrations.Migration):
    dependencies = [("benefits", "0002_walls"), ("attachments", "0002_walls")]

    operations = [
        hung_on(what, opens="needs", table=f"benefits_{what}", same=_WORKS)
        for what in ("notice", "application")
    ]
