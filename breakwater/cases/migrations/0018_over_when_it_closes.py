"""That a closed case is over is asked when it is closed, and not when its words are encrypted anew.

A law that came to protect the record, or a new key, wrote the row of the closure; whatever ran in the case by then undid
the protection, and the rotation of a whole agency with it.
"""

from django.db import migrations

_ON = (
    "DROP TRIGGER what_is_closed_is_over ON cases_closure;"
    " CREATE CONSTRAINT TRIGGER what_is_closed_is_over AFTER INSERT OR UPDATE{of} ON cases_closure"
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cases_is_over();"
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0017_nothing_hangs_on_it")]

    operations = [
        migrations.RunSQL(_ON.format(of=" OF ends_at, outcome, case_id"), _ON.format(of="")),
    ]
