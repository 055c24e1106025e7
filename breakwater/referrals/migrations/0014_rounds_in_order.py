"""A round, what each place was asked, and the bed that is held go one way, whoever writes.

A round ends once, with nobody left waiting and no bed left held; a place answers for itself; what ran out is not taken up;
a bed that was taken up is theirs.
"""

from importlib import import_module

from django.db import migrations, models
from django.db.models import Q

never = import_module("breakwater.cases.migrations.0008_in_its_order").never

_ASKS = """
CREATE FUNCTION referrals_asks_while_it_looks() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM referrals_round r WHERE r.id = NEW.round_id AND (r.closed_at IS NOT NULL
                OR EXISTS (SELECT 1 FROM referrals_hold h WHERE h.round_id = r.id))) THEN
            RAISE EXCEPTION 'a round that is over asks nobody' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_round_that_is_over_asks_nobody';
        END IF;
        RETURN NEW;
    END $$;
CREATE TRIGGER a_round_that_is_over_asks_nobody BEFORE INSERT ON referrals_ask
    FOR EACH ROW EXECUTE FUNCTION referrals_asks_while_it_looks();

CREATE FUNCTION referrals_replies_while_they_wait() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM referrals_ask a WHERE a.id = NEW.ask_id AND a.stage = 'waiting') THEN
            RAISE EXCEPTION 'a question is replied to while they wait' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_question_is_replied_to_while_they_wait';
        END IF;
        RETURN NEW;
    END $$;
CREATE TRIGGER a_question_is_replied_to_while_they_wait BEFORE UPDATE ON referrals_question
    FOR EACH ROW WHEN (OLD.replied_at IS NULL AND NEW.replied_at IS NOT NULL)
    EXECUTE FUNCTION referrals_replies_while_they_wait();
"""
_ASKS_ANYTIME = """
DROP TRIGGER a_question_is_replied_to_while_they_wait ON referrals_question;
DROP FUNCTION referrals_replies_while_they_wait();
DROP TRIGGER a_round_that_is_over_asks_nobody ON referrals_ask;
DROP FUNCTION referrals_asks_while_it_looks();
"""

_ENDS = """
CREATE FUNCTION referrals_round_is_over() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        over record;
    BEGIN
        SELECT r.closed_how INTO over FROM referrals_round r WHERE r.id = NEW.id AND r.closed_at IS NOT NULL;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
        IF EXISTS (SELECT 1 FROM referrals_ask a WHERE a.round_id = NEW.id AND a.stage = 'waiting')
            OR EXISTS (SELECT 1 FROM referrals_hold h WHERE h.round_id = NEW.id AND h.ended_at IS NULL
                AND h.expires_at > clock_timestamp()) THEN
            RAISE EXCEPTION 'a round that is over keeps nobody waiting' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_round_that_is_over_keeps_nobody_waiting';
        END IF;
        IF (over.closed_how = 'taken_up') <> EXISTS (
                SELECT 1 FROM referrals_hold h WHERE h.round_id = NEW.id AND h.ended_how = 'taken_up') THEN
            RAISE EXCEPTION 'a round ends as its bed did' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_round_ends_as_its_bed_did';
        END IF;
        RETURN NULL;
    END $$;
CREATE CONSTRAINT TRIGGER a_round_that_is_over_is_over AFTER UPDATE OF closed_at ON referrals_round
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION referrals_round_is_over();

CREATE FUNCTION referrals_bed_is_theirs() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT 1 FROM referrals_placement p WHERE p.bed_id = NEW.bed_id AND p.case_id = coalesce(
                (SELECT r.case_id FROM referrals_round r WHERE r.id = NEW.round_id),
                (SELECT w.case_id FROM referrals_wait w WHERE w.id = NEW.wait_id))
        ) THEN
            RAISE EXCEPTION 'a bed that was taken up is theirs' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_bed_that_was_taken_up_is_theirs';
        END IF;
        RETURN NULL;
    END $$;
CREATE CONSTRAINT TRIGGER a_bed_that_was_taken_up_is_theirs AFTER UPDATE ON referrals_hold
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.bed_id IS NOT NULL AND NEW.ended_how = 'taken_up' AND OLD.ended_how <> 'taken_up')
    EXECUTE FUNCTION referrals_bed_is_theirs();
"""
_ENDS_ANYHOW = """
DROP TRIGGER a_bed_that_was_taken_up_is_theirs ON referrals_hold;
DROP FUNCTION referrals_bed_is_theirs();
DROP TRIGGER a_round_that_is_over_is_over ON referrals_round;
DROP FUNCTION referrals_round_is_over();
"""

_HOLD = "referrals_hold"
_ENDED = "OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND "


class Migration(migrations.Migration):
    dependencies = [("referrals", "0013_hand_offs_in_order")]

    operations = [
        migrations.AddConstraint(
            "question",
            models.CheckConstraint(
                name="a_reply_says_something",
                condition=Q(replied_at=None, reply="") | (Q(replied_at__isnull=False) & ~Q(reply="")),
            ),
        ),
        never("referrals_round", "a_round_begins_open", "NEW.closed_at IS NOT NULL", on="INSERT"),
        never(
            "referrals_round",
            "a_round_ends_once",
            "OLD.closed_at IS NOT NULL"
            " AND (NEW.closed_at, NEW.closed_how) IS DISTINCT FROM (OLD.closed_at, OLD.closed_how)",
        ),
        never("referrals_ask", "an_ask_begins_unanswered", "NEW.stage <> 'waiting'", on="INSERT"),
        never("referrals_question", "a_question_begins_open", "NEW.replied_at IS NOT NULL", on="INSERT"),
        never(
            "referrals_question",
            "a_question_is_replied_to_once",
            "OLD.replied_at IS NOT NULL AND NOT trust_reencrypts('referrals_question'::regclass)"
            " AND (NEW.replied_at, NEW.reply) IS DISTINCT FROM (OLD.replied_at, OLD.reply)",
        ),
        migrations.RunSQL(_ASKS, _ASKS_ANYTIME),
        never(
            _HOLD,
            "only_the_place_takes_its_bed_back",
            f"{_ENDED}NEW.ended_how = 'withdrawn'"
            " AND trust_agency() IS DISTINCT FROM COALESCE(NEW.to_agency_id, NEW.from_agency_id)",
        ),
        never(
            _HOLD,
            "only_those_who_asked_take_it_or_give_it_back",
            f"{_ENDED}NEW.ended_how IN ('taken_up', 'given_back')"
            " AND trust_agency() IS DISTINCT FROM NEW.from_agency_id",
        ),
        never(
            _HOLD,
            "a_hold_runs_out_by_its_clock",
            f"{_ENDED}NEW.ended_how = 'ran_out' AND NEW.expires_at > clock_timestamp()",
        ),
        never(
            _HOLD,
            "what_ran_out_is_not_taken_up",
            f"{_ENDED}NEW.ended_how = 'taken_up' AND NEW.expires_at <= clock_timestamp()",
        ),
        migrations.RunSQL(_ENDS, _ENDS_ANYHOW),
    ]
