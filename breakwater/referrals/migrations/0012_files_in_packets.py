"""Whoever offers a case hangs files on the hand-off, as open as its packet is: at its two ends."""

from django.db import migrations

from breakwater.attachments.walls import hung_on

_OFFERS = (
    "o.offered_by_id = (SELECT trust_user()) AND o.circle_id = {table}.circle_id"
    " AND o.from_agency_id = {table}.from_agency_id AND o.from_agency_id = (SELECT trust_agency())"
    " AND o.to_agency_id IS NOT NULL AND o.to_agency_id = {table}.to_agency_id"
)


class Migration(migrations.Migration):
    dependencies = [("referrals", "0011_places_without_accounts"), ("attachments", "0002_walls")]

    operations = [hung_on("handoff", opens="care", table="referrals_handoff", same=_OFFERS)]
