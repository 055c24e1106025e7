"""One more circumstance: somebody else reads what is on the person's phone or computer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_counted")]

    operations = [
        migrations.AlterField(
            "Circumstance",
            "kind",
            models.CharField(
                choices=[
                    ("child_in_home", "A child in the home"),
                    ("older_person", "An older person who may be harmed or neglected"),
                    ("dependent_adult", "An adult who depends on others and may be harmed"),
                    ("harm_in_care", "Harm by somebody who is paid to care"),
                    ("weapon", "A weapon within reach"),
                    ("named_target", "A threat to somebody who can be named"),
                    ("injury_by_partner", "An injury by somebody close to them"),
                    ("wound", "A gunshot or stab wound"),
                    ("watched_device", "Somebody else reads what is on their phone or computer"),
                ],
                max_length=20,
            ),
        ),
    ]
