"""The second wall round benefits, and the ways that an application can go.

Everything lies in the circle of its case, opened by what opens needs. A pre-screen and a notice stay as they were written; an
application and a paper end and are never thrown away; and an application goes nowhere but where one can go.
"""

from django.db import migrations

from breakwater.trust.walls import append_only, never_deleted, walled_by_circle

_TABLES = ("screening", "application", "paper", "notice")
_PARTS = (
    ("screening", "case", "cases_case"),
    ("application", "case", "cases_case"),
    ("application", "again_of", "benefits_application"),
    ("paper", "application", "benefits_application"),
    ("notice", "application", "benefits_application"),
)
_ONE_CIRCLE = [
    "ALTER TABLE benefits_application ADD CONSTRAINT an_application_lies_in_one_circle UNIQUE (id, circle_id)",
    *(
        f"ALTER TABLE benefits_{part} ADD CONSTRAINT {part}_lies_in_the_circle_of_its_{whole}"
        f" FOREIGN KEY ({whole}_id, circle_id) REFERENCES {table} (id, circle_id)"
        for part, whole, table in _PARTS
    ),
]
_MANY_CIRCLES = [
    *(
        f"ALTER TABLE benefits_{part} DROP CONSTRAINT {part}_lies_in_the_circle_of_its_{whole}"
        for part, whole, _ in reversed(_PARTS)
    ),
    "ALTER TABLE benefits_application DROP CONSTRAINT an_application_lies_in_one_circle",
]

MOVES = (
    ("started", "submitted"), ("started", "ended"),
    ("submitted", "approved"), ("submitted", "denied"), ("submitted", "ended"),
    ("approved", "approved"), ("approved", "renewing"), ("approved", "lost"), ("approved", "ended"),
    ("renewing", "approved"), ("renewing", "lost"), ("renewing", "ended"),
    ("denied", "approved"), ("denied", "appealing"), ("denied", "ended"),
    ("lost", "approved"), ("lost", "appealing"), ("lost", "ended"),
    ("appealing", "approved"), ("appealing", "denied"), ("appealing", "lost"), ("appealing", "ended"),
)  # fmt: skip
_ONLY_WHERE_IT_CAN_GO = f"""
CREATE FUNCTION benefits_goes_its_way() RETURNS trigger LANGUAGE plpgsql
    AS $$
    BEGIN
        IF OLD.stage = 'ended' OR (OLD.stage <> NEW.stage AND NOT (OLD.stage, NEW.stage) IN
            ({", ".join(str(move) for move in MOVES)})) THEN
            IF NOT trust_reencrypts(TG_RELID) THEN
                RAISE EXCEPTION 'an application does not go from % to %', OLD.stage, NEW.stage
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'an_application_goes_its_way';
            END IF;
        END IF;
        RETURN NEW;
    END $$;

CREATE TRIGGER an_application_goes_its_way BEFORE UPDATE ON benefits_application
    FOR EACH ROW EXECUTE FUNCTION benefits_goes_its_way();

CREATE FUNCTION benefits_begins() RETURNS trigger LANGUAGE plpgsql
    AS $$
    BEGIN
        IF NEW.stage <> 'started' THEN
            RAISE EXCEPTION 'an application begins by being started'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'an_application_begins_by_being_started';
        END IF;
        RETURN NEW;
    END $$;

CREATE TRIGGER an_application_begins_by_being_started BEFORE INSERT ON benefits_application
    FOR EACH ROW EXECUTE FUNCTION benefits_begins();
"""
_ANYWHERE = """
DROP TRIGGER an_application_begins_by_being_started ON benefits_application;
DROP FUNCTION benefits_begins();
DROP TRIGGER an_application_goes_its_way ON benefits_application;
DROP FUNCTION benefits_goes_its_way();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("benefits", "0001_applications_and_notices"),
        ("cases", "0002_walls"),
        ("trust", "0009_keys"),
    ]

    operations = [
        *(walled_by_circle(f"benefits_{table}", "needs") for table in _TABLES),
        migrations.RunSQL(_ONE_CIRCLE, _MANY_CIRCLES),
        migrations.RunSQL(_ONLY_WHERE_IT_CAN_GO, _ANYWHERE),
        *(append_only(f"benefits_{table}") for table in ("screening", "notice")),
        *(never_deleted(f"benefits_{table}") for table in ("application", "paper")),
    ]
