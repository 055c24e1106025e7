"""Help that is on hold, reasons where they are owed, and the order of the stages kept by PostgreSQL as well.

Who cannot see a letter learns nothing of its order: row security refuses their stage, whichever it is.
Help can be put on hold and go on more than once, so the letter's stage is held against what was told by a trigger, and no
longer by a key on two columns. What was told before reasons were owed is not held against them.
"""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q

_NO_KEY = "ALTER TABLE referrals_referral DROP CONSTRAINT referrals_referral_stands_at_a_stage_it_reached"
_KEY = (
    "ALTER TABLE referrals_referral ADD CONSTRAINT referrals_referral_stands_at_a_stage_it_reached"
    " FOREIGN KEY (id, stage) REFERENCES referrals_stage (referral_id, code) DEFERRABLE INITIALLY DEFERRED"
)

_IN_ORDER = """
CREATE FUNCTION referrals_may_follow(stage text, code text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(code = ANY (CASE stage
        WHEN 'sent' THEN ARRAY['acknowledged', 'accepted', 'declined', 'need_met', 'not_met', 'withdrawn']
        WHEN 'acknowledged' THEN ARRAY['accepted', 'declined', 'need_met', 'not_met', 'withdrawn']
        WHEN 'accepted' THEN ARRAY['started', 'on_hold', 'need_met', 'not_met', 'withdrawn']
        WHEN 'started' THEN ARRAY['on_hold', 'need_met', 'not_met', 'withdrawn']
        WHEN 'on_hold' THEN ARRAY['started', 'need_met', 'not_met', 'withdrawn']
    END), false)
$$;

CREATE FUNCTION referrals_goes_on_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.stage IS DISTINCT FROM OLD.stage AND NOT referrals_may_follow(OLD.stage, NEW.stage) THEN
            RAISE EXCEPTION 'no stage of a referral is skipped back to' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_referral_goes_on_in_order';
        END IF;
        RETURN NEW;
    END $$;
CREATE TRIGGER a_referral_goes_on_in_order BEFORE UPDATE OF stage ON referrals_referral
    FOR EACH ROW EXECUTE FUNCTION referrals_goes_on_in_order();

CREATE FUNCTION referrals_stage_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        stands text;
    BEGIN
        SELECT r.stage INTO stands FROM referrals_referral r WHERE r.id = NEW.referral_id FOR NO KEY UPDATE;
        IF stands IS NOT NULL AND NOT (NEW.code = 'sent' AND stands = 'sent' OR referrals_may_follow(stands, NEW.code)) THEN
            RAISE EXCEPTION 'a stage is told in its order' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_stage_is_told_in_order';
        END IF;
        RETURN NEW;
    END $$;
CREATE TRIGGER a_stage_is_told_in_order BEFORE INSERT ON referrals_stage
    FOR EACH ROW EXECUTE FUNCTION referrals_stage_in_order();

CREATE FUNCTION referrals_stage_was_told() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM referrals_referral r JOIN referrals_stage s ON s.referral_id = r.id
                WHERE r.id = NEW.id AND s.code = r.stage) THEN
            RAISE EXCEPTION 'referrals_referral_stands_at_a_stage_it_reached: nobody told it' USING ERRCODE = 'foreign_key_violation',
                CONSTRAINT = 'referrals_referral_stands_at_a_stage_it_reached';
        END IF;
        RETURN NULL;
    END $$;
CREATE CONSTRAINT TRIGGER referrals_referral_stands_at_a_stage_it_reached AFTER INSERT OR UPDATE OF stage
    ON referrals_referral DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION referrals_stage_was_told();
"""

_IN_NO_ORDER = """
DROP TRIGGER referrals_referral_stands_at_a_stage_it_reached ON referrals_referral;
DROP FUNCTION referrals_stage_was_told();
DROP TRIGGER a_stage_is_told_in_order ON referrals_stage;
DROP FUNCTION referrals_stage_in_order();
DROP TRIGGER a_referral_goes_on_in_order ON referrals_referral;
DROP FUNCTION referrals_goes_on_in_order();
DROP FUNCTION referrals_may_follow(text, text);
"""

_STAGES = [
    ("sent", "Sent"),
    ("acknowledged", "Acknowledged"),
    ("accepted", "Accepted"),
    ("declined", "Declined"),
    ("started", "Help started"),
    ("on_hold", "On hold"),
    ("need_met", "Need met"),
    ("not_met", "Need not met"),
    ("withdrawn", "Withdrawn"),
]


class Migration(migrations.Migration):
    dependencies = [("referrals", "0007_threads_of_letters")]

    operations = [
        migrations.RunSQL(_NO_KEY, _KEY),
        migrations.AlterField(
            "referral", "stage", models.CharField(choices=_STAGES, default="sent", max_length=12)
        ),
        migrations.AlterField("stage", "code", models.CharField(choices=_STAGES, max_length=12)),
        migrations.RemoveConstraint("stage", "each_stage_once"),
        migrations.AddConstraint(
            "stage",
            models.UniqueConstraint(
                condition=~Q(code__in=("started", "on_hold")),
                fields=("referral", "code"),
                name="each_stage_once",
            ),
        ),
        AddConstraintNotValid(
            "stage",
            models.CheckConstraint(
                condition=~Q(code__in=("withdrawn", "on_hold")) | ~Q(words=""),
                name="what_is_taken_back_or_on_hold_says_why",
            ),
        ),
        AddConstraintNotValid(
            "stage",
            models.CheckConstraint(
                condition=~Q(reason="other") | ~Q(words=""), name="another_reason_is_told_in_words"
            ),
        ),
        migrations.RunSQL(_IN_ORDER, _IN_NO_ORDER),
    ]
