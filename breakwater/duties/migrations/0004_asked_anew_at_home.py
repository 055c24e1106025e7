"""What an agency's own table asks ends with its case there: whose record it is reads no row of another's table.

Its own table asks anew when it hears that the case came home.
"""

from django.db import migrations, models

_ENDS = """
CREATE FUNCTION duties_ends_what_was_asked() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$ BEGIN
        PERFORM cases_excuses(NEW.id, ARRAY(SELECT p.id FROM duties_prompt p JOIN duties_duty d ON d.id = p.duty_id
            WHERE p.case_id = NEW.id AND d.agency_id = OLD.agency_id), 'Whoever held this case left the record.');
        UPDATE duties_prompt p SET ends_at = greatest(p.starts_at, now()), ended_how = 'case_left'
            FROM duties_duty d WHERE d.id = p.duty_id AND d.agency_id = OLD.agency_id AND p.case_id = NEW.id
                AND p.ends_at IS NULL;
        RETURN NULL;
    END $$;
CREATE TRIGGER what_was_asked_ends_with_the_case AFTER UPDATE OF agency_id ON cases_case
    FOR EACH ROW WHEN (OLD.agency_id IS DISTINCT FROM NEW.agency_id) EXECUTE FUNCTION duties_ends_what_was_asked();
"""
_ENDS_NOT = """
DROP TRIGGER what_was_asked_ends_with_the_case ON cases_case;
DROP FUNCTION duties_ends_what_was_asked();
"""


class Migration(migrations.Migration):
    dependencies = [("duties", "0003_a_child_in_danger"), ("cases", "0017_nothing_hangs_on_it")]

    operations = [
        migrations.AlterField(
            "prompt",
            "ended_how",
            models.CharField(
                blank=True,
                choices=[
                    ("reported", "Reported"),
                    ("warned", "Somebody was warned"),
                    ("not_required", "Not required"),
                    ("otherwise", "Done in another lawful way"),
                    ("case_left", "The case went to another agency"),
                ],
                max_length=14,
            ),
        ),
        migrations.RunSQL(_ENDS, _ENDS_NOT),
    ]
