"""What stands in the way is kept apart by a law where it tells too much."""

from django.db import migrations

from breakwater.trust.models import segmented
from breakwater.trust.walls import rewalled_by_segments, told_of_in_the_journal


class Migration(migrations.Migration):
    dependencies = [("cases", "0012_taken_in_twice"), ("trust", "0025_parts_of_a_record")]

    operations = [
        migrations.AddField("barrier", "segments", segmented("Which laws protect this beyond the rest")),
        rewalled_by_segments("cases_barrier", "care"),
        *(told_of_in_the_journal(f"cases_{table}") for table in ("note", "amendment", "barrier")),
    ]
