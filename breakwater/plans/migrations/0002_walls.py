"""The second wall round needs and steps. They lie in the circle of their case, and are ended, never deleted."""

from django.db import migrations

from breakwater.trust.walls import walled_by_circle

_TABLES = ("need", "link", "step")

# One key on both columns, in place of one on each: nobody writes into a case, or links a need, from another circle.
_ONE_CIRCLE = [
    "ALTER TABLE plans_need ADD CONSTRAINT a_need_lies_in_one_circle UNIQUE (id, circle_id)",
    *(
        f"ALTER TABLE plans_{part} ADD CONSTRAINT {part}_lies_in_the_circle_of_its_{whole}"
        f" FOREIGN KEY ({whole}_id, circle_id) REFERENCES {table} (id, circle_id)"
        for part, whole, table in (
            ("need", "case", "cases_case"),
            ("step", "case", "cases_case"),
            ("step", "need", "plans_need"),
            ("link", "cause", "plans_need"),
            ("link", "effect", "plans_need"),
        )
    ),
]
_MANY_CIRCLES = [
    "ALTER TABLE plans_link DROP CONSTRAINT link_lies_in_the_circle_of_its_effect",
    "ALTER TABLE plans_link DROP CONSTRAINT link_lies_in_the_circle_of_its_cause",
    "ALTER TABLE plans_step DROP CONSTRAINT step_lies_in_the_circle_of_its_need",
    "ALTER TABLE plans_step DROP CONSTRAINT step_lies_in_the_circle_of_its_case",
    "ALTER TABLE plans_need DROP CONSTRAINT need_lies_in_the_circle_of_its_case",
    "ALTER TABLE plans_need DROP CONSTRAINT a_need_lies_in_one_circle",
]


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_needs_and_steps"), ("cases", "0002_walls"), ("trust", "0002_walls")]

    operations = [
        *(walled_by_circle(f"plans_{table}", "needs") for table in _TABLES),
        migrations.RunSQL(_ONE_CIRCLE, _MANY_CIRCLES),
        migrations.RunSQL(
            [
                f"CREATE TRIGGER plans_{table}_is_never_deleted BEFORE DELETE OR TRUNCATE ON plans_{table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION trust_is_append_only()"
                for table in _TABLES
            ],
            [f"DROP TRIGGER plans_{table}_is_never_deleted ON plans_{table}" for table in _TABLES],
        ),
    ]
