"""A hand-off knows which service of the directory was chosen, as a referral does; and keeps it as it was offered."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("referrals", "0018_given_by_one_clock")]

    operations = [
        migrations.AddField(
            "handoff",
            "service",
            models.ForeignKey(
                null=True, blank=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                to="resources.service", db_index=False, help_text="What of the directory was chosen, where it was",
            ),
        ),
        migrations.RunSQL(
            "CREATE TRIGGER referrals_handoff_stays_with_whom BEFORE UPDATE ON referrals_handoff FOR EACH ROW"
            " EXECUTE FUNCTION referrals_stays_as_sent('service_id')",
            "DROP TRIGGER referrals_handoff_stays_with_whom ON referrals_handoff",
        ),
    ]  # fmt: skip
