"""Of a confidential place nothing nearer than its state is kept any more."""

from django.db import migrations, models

_FORGET = """
UPDATE resources_place SET city = '', accessibility = '', url = '' WHERE is_confidential;
UPDATE resources_serviceat a SET description = '' FROM resources_place p WHERE p.id = a.place_id AND p.is_confidential;
"""
_NAME = "a_confidential_place_keeps_no_address"
_HIDDEN = ("address", "city", "mail_address", "postal_code", "alternate_name", "description", "transportation",
           "accessibility", "url")  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("resources", "0002_answers")]

    operations = [
        migrations.RunSQL(_FORGET, migrations.RunSQL.noop),
        migrations.RemoveConstraint("place", _NAME),
        migrations.AddConstraint(
            "place",
            models.CheckConstraint(
                name=_NAME,
                condition=models.Q(is_confidential=False)
                | models.Q(**dict.fromkeys(_HIDDEN, ""), latitude=None, longitude=None),
            ),
        ),
    ]
