"""Somebody known by a description is found by its words, like others by their name."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0005_everybody_who_may_know")]

    operations = [
        migrations.AlterField(
            "Name",
            "kind",
            models.CharField(
                choices=[
                    ("known_as", "Known as"),
                    ("legal", "Legal name"),
                    ("nickname", "Nickname"),
                    ("former", "Former name"),
                    ("described", "Described as"),
                ],
                default="known_as",
                max_length=10,
            ),
        ),
    ]
