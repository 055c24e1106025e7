"""A try says whether somebody went there: only being with them is the response that a triage code promises."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0019_not_reached")]

    operations = [
        migrations.AddField(
            "attempt",
            "in_person",
            models.BooleanField(
                db_default=False, default=False, help_text="Somebody went where they might be"
            ),
        ),
    ]
