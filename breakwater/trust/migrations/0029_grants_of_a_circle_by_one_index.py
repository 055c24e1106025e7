"""Who stands in a circle is found by one index, that of circle and agency: a second one only kept pages out of memory."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trust", "0028_standings_that_end")]

    operations = [
        migrations.AlterField(
            "grant",
            "circle",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="grants",
                to="trust.circle",
            ),
        )
    ]
