"""A child whom somebody else endangers asks the agency's own row on child abuse."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("duties", "0002_walls")]

    operations = [
        migrations.AlterField(
            model_name="prompt",
            name="signal",
            field=models.CharField(
                choices=[
                    ("danger_others", "A danger to others, likely or now"),
                    ("danger_community", "A danger to the community, likely or now"),
                    ("danger_from_other", "A child in danger from somebody else, likely or now"),
                    ("child_in_home", "A child in the home"),
                    ("older_person", "An older person who may be harmed or neglected"),
                    ("dependent_adult", "An adult who depends on others and may be harmed"),
                    ("harm_in_care", "Harm by somebody who is paid to care"),
                    ("weapon", "A weapon within reach"),
                    ("named_target", "A threat to somebody who can be named"),
                    ("injury_by_partner", "An injury by somebody close to them"),
                    ("wound", "A gunshot or stab wound"),
                    ("by_hand", "A worker asked"),
                ],
                max_length=20,
            ),
        ),
    ]
