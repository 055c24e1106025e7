"""The second wall round promises, and what is promised or announced stays so.

A pause and an alarm lie in the circle of their clock: an agency may not write them onto somebody else's clock from
within a circle of its own, where its wall lets it write. Both are rarely written, so the wall asks.
"""

from django.db import migrations

from breakwater.trust.walls import append_only, walled_by_circle

_IN_ITS_CLOCK = (
    "EXISTS (SELECT 1 FROM clocks_clock k WHERE k.id = {table}.clock_id AND k.circle_id = {table}.circle_id)"
)

# A clock is stopped, never deleted; and one that was stopped is not wound back.
_STAYS = """
CREATE TRIGGER a_promise_is_never_deleted BEFORE DELETE OR TRUNCATE ON clocks_clock
    FOR EACH STATEMENT EXECUTE FUNCTION trust_is_append_only();
CREATE TRIGGER a_stopped_clock_stays_as_it_is BEFORE UPDATE ON clocks_clock
    FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION trust_is_append_only();
CREATE TRIGGER a_pause_is_never_deleted BEFORE DELETE OR TRUNCATE ON clocks_pause
    FOR EACH STATEMENT EXECUTE FUNCTION trust_is_append_only();
"""
_GOES = """
DROP TRIGGER a_pause_is_never_deleted ON clocks_pause;
DROP TRIGGER a_stopped_clock_stays_as_it_is ON clocks_clock;
DROP TRIGGER a_promise_is_never_deleted ON clocks_clock;
"""


class Migration(migrations.Migration):
    dependencies = [("clocks", "0001_promises"), ("trust", "0002_walls")]

    operations = [
        walled_by_circle("clocks_clock", "care"),
        walled_by_circle("clocks_pause", "care", also=_IN_ITS_CLOCK),
        walled_by_circle("clocks_alarm", "care", also=_IN_ITS_CLOCK),
        append_only("clocks_alarm"),
        migrations.RunSQL(_STAYS, _GOES),
    ]
