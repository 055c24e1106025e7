"""Terms as their source tells them: with the wider term, where it is explained, and the list that it stands in."""

import django.contrib.postgres.fields
from django.db import migrations, models

import breakwater.kernel.ids


def _words(**facts: object) -> models.TextField:
    return models.TextField(blank=True, **facts)


class Migration(migrations.Migration):
    dependencies = [("resources", "0007_codes_of_terms")]

    operations = [
        migrations.CreateModel(
            name="TaxonomyTerm",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=breakwater.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("source", models.CharField(max_length=80)),
                ("external_id", models.CharField(max_length=200)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                ("name", models.TextField()),
                ("code", _words()),
                ("description", _words()),
                ("uri", _words(help_text="Where others read what it means")),
                ("language", _words()),
                ("parent", _words(help_text="What its source calls the wider term")),
                ("taxonomy", _words(help_text="The list that it stands in, by name")),
                ("taxonomy_key", _words(help_text="What its source calls that list")),
                ("taxonomy_about", _words()),
                ("taxonomy_uri", _words()),
                ("taxonomy_version", _words()),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        models.F("source"), models.F("external_id"), name="taxonomyterm_once_per_source"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="service",
            name="term_keys",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), blank=True, db_default=[], size=None,
                help_text="What its source calls each term; one to a term",
            ),
        ),
    ]  # fmt: skip
