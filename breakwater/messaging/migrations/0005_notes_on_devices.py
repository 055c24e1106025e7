"""Who works here can be told on a device: a way that ends with the session on it, and a notice for each of them."""

from django.db import migrations, models
from django.db.models import Q

_AT_WORK = [("sms", "By text message"), ("email", "By e-mail"), ("push", "On a device")]
_ALL = [
    ("app", "On the page of messages"), ("email", "By e-mail"), ("sms", "By text message"), ("push", "On a device"),
]  # fmt: skip
_STANDING = Q(("ends_at", None))


def _hash(help_text: str) -> models.CharField:
    return models.CharField(max_length=64, blank=True, default="", help_text=help_text)


class Migration(migrations.Migration):
    dependencies = [("messaging", "0004_links_for_sites"), ("trust", "0018_erasing")]

    operations = [
        migrations.AlterField("notice", "channel", models.CharField(max_length=5, choices=_ALL)),
        migrations.AlterField("way", "channel", models.CharField(max_length=5, choices=_AT_WORK)),
        migrations.AlterField(
            "way",
            "value",
            models.TextField(help_text="Their address or number at work; or what reaches one browser"),
        ),
        migrations.AddField(
            "way",
            "device",
            _hash("A keyed hash of the session on it: the way ends with that"),
            preserve_default=False,
        ),
        migrations.AddField(
            "way",
            "mark",
            _hash("A keyed hash of the address of one browser: twice is once"),
            preserve_default=False,
        ),
        migrations.RemoveConstraint("way", "one_way_for_each_channel"),
        migrations.AddConstraint(
            "way",
            models.UniqueConstraint(
                models.F("user"), models.F("channel"), condition=_STANDING & Q(mark=""),
                name="one_way_for_each_channel",
            ),
        ),
        migrations.AddConstraint(
            "way",
            models.UniqueConstraint(
                models.F("user"), models.F("mark"), condition=_STANDING & ~Q(mark=""), name="one_way_to_each_browser"
            ),
        ),
        migrations.AddConstraint(
            "way",
            models.CheckConstraint(
                name="only_a_way_to_a_device_names_one",
                condition=Q(channel="push") & ~Q(device="") & ~Q(mark="")
                | ~Q(channel="push") & Q(device="", mark=""),
            ),
        ),
        migrations.RemoveConstraint("notice", "each_notice_once"),
        migrations.AddConstraint(
            "notice",
            models.UniqueConstraint(
                fields=("agency", "cause", "kind", "channel", "step", "to", "way", "contact_point"),
                nulls_distinct=False, name="each_notice_once",
            ),
        ),
    ]  # fmt: skip
