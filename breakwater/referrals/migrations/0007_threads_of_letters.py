"""Either end of a referral opens the thread that belongs to it: between these two, in the circle of the letter."""

from django.db import migrations

_OPENER = """
CREATE POLICY opener ON messaging_thread FOR INSERT WITH CHECK (
    (SELECT trust_agency()) IN (from_agency_id, to_agency_id) AND EXISTS (
        SELECT 1 FROM referrals_referral r WHERE r.id = messaging_thread.about
            AND r.circle_id = messaging_thread.circle_id AND r.case_id = messaging_thread.case_id
            AND r.from_agency_id = messaging_thread.from_agency_id AND r.to_agency_id = messaging_thread.to_agency_id))
"""


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0006_waiting_and_riding_walls"),
        ("messaging", "0002_walls"),
    ]

    operations = [migrations.RunSQL(_OPENER, "DROP POLICY opener ON messaging_thread")]
