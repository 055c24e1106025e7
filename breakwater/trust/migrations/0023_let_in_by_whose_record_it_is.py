"""Whose record it is lets others in, and none whose own law or task keeps it from working there; a consent may let in
again whom it let in before.
"""

from importlib import import_module

import django.contrib.postgres.constraints
from django.contrib.postgres.fields import RangeOperators
from django.db import migrations, models

import breakwater.kernel.db
from breakwater.trust.walls import stands

_before = import_module("breakwater.trust.migrations.0021_who_comes_in_meanwhile")

# Whoever may write no grant there at all is turned away by the policy, as before.
# The second wall of what the law of agencies says (law/us.toml: agency_kinds) and of what police and a security team are
# to the person. Such an agency reads by consent, and writes at its own place. A test holds this list against the law.
_OTHERS = ("victim_service", "detox", "police_liaison", "threat_management")
_ASKED = f"""
        IF TG_OP = 'INSERT' AND NEW.basis IN ('care', 'consent') AND trust_agency() IS DISTINCT FROM lies.opened_by_id
            AND trust_may_grant(NEW.circle_id)
        THEN
            RAISE EXCEPTION 'whose record it is lets others in'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'whose_record_it_is_lets_others_in';
        END IF;
        IF NEW.basis = 'care' AND (NEW.ends_at IS NULL OR NEW.ends_at > greatest(now(), NEW.starts_at))
            AND (SELECT a.kind FROM trust_agency a WHERE a.id = NEW.agency_id) IN {_OTHERS}
        THEN
            RAISE EXCEPTION 'whose own law protects what it writes works in no record of others'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'who_keeps_a_law_of_its_own_works_at_home';
        END IF;"""
_LAWFUL = _before._LAWFUL.replace(_before._HOLD, _before._HOLD + _ASKED)

# A consent says whom the person deals with: it is read at its two ends, and by whose record it is. One guest of a circle
# learns nothing of another, least of all that there is a victim-service agency.
_STANDS = stands("who").format(table="trust_consent")
_ENDS = """trust_consent.agency_id = (SELECT trust_agency()) OR trust_consent.recipient_id = (SELECT trust_agency())
    OR EXISTS (SELECT 1 FROM trust_circle c
        WHERE c.id = trust_consent.circle_id AND c.opened_by_id = (SELECT trust_agency()))"""
_ALTER = "ALTER POLICY wall ON trust_consent USING ({})"


class Migration(migrations.Migration):
    dependencies = [("trust", "0022_looks_by_time")]

    operations = [
        migrations.RunSQL(_LAWFUL, _before._LAWFUL),
        migrations.RunSQL(_ALTER.format(f"{_STANDS} AND ({_ENDS})"), _ALTER.format(_STANDS)),
        migrations.RemoveConstraint("Grant", "a_consent_lets_in_once"),
        migrations.AddConstraint(
            "Grant",
            django.contrib.postgres.constraints.ExclusionConstraint(
                name="a_consent_lets_in_once_at_a_time",
                expressions=[
                    ("consent", RangeOperators.EQUAL),
                    (breakwater.kernel.db.Period(), RangeOperators.OVERLAPS),
                ],
                condition=models.Q(("consent__isnull", False)),
            ),
        ),
    ]
