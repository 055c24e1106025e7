"""Invitations and resets are one thing: a code that is handed over, with which somebody chooses a password once.

Every row stays. An invitation that nobody has used was hashed in a way of its own and opens nothing from now on: it shows
as over on its person's page, from where they are invited again.
"""

from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.deletion import CASCADE, PROTECT

_WHY = [
    ("joins", "They join"),
    ("password", "They lost the password"),
    ("all", "They lost the password and their second factors, which end with it"),
]


_RESETS = "UPDATE trust_handedcode SET why = CASE WHEN takes_factors THEN 'all' ELSE 'password' END"
_WERE_RESETS = "UPDATE trust_handedcode SET takes_factors = true WHERE why = 'all'"

# Of two that one person did not use, the reset goes: their invitation says that they have no password to lose.
_INVITATIONS = [
    """DELETE FROM trust_handedcode h USING trust_invitation i
       WHERE i.user_id = h.user_id AND h.ended_at IS NULL AND i.ended_at IS NULL""",
    """INSERT INTO trust_handedcode
           (id, user_id, agency_id, why, started_by_id, approved_by_id, code, started_at, expires_at, ended_at, takes_factors)
       SELECT id, user_id, agency_id, 'joins', by_id, NULL, mark, starts_at,
           CASE WHEN ended_at IS NULL THEN greatest(least(expires_at, now()), starts_at + interval '1 second') ELSE expires_at END,
           ended_at, false
       FROM trust_invitation""",
]

# Back again they are invitations, as over as the codes were: neither is hashed as the other is, so none of them opens.
_WERE_INVITATIONS = [
    """INSERT INTO trust_invitation (id, user_id, agency_id, by_id, mark, starts_at, expires_at, ended_at)
       SELECT id, user_id, agency_id, started_by_id, code, started_at, expires_at,
           coalesce(ended_at, greatest(now(), started_at))
       FROM trust_handedcode WHERE why = 'joins'""",
    "DELETE FROM trust_handedcode WHERE why = 'joins'",
]

# Whoever lost theirs more than once before has more than one row that was not used.
_OLDER = """
DELETE FROM trust_handedcode old USING trust_handedcode newer
WHERE old.user_id = newer.user_id AND old.ended_at IS NULL AND newer.ended_at IS NULL
    AND (newer.started_at, newer.id) > (old.started_at, old.id)
"""


def _who(**facts: object) -> models.ForeignKey:
    return models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="trust.user", **facts)


class Migration(migrations.Migration):
    dependencies = [("trust", "0012_what_was_told")]

    operations = [
        migrations.RemoveConstraint("Reset", "a_reset_is_approved_by_somebody_else"),
        migrations.RemoveIndex("Reset", "resets_by_person"),
        migrations.RemoveIndex("Reset", "resets_by_agency"),
        migrations.RenameModel("Reset", "HandedCode"),
        migrations.RenameField("HandedCode", "by", "user"),
        migrations.RenameField("HandedCode", "used_at", "ended_at"),
        migrations.AddField("HandedCode", "why", models.CharField(max_length=10, choices=_WHY, default="")),
        migrations.AlterField("HandedCode", "started_by", _who()),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL IMMEDIATE"),
        migrations.RunSQL(_RESETS, _WERE_RESETS),
        migrations.RunSQL(_INVITATIONS, _WERE_INVITATIONS),
        migrations.RunSQL(_OLDER, migrations.RunSQL.noop),
        migrations.AlterField("HandedCode", "why", models.CharField(max_length=10, choices=_WHY)),
        migrations.AlterField(
            "HandedCode",
            "user",
            models.ForeignKey(
                help_text="Whose sign-in it is", on_delete=CASCADE, related_name="+", to="trust.user"
            ),
        ),
        migrations.AlterField(
            "HandedCode",
            "ended_at",
            models.DateTimeField(blank=True, help_text="When it was used", null=True),
        ),
        # Undone it needs a value for the rows that are there, which are told apart by what stands above.
        migrations.AlterField("HandedCode", "takes_factors", models.BooleanField(default=False)),
        migrations.RemoveField("HandedCode", "takes_factors"),
        migrations.DeleteModel("Invitation"),
        migrations.AddIndex("HandedCode", models.Index(F("agency"), name="handed_codes_by_agency")),
        migrations.AddConstraint(
            "HandedCode",
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("started_by")),
                name="a_handed_code_is_approved_by_somebody_else",
            ),
        ),
        migrations.AddConstraint(
            "HandedCode",
            models.CheckConstraint(condition=Q(expires_at__gt=F("started_at")), name="a_handed_code_expires"),
        ),
        migrations.AddConstraint(
            "HandedCode",
            models.UniqueConstraint(
                F("user"), condition=Q(ended_at=None), name="one_unused_handed_code_per_person"
            ),
        ),
    ]
