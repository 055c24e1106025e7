"""What an agency was shown lately is found by when: who looks through looks asks every ten minutes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trust", "0021_who_comes_in_meanwhile")]

    operations = [
        migrations.AddIndex("Sighting", models.Index("agency", "seen_at", name="sighting_by_time")),
    ]
