"""A need, a goal, a step and what else stands in a plan is kept apart by a law, one by one."""

from django.db import migrations

from breakwater.trust.models import segmented
from breakwater.trust.walls import rewalled_by_segments, told_of_in_the_journal

_TOLD = (
    "agreement", "copygiven", "goal", "lesson", "need", "safeguard", "safetyplan", "step", "sufficiency",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("plans", "0009_from_0_to_10"), ("trust", "0025_parts_of_a_record")]

    operations = [
        migrations.AddField("agreement", "segments", segmented("Which laws protect this beyond the rest")),
        migrations.AddField("goal", "segments", segmented("Which laws protect this beyond the rest")),
        migrations.AddField("lesson", "segments", segmented("Which laws protect this beyond the rest")),
        migrations.AddField("need", "segments", segmented("Which laws protect this beyond the rest")),
        migrations.AddField("step", "segments", segmented("Which laws protect this beyond the rest")),
        migrations.AddField("sufficiency", "segments", segmented("Which laws protect this beyond the rest")),
        *(
            rewalled_by_segments(f"plans_{table}", "needs")
            for table in ("agreement", "goal", "need", "step", "sufficiency")
        ),
        rewalled_by_segments("plans_lesson", "care"),
        *(told_of_in_the_journal(f"plans_{table}") for table in _TOLD),
    ]
