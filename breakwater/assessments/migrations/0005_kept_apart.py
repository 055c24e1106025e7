"""One assessment is kept apart by a law, with everything that was answered and what it came to."""

from django.db import migrations

from breakwater.trust.models import segmented
from breakwater.trust.walls import rewalled_by_segments, told_of_in_the_journal

_GROW = ("answer", "result", "override", "decision")


class Migration(migrations.Migration):
    dependencies = [("assessments", "0004_asked_again"), ("trust", "0025_parts_of_a_record")]

    operations = [
        migrations.AddField("alert", "segments", segmented("Those of its assessment")),
        migrations.AddField("answer", "segments", segmented("Those of its assessment")),
        migrations.AddField("assessment", "segments", segmented("Which laws protect this beyond the rest")),
        migrations.AddField("decision", "segments", segmented("Those of its assessment")),
        migrations.AddField("override", "segments", segmented("Those of its assessment")),
        migrations.AddField("result", "segments", segmented("Those of its assessment")),
        *(rewalled_by_segments(f"assessments_{table}", "care") for table in ("assessment", "alert", *_GROW)),
        *(told_of_in_the_journal(f"assessments_{table}") for table in ("assessment", "alert", *_GROW)),
    ]
