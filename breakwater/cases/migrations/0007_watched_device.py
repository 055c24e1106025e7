"""One more circumstance: somebody else reads what is on the person's phone or computer."""

from django.db import migrations, models

from breakwater.cases.models import Circumstance


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_counted")]

    operations = [
        migrations.AlterField(
            "Circumstance", "kind", models.CharField(choices=Circumstance.Kind.choices, max_length=20)
        ),
    ]
