"""Places without accounts are asked as well: what they say is written down by those who asked, who name whom they heard.

Such a place has no agency, keeps no bed that is known here, and may hold one all the same; whoever asked writes it, and
only for a round of their own. A round is still won once, whoever wins it.
"""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from breakwater.trust.walls import stands

_asking = import_module("breakwater.referrals.migrations.0004_asking_walls")
_waiting = import_module("breakwater.referrals.migrations.0006_waiting_and_riding_walls")

_WITHOUT = "Empty: a place without accounts"
_ME = "(SELECT trust_agency())"
_ASKED = _asking._OF_OUR_ROUND.replace("{table}", "referrals_ask")
_ASKED_OF_ANYBODY = _ASKED.replace(
    "referrals_ask.to_agency_id = (SELECT p", "referrals_ask.to_agency_id IS NOT DISTINCT FROM (SELECT p"
)
_OF_OUR_ASK = (
    f"{{table}}.from_agency_id = {_ME} AND {{table}}.to_agency_id IS NULL AND EXISTS (SELECT 1 FROM referrals_ask a"
    " JOIN referrals_round r ON r.id = a.round_id WHERE a.id = {table}.ask_id AND a.to_agency_id IS NULL"
    f" AND a.from_agency_id = {{table}}.from_agency_id AND {{same}} AND {stands('needs', circle='r.circle_id', works=True)})"
)
_QUESTION = _asking._OF_OUR_ASK.replace("{same}", "a.stage = 'waiting'").replace(
    "{table}", "referrals_question"
)
_QUESTION_FOR_THEM = _OF_OUR_ASK.replace("{same}", "a.stage = 'waiting'").replace(
    "{table}", "referrals_question"
)
_HELD = _waiting._WRITTEN
_HELD_FOR_THEM = _OF_OUR_ASK.replace("{same}", "a.round_id = {table}.round_id").replace(
    "{table}", "referrals_hold"
)


def _writer(table: str, now: str, before: str) -> migrations.RunSQL:
    """Who writes into a table, from now on and before."""
    begins = f"DROP POLICY writer ON {table}; CREATE POLICY writer ON {table} FOR INSERT WITH CHECK "
    return migrations.RunSQL(f"{begins} ({now});", f"{begins} ({before});")


_ITS_PLACE = "CASE NEW.stage WHEN 'called_off' THEN NEW.from_agency_id ELSE NEW.to_agency_id END"
_ITS_WRITER = _ITS_PLACE.replace("NEW.to_agency_id END", "coalesce(NEW.to_agency_id, NEW.from_agency_id) END")


def _function(text: str, name: str) -> str:
    """One function out of a migration before, word for word, to be put in place of what is there."""
    start = text.index(f"FUNCTION {name}")
    return f"CREATE OR REPLACE {text[start : text.index('$$;', start + len(name)) + 3]}"


_MOVES_ON = _function(_asking._MOVES_ON, "referrals_ask_moves_on")
_A_BED = "WHERE h.ended_at IS NULL AND h.expires_at > clock_timestamp()"


def _nobody(to: str = "trust.agency", **facts: object) -> models.ForeignKey:
    return models.ForeignKey(
        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=to, **facts
    )


class Migration(migrations.Migration):
    dependencies = [("referrals", "0010_a_stay_moves_on")]

    operations = [
        migrations.AddField(
            "ask",
            "source",
            models.TextField(blank=True, default="", help_text="Who told it, of a place without accounts"),
            preserve_default=False,
        ),
        migrations.AlterField("ask", "to_agency", _nobody(help_text=_WITHOUT)),
        migrations.AlterField("question", "to_agency", _nobody(db_index=False)),
        migrations.AlterField("hold", "to_agency", _nobody()),
        migrations.AlterField("hold", "bed", _nobody("resources.bed", help_text=_WITHOUT)),
        migrations.AddConstraint(
            "ask",
            models.CheckConstraint(
                name="a_place_without_accounts_is_quoted_by_name",
                condition=Q(to_agency__isnull=False) | Q(stage__in=("waiting", "called_off")) | ~Q(source=""),
            ),
        ),
        migrations.AddConstraint(
            "hold",
            models.CheckConstraint(
                name="who_has_accounts_holds_a_bed_of_theirs",
                condition=Q(to_agency__isnull=False, bed__isnull=False)
                | Q(to_agency=None, bed=None, wait=None),
            ),
        ),
        _writer("referrals_ask", _ASKED_OF_ANYBODY, _ASKED),
        _writer("referrals_question", f"({_QUESTION}) OR ({_QUESTION_FOR_THEM})", _QUESTION),
        _writer("referrals_hold", f"({_HELD}) OR ({_HELD_FOR_THEM})", _HELD),
        migrations.RunSQL(_MOVES_ON.replace(_ITS_PLACE, _ITS_WRITER), _MOVES_ON),
        migrations.RunSQL(
            _asking._TAKEN.replace(_A_BED, f"{_A_BED} AND h.bed_id IS NOT NULL"), _asking._TAKEN
        ),
    ]
