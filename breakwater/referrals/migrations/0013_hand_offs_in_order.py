"""A hand-off goes on in its order, whoever writes: offered, answered once, completed by a first contact or taken back.

It stands at the stage that was told last. Who offered it takes it back, and nobody meets for one that is over.
"""

from importlib import import_module

from django.db import migrations, models
from django.db.models import F, Q

never = import_module("breakwater.cases.migrations.0008_in_its_order").never

_IN_ORDER = """
CREATE FUNCTION referrals_hand_off_may_follow(stage text, code text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(code = ANY (CASE stage
        WHEN 'offered' THEN ARRAY['accepted', 'declined', 'withdrawn']
        WHEN 'accepted' THEN ARRAY['first_contact', 'withdrawn']
    END), false)
$$;

CREATE FUNCTION referrals_hand_off_stage_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        stands text;
    BEGIN
        SELECT h.stage INTO stands FROM referrals_handoff h WHERE h.id = NEW.handoff_id FOR NO KEY UPDATE;
        NEW.recorded_at := clock_timestamp();
        IF stands IS NOT NULL AND NOT (
            NEW.code = 'offered' AND stands = 'offered' OR referrals_hand_off_may_follow(stands, NEW.code)
        ) THEN
            RAISE EXCEPTION 'a stage of a hand-off is told in its order' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_hand_off_stage_is_told_in_order';
        END IF;
        RETURN NEW;
    END $$;
CREATE TRIGGER a_hand_off_stage_is_told_in_order BEFORE INSERT ON referrals_handoffstage
    FOR EACH ROW EXECUTE FUNCTION referrals_hand_off_stage_in_order();

CREATE FUNCTION referrals_hand_off_stands_at_the_last() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF (SELECT h.stage FROM referrals_handoff h WHERE h.id = NEW.handoff_id) IS DISTINCT FROM (
            SELECT s.code FROM referrals_handoffstage s WHERE s.handoff_id = NEW.handoff_id
                ORDER BY s.recorded_at DESC LIMIT 1
        ) THEN
            RAISE EXCEPTION 'a hand-off stands where it was told last' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_hand_off_stands_where_it_was_told_last';
        END IF;
        RETURN NULL;
    END $$;
CREATE CONSTRAINT TRIGGER a_hand_off_stands_where_it_was_told_last AFTER INSERT ON referrals_handoffstage
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION referrals_hand_off_stands_at_the_last();
"""
_IN_NO_ORDER = """
DROP TRIGGER a_hand_off_stands_where_it_was_told_last ON referrals_handoffstage;
DROP FUNCTION referrals_hand_off_stands_at_the_last();
DROP TRIGGER a_hand_off_stage_is_told_in_order ON referrals_handoffstage;
DROP FUNCTION referrals_hand_off_stage_in_order();
DROP FUNCTION referrals_hand_off_may_follow(text, text);
"""

_MEETS = """
CREATE FUNCTION referrals_meets_for_what_stands() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM referrals_handoff h WHERE h.id = NEW.handoff_id AND h.stage IN ('declined', 'withdrawn'))
        THEN
            RAISE EXCEPTION 'nobody meets for a hand-off that came to nothing' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'nobody_meets_for_a_hand_off_that_came_to_nothing';
        END IF;
        RETURN NEW;
    END $$;
CREATE TRIGGER nobody_meets_for_a_hand_off_that_came_to_nothing BEFORE INSERT ON referrals_meeting
    FOR EACH ROW EXECUTE FUNCTION referrals_meets_for_what_stands();
"""

_CONFIRMED = """
CREATE FUNCTION referrals_was_handed_off() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM cases_closure c WHERE c.id = NEW.id AND c.ends_at IS NULL AND c.outcome = 'handed_off')
            AND NOT EXISTS (
                SELECT 1 FROM referrals_handoff h WHERE h.case_id = NEW.case_id AND h.stage = 'first_contact'
                AND h.closed_at >= coalesce(
                    (SELECT max(c.ends_at) FROM cases_closure c WHERE c.case_id = NEW.case_id), h.closed_at)
            )
        THEN
            RAISE EXCEPTION 'a case is handed off by a first contact' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_case_is_handed_off_by_a_first_contact';
        END IF;
        RETURN NULL;
    END $$;
CREATE CONSTRAINT TRIGGER a_case_is_handed_off_by_a_first_contact AFTER INSERT OR UPDATE ON cases_closure
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION referrals_was_handed_off();
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0012_files_in_packets"), ("cases", "0008_in_its_order")]

    operations = [
        migrations.AddConstraint(
            "handoffstage",
            models.CheckConstraint(
                name="who_offers_a_case_takes_it_back",
                condition=~Q(code__in=("offered", "withdrawn")) | Q(by_agency=F("from_agency")),
            ),
        ),
        migrations.AddConstraint(
            "handoffstage",
            models.CheckConstraint(
                name="a_hand_off_taken_back_says_why", condition=~Q(code="withdrawn") | ~Q(words="")
            ),
        ),
        migrations.RunSQL(_IN_ORDER, _IN_NO_ORDER),
        never("referrals_handoff", "a_hand_off_begins_as_an_offer", "NEW.stage <> 'offered'", on="INSERT"),
        never(
            "referrals_handoff",
            "a_hand_off_goes_on_in_order",
            "NEW.stage <> OLD.stage AND NOT referrals_hand_off_may_follow(OLD.stage, NEW.stage)",
            on="UPDATE OF stage",
        ),
        migrations.RunSQL(
            _MEETS,
            "DROP TRIGGER nobody_meets_for_a_hand_off_that_came_to_nothing ON referrals_meeting;"
            " DROP FUNCTION referrals_meets_for_what_stands();",
        ),
        migrations.RunSQL(
            _CONFIRMED,
            "DROP TRIGGER a_case_is_handed_off_by_a_first_contact ON cases_closure;"
            " DROP FUNCTION referrals_was_handed_off();",
        ),
    ]
