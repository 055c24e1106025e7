"""The walls round the duty table and its prompts. A version is ended, never rewritten; an answer only grows."""

from django.db import migrations

from breakwater.trust.walls import append_only, changes_only, never_deleted, walled, walled_by_circle

# One key on both columns, in place of one on each: nobody writes into a case from within another circle.
_ONE_CIRCLE = [
    "ALTER TABLE duties_prompt ADD CONSTRAINT a_prompt_lies_in_one_circle UNIQUE (id, circle_id)",
    *(
        f"ALTER TABLE duties_{part} ADD CONSTRAINT {part}_lies_in_the_circle_of_its_{whole}"
        f" FOREIGN KEY ({whole}_id, circle_id) REFERENCES {table} (id, circle_id)"
        for part, whole, table in (
            ("prompt", "case", "cases_case"),
            ("weighing", "case", "cases_case"),
            ("answer", "prompt", "duties_prompt"),
            ("weighing", "prompt", "duties_prompt"),
        )
    ),
]
_MANY_CIRCLES = [
    "ALTER TABLE duties_weighing DROP CONSTRAINT weighing_lies_in_the_circle_of_its_prompt",
    "ALTER TABLE duties_answer DROP CONSTRAINT answer_lies_in_the_circle_of_its_prompt",
    "ALTER TABLE duties_weighing DROP CONSTRAINT weighing_lies_in_the_circle_of_its_case",
    "ALTER TABLE duties_prompt DROP CONSTRAINT prompt_lies_in_the_circle_of_its_case",
    "ALTER TABLE duties_prompt DROP CONSTRAINT a_prompt_lies_in_one_circle",
]


class Migration(migrations.Migration):
    dependencies = [
        ("duties", "0001_the_table_and_its_prompts"),
        ("cases", "0002_walls"),
        ("trust", "0002_walls"),
    ]

    operations = [
        walled("duties_duty", "agency"),
        changes_only("duties_duty", "ends_at"),
        *(walled_by_circle(f"duties_{table}", "care") for table in ("prompt", "answer", "weighing")),
        migrations.RunSQL(_ONE_CIRCLE, _MANY_CIRCLES),
        never_deleted("duties_prompt"),
        append_only("duties_answer"),
        append_only("duties_weighing"),
    ]
