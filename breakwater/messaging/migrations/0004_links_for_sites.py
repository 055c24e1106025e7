"""A link for a site may go through the gate of notices: to an address of the directory, with the link behind fixed words."""

from django.db import migrations, models
from django.db.models import Q


def _text(words: str) -> models.TextField:
    return models.TextField(blank=True, default="", help_text=words)


class Migration(migrations.Migration):
    dependencies = [("messaging", "0003_files")]

    operations = [
        migrations.AddField(
            "notice", "value", _text("The address or number of a site in the directory, when it goes there"),
            preserve_default=False,
        ),
        migrations.AddField(
            "notice", "link", _text("What stands behind the words to a site, until it has gone"), preserve_default=False
        ),
        migrations.AddConstraint(
            "notice",
            models.CheckConstraint(
                name="what_goes_to_a_site_goes_to_nobody_else",
                condition=Q(value="", link="") | (~Q(value="") & Q(to=None, contact_point=None, way=None)),
            ),
        ),
    ]  # fmt: skip
