"""Agencies claim their own listings: two people say so, and who claims or holds the same one reads it."""

import django.db.models.deletion
from django.db import migrations, models

import breakwater.kernel.ids
from breakwater.trust.walls import walled_by_act

_WHOSE = """
CREATE FUNCTION resources_claimed_by_us() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT organization_id FROM resources_claim WHERE agency_id = trust_agency() AND ended_at IS NULL
        UNION SELECT id FROM resources_organization WHERE agency_id = trust_agency()
    $$;
"""
_HELD = """
INSERT INTO resources_claim (id, organization_id, agency_id, proof, asked_at, granted_at, ended_how)
    SELECT gen_random_uuid(), id, agency_id, 'Held before two people had to look.', now(), now(), ''
    FROM resources_organization WHERE agency_id IS NOT NULL
"""
_MINE = "{table}.agency_id = (SELECT trust_agency())"
_OURS = f"{_MINE} OR {{table}}.organization_id IN (SELECT resources_claimed_by_us())"


class Migration(migrations.Migration):
    dependencies = [
        ("resources", "0008_terms"),
        ("trust", "0022_looks_by_time"),
    ]

    operations = [
        migrations.CreateModel(
            name="Claim",
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
                    "proof",
                    models.CharField(help_text="How others can check that it is theirs", max_length=500),
                ),
                ("asked_at", models.DateTimeField()),
                ("granted_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("withdrawn", "Withdrawn"),
                            ("given_up", "Given up"),
                            ("refused", "Decided for another agency"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.agency"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trust.user",
                    ),
                ),
                (
                    "granted_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trust.user",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="resources.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("proof", ""), _negated=True), name="a_claim_says_how_it_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("granted_by", None),
                            ("by", None),
                            models.Q(("granted_by", models.F("by")), _negated=True),
                            _connector="OR",
                        ),
                        name="nobody_grants_their_own_claim",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("ended_how", "")),
                            models.Q(("ended_at__isnull", False), models.Q(("ended_how", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="an_ended_claim_says_how",
                    ),
                    models.UniqueConstraint(
                        models.F("agency"),
                        condition=models.Q(("ended_at", None)),
                        name="an_agency_claims_one_listing_at_a_time",
                    ),
                    models.UniqueConstraint(
                        models.F("organization"),
                        condition=models.Q(("ended_at", None), ("granted_at__isnull", False)),
                        name="a_listing_is_granted_once",
                    ),
                ],
            },
        ),
        migrations.RunSQL(_HELD, migrations.RunSQL.noop),
        migrations.RunSQL(_WHOSE, "DROP FUNCTION resources_claimed_by_us();"),
        walled_by_act("resources_claim", read=_OURS, written=_MINE, answered=_MINE),
    ]
