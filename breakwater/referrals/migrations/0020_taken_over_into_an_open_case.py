"""A hand-off can be taken over into the case that its receiver has open for the person, and is complete with that as well.

Nobody has two open cases at one agency, so a receiver who knew the person could open none of its own, and the hand-off was
never complete. Into which case it went stands in the circle of that case alone: whoever offered it learns, as before, no
more than that somebody there has them.
"""

import django.db.models.deletion
from django.db import migrations, models

import breakwater.kernel.db
import breakwater.kernel.ids
from breakwater.trust.walls import append_only, walled_by_circle

_OFFERED_HERE = (
    "EXISTS (SELECT 1 FROM referrals_handoff h WHERE h.id = {table}.came_from"
    " AND h.to_agency_id = (SELECT trust_agency()))"
)
_LIES = (
    "ALTER TABLE referrals_takeover ADD CONSTRAINT takeover_lies_in_the_circle_of_its_case"
    " FOREIGN KEY (case_id, circle_id) REFERENCES cases_case (id, circle_id)"
)
_HAS_THEM = """
CREATE OR REPLACE FUNCTION referrals_receiver_has_them(handoff uuid, told_at timestamptz) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM referrals_handoff h JOIN cases_case c ON c.agency_id = h.to_agency_id AND {is_theirs}
        WHERE h.id = handoff AND trust_agency() IN (h.from_agency_id, h.to_agency_id)
            AND NOT EXISTS (
                SELECT 1 FROM cases_closure e WHERE e.case_id = c.id AND e.starts_at < told_at
                    AND (e.ends_at IS NULL OR e.ends_at > told_at)))
$$;
"""
_EITHER = """c.id IN (
            SELECT o.id FROM cases_case o WHERE o.came_from = h.id
            UNION ALL SELECT t.case_id FROM referrals_takeover t WHERE t.came_from = h.id)"""


def _key(to: str, related_name: str = "+", **facts: object) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=to, **facts
    )


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0019_hand_offs_to_whom_the_directory_lists"),
        ("cases", "0015_within_reach"),
    ]

    operations = [
        migrations.CreateModel(
            name="Takeover",
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
                    "came_from",
                    models.UUIDField(help_text="The hand-off that was taken over, opaque here"),
                ),
                ("at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField(db_default=breakwater.kernel.db.RecordedNow())),
                ("by", _key("trust.user", null=True, db_index=False)),
                ("case", _key("cases.case", "takeovers", db_constraint=False)),
                ("circle", _key("trust.circle", db_constraint=False, db_index=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("came_from"), models.F("case"), name="a_hand_off_goes_into_a_case_once"
                    )
                ]
            },
        ),
        walled_by_circle("referrals_takeover", "care", also=_OFFERED_HERE),
        append_only("referrals_takeover"),
        migrations.RunSQL(
            _LIES, "ALTER TABLE referrals_takeover DROP CONSTRAINT takeover_lies_in_the_circle_of_its_case"
        ),
        migrations.RunSQL(
            _HAS_THEM.format(is_theirs=_EITHER), _HAS_THEM.format(is_theirs="c.came_from = h.id")
        ),
    ]
