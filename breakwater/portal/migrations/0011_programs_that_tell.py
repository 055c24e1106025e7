"""A program at a place tells its room by a key of its own, beside the phones that were let in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portal", "0010_while_their_device_is_theirs")]

    operations = [
        migrations.AddField(
            model_name="roomdevice",
            name="is_program",
            field=models.BooleanField(default=False, help_text="A program with a key, and no browser"),
        ),
    ]
