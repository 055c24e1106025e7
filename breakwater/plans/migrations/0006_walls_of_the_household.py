"""The second wall round who of a household may see what. A choice stays as it was; the next one takes its place."""

from django.db import migrations

from breakwater.trust.walls import append_only, walled_by_circle

_TABLES = ("familychoice", "familytelling")


class Migration(migrations.Migration):
    dependencies = [("plans", "0005_who_of_the_household"), ("cases", "0002_walls")]

    operations = [
        *(walled_by_circle(f"plans_{table}", "care") for table in _TABLES),
        *(
            migrations.RunSQL(
                f"ALTER TABLE plans_{table} ADD CONSTRAINT {table}_lies_in_the_circle_of_its_case"
                " FOREIGN KEY (case_id, circle_id) REFERENCES cases_case (id, circle_id)",
                f"ALTER TABLE plans_{table} DROP CONSTRAINT {table}_lies_in_the_circle_of_its_case",
            )
            for table in _TABLES
        ),
        *(append_only(f"plans_{table}") for table in _TABLES),
    ]
