"""The walls round assessments. What was answered and what it came to only grows; nothing is ever thrown away."""

from django.db import migrations

from breakwater.trust.walls import append_only, changes_only, never_deleted, walled, walled_by_circle

_GROW = ("answer", "result", "override", "decision")

# One key on both columns, in place of one on each: nobody writes into a case from within another circle.
_ONE_CIRCLE = [
    "ALTER TABLE assessments_assessment ADD CONSTRAINT an_assessment_lies_in_one_circle UNIQUE (id, circle_id)",
    *(
        f"ALTER TABLE assessments_{part} ADD CONSTRAINT {part}_lies_in_the_circle_of_its_{whole}"
        f" FOREIGN KEY ({whole}_id, circle_id) REFERENCES {table} (id, circle_id)"
        for part, whole, table in (
            ("assessment", "case", "cases_case"),
            ("alert", "case", "cases_case"),
            *((part, "assessment", "assessments_assessment") for part in (*_GROW, "alert")),
        )
    ),
]
_MANY_CIRCLES = [
    *(
        f"ALTER TABLE assessments_{part} DROP CONSTRAINT {part}_lies_in_the_circle_of_its_assessment"
        for part in (*_GROW, "alert")
    ),
    "ALTER TABLE assessments_alert DROP CONSTRAINT alert_lies_in_the_circle_of_its_case",
    "ALTER TABLE assessments_assessment DROP CONSTRAINT assessment_lies_in_the_circle_of_its_case",
    "ALTER TABLE assessments_assessment DROP CONSTRAINT an_assessment_lies_in_one_circle",
]


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0001_asked_and_told"),
        ("cases", "0002_walls"),
        ("trust", "0002_walls"),
    ]

    operations = [
        *(walled(f"assessments_{table}", "agency") for table in ("import", "attestation")),
        *(changes_only(f"assessments_{table}", "ends_at") for table in ("import", "attestation")),
        *(walled_by_circle(f"assessments_{table}", "care") for table in ("assessment", "alert", *_GROW)),
        migrations.RunSQL(_ONE_CIRCLE, _MANY_CIRCLES),
        *(never_deleted(f"assessments_{table}") for table in ("assessment", "alert")),
        *(append_only(f"assessments_{table}") for table in _GROW),
    ]
