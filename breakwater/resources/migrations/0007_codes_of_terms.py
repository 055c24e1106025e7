"""By which code a source files a service: it was read and forgotten, so what went out again had lost it."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("resources", "0006_the_last_minute")]

    operations = [
        migrations.AddField(
            model_name="service",
            name="term_codes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(),
                blank=True,
                db_default=[],
                help_text="What its source calls each term by code; one to a term",
                size=None,
            ),
        ),
    ]
