"""In which language somebody reads, and in which their agency does."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trust", "0018_erasing")]

    operations = [
        migrations.AddField(
            model_name="agency",
            name="language",
            field=models.CharField(
                db_default="en",
                default="en",
                help_text="Of its pages",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="language",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=12,
            ),
        ),
    ]
