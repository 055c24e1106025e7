"""An agreement says in which language the plan was read: what they saw is kept as they saw it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plans", "0007_drawn_by_hand")]

    operations = [
        migrations.AddField(
            model_name="agreement",
            name="language",
            field=models.CharField(
                db_default="en", default="en", help_text="In which they read it", max_length=12
            ),
        )
    ]
