"""A session on a device that goes along ends sooner without a sign of life."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trust", "0023_let_in_by_whose_record_it_is")]

    operations = [
        migrations.AddField(
            model_name="session",
            name="idle_minutes",
            field=models.PositiveSmallIntegerField(
                help_text="How long without a sign of life, where that is less than their agency says",
                null=True,
            ),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("idle_minutes", None),
                    models.Q(("idle_minutes__gte", 1), ("idle_minutes__lte", 60)),
                    _connector="OR",
                ),
                name="a_session_is_not_idle_for_more_than_an_hour",
            ),
        ),
    ]
