"""The second wall round goals and safety plans. A version stays as it was; what is tracked ends and is never deleted."""

from django.db import migrations

from breakwater.trust.walls import append_only, changes_only, never_deleted, walled_by_circle

# One key on both columns: nobody writes into a case from within another circle.
_WHOLE = ("goal", "safetyplan")
_PARTS = (
    ("goal", "case", "cases_case"),
    ("agreement", "case", "cases_case"),
    ("sufficiency", "case", "cases_case"),
    ("lesson", "case", "cases_case"),
    ("safeguard", "case", "cases_case"),
    ("safetyplan", "case", "cases_case"),
    ("step", "goal", "plans_goal"),
    ("copygiven", "plan", "plans_safetyplan"),
)
_ONE_CIRCLE = [
    *(
        f"ALTER TABLE plans_{one} ADD CONSTRAINT a_{one}_lies_in_one_circle UNIQUE (id, circle_id)"
        for one in _WHOLE
    ),
    *(
        f"ALTER TABLE plans_{part} ADD CONSTRAINT {part}_lies_in_the_circle_of_its_{whole}"
        f" FOREIGN KEY ({whole}_id, circle_id) REFERENCES {table} (id, circle_id)"
        for part, whole, table in _PARTS
    ),
]
_MANY_CIRCLES = [
    *(
        f"ALTER TABLE plans_{part} DROP CONSTRAINT {part}_lies_in_the_circle_of_its_{whole}"
        for part, whole, _ in reversed(_PARTS)
    ),
    *(f"ALTER TABLE plans_{one} DROP CONSTRAINT a_{one}_lies_in_one_circle" for one in _WHOLE),
]


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0003_goals_and_safety_plans"),
        ("cases", "0002_walls"),
        ("people", "0002_walls"),
        ("trust", "0009_keys"),
    ]

    operations = [
        *(walled_by_circle(f"plans_{table}", "needs") for table in ("goal", "agreement", "sufficiency")),
        walled_by_circle("plans_lesson", "care"),
        *(
            walled_by_circle(f"plans_{table}", "care", tagged=True)
            for table in ("safetyplan", "safeguard", "copygiven")
        ),
        migrations.RunSQL(_ONE_CIRCLE, _MANY_CIRCLES),
        *(changes_only(f"plans_{table}", "segments") for table in ("safetyplan", "copygiven")),
        *(append_only(f"plans_{table}") for table in ("agreement", "sufficiency")),
        *(never_deleted(f"plans_{table}") for table in ("goal", "lesson", "safeguard")),
    ]
