"""Calls with three and visits together: written at either end of a hand-off, and never changed again."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

import breakwater.kernel.db
import breakwater.kernel.ids

_walls = import_module("breakwater.referrals.migrations.0002_walls")


def _key(to: str, related_name: str = "+", **facts: object) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=to, **facts
    )


class Migration(migrations.Migration):
    dependencies = [("referrals", "0008_on_hold")]

    operations = [
        migrations.CreateModel(
            name="Meeting",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=breakwater.kernel.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("call", "A call with three"),
                            ("video", "A video call with three"),
                            ("visit", "A visit together"),
                        ],
                        max_length=5,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("spoke", "Receiver and person spoke"),
                            ("person_away", "The person was not there"),
                            ("receiver_away", "The receiver was not there"),
                            ("broken_off", "Broken off before they spoke"),
                        ],
                        max_length=13,
                    ),
                ),
                (
                    "receiver",
                    models.CharField(blank=True, help_text="Who of the receiver was on it", max_length=200),
                ),
                (
                    "sender",
                    models.CharField(blank=True, help_text="Who of the sender was on it", max_length=200),
                ),
                (
                    "others",
                    models.TextField(blank=True, help_text="Who else was on it, besides the person"),
                ),
                ("words", models.TextField(blank=True)),
                ("at", models.DateTimeField(help_text="When it was held")),
                ("recorded_at", models.DateTimeField(db_default=breakwater.kernel.db.RecordedNow())),
                ("by", _key("trust.user", null=True, db_index=False)),
                ("by_agency", _key("trust.agency", db_index=False, help_text="Whose worker wrote it down")),
                ("from_agency", _key("trust.agency", db_index=False)),
                ("handoff", _key("referrals.handoff", "meetings")),
                ("to_agency", _key("trust.agency", null=True, db_index=False)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "spoke"), _negated=True),
                            models.Q(("receiver", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="whoever_of_the_receiver_spoke_is_named",
                    )
                ]
            },
        ),
        _walls.stage("referrals_meeting", "referrals_handoff", "handoff_id"),
    ]
