"""Who wrote a message hangs files on it, and they are as open as the message is."""

from django.db import migrations

from breakwater.attachments.walls import hung_on


class Migration(migrations.Migration):
    dependencies = [("messaging", "0002_walls"), ("attachments", "0002_walls")]

    operations = [hung_on("message", opens="care", table="messaging_message")]
