"""What somebody took in lately is found at once, so that they can be asked whether this is somebody else."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_the_night")]

    operations = [
        migrations.AddIndex(
            "Case", models.Index(fields=["opened_by", "recorded_at"], name="case_by_who_took_it_in")
        ),
    ]
