"""When somebody was reached last is told by an index, with what the wall of a note asks.

Without that PostgreSQL read every note of a case by which they were reached, and put them in order, for one moment.
"""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_kept_apart")]

    operations = [
        migrations.RemoveIndex("Note", "contact_by_case"),
        migrations.AddIndex(
            "Note",
            models.Index(
                fields=["case", "happened_at"],
                include=["circle", "segments"],
                condition=Q(reached=True),
                name="contact_by_case",
            ),
        ),
    ]
