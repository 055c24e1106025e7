"""A house may say that it cannot take somebody, a ride knows that its bed was given up, and figures are told less what was given."""

from django.db import migrations, models
from django.db.models import Q

# Of each program: how many beds were given through us since those who keep it told how many they take. A stay and a bed
# that is held count alike; who only changed beds within the program was counted before. Says of places, never of people.
_GIVEN = """
CREATE FUNCTION referrals_given_since_told()
    RETURNS TABLE (program_id uuid, given bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        WITH taken AS (
            SELECT p.bed_id, (
                SELECT min(q.starts_at) FROM referrals_placement q
                JOIN resources_bed there ON there.id = q.bed_id
                WHERE q.case_id = p.case_id AND (q.id = p.id OR q.ended_how = 'moved')
                    AND (there.agency_id, there.place_id, there.kind) = (here.agency_id, here.place_id, here.kind)
            ) AS since
            FROM referrals_placement p JOIN resources_bed here ON here.id = p.bed_id WHERE p.ends_at IS NULL
            UNION ALL
            SELECT h.bed_id, h.starts_at FROM referrals_hold h
            WHERE h.ended_at IS NULL AND h.expires_at > clock_timestamp()
        )
        SELECT g.id, count(*) FROM taken t
        JOIN resources_bed b ON b.id = t.bed_id
        JOIN resources_program g ON (g.agency_id, g.place_id, g.kind) = (b.agency_id, b.place_id, b.kind)
        JOIN resources_capacity c ON c.program_id = g.id AND c.ends_at IS NULL AND t.since > c.as_of
        WHERE g.retired_at IS NULL
        GROUP BY g.id
    $$;
"""
_ENDINGS = [
    ("left", "Left"),
    ("moved", "Moved to another bed"),
    ("did_not_come", "Did not come"),
    ("canceled", "No longer needed"),
    ("cannot_take", "The house cannot take them"),
]


class Migration(migrations.Migration):
    dependencies = [("referrals", "0016_somebody_has_them")]

    operations = [
        migrations.AddField(
            "ride",
            "bed_gone_at",
            models.DateTimeField(
                blank=True, help_text="When the bed that it goes to was given up", null=True
            ),
        ),
        migrations.AddField(
            "placement",
            "reason",
            models.CharField(
                blank=True,
                default="",
                help_text="Why the house cannot take them, of the table of rounds",
                max_length=16,
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            "placement", "ended_how", models.CharField(blank=True, choices=_ENDINGS, max_length=12)
        ),
        migrations.RemoveConstraint("placement", "who_did_not_come_did_not_arrive"),
        migrations.AddConstraint(
            "placement",
            models.CheckConstraint(
                name="who_did_not_come_did_not_arrive",
                condition=~Q(ended_how__in=("did_not_come", "canceled", "cannot_take")) | Q(arrived_at=None),
            ),
        ),
        migrations.AddConstraint(
            "placement",
            models.CheckConstraint(
                name="a_house_that_cannot_take_somebody_says_why",
                condition=(Q(ended_how="cannot_take") & ~Q(reason=""))
                | (~Q(ended_how="cannot_take") & Q(reason="")),
            ),
        ),
        migrations.RunSQL(_GIVEN, "DROP FUNCTION referrals_given_since_told();"),
    ]
