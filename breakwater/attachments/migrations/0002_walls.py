"""The walls round files.

A file is read by whoever reads the record it hangs on: in the circle by what opens the record and under its laws, or at the
two ends of a letter. Who hangs one on a record, the app that keeps the record says in a policy of its own; without one
nobody does. What a file is made of, and who let it be opened, is there for whoever the file is there for.
"""

from django.db import migrations

from breakwater.trust.walls import append_only, never_deleted, stands, walled, walled_by_act

_ME = "(SELECT trust_agency())"
_STANDS = " OR ".join(
    f"{{table}}.opens = '{kind}' AND {stands(kind, tagged=True)}" for kind in ("care", "needs")
)
_AT_AN_END = (
    f"{{table}}.to_agency_id IS NOT NULL AND {_ME} IN ({{table}}.from_agency_id, {{table}}.to_agency_id)"
)
_SEEN = "SELECT 1 FROM attachments_attachment a WHERE a.id = {table}.attachment_id"
_OURS = f"EXISTS ({_SEEN} AND a.agency_id = {_ME})"


class Migration(migrations.Migration):
    dependencies = [("attachments", "0001_files"), ("trust", "0009_keys")]

    operations = [
        walled_by_act(
            "attachments_attachment",
            read=f"{{table}}.to_agency_id IS NULL AND ({_STANDS}) OR {_AT_AN_END}",
        ),
        walled_by_act("attachments_piece", read=f"{_ME} IS NOT NULL AND EXISTS ({_SEEN})", written=_OURS),
        walled_by_act(
            "attachments_release",
            read=f"{{table}}.agency_id = {_ME}",
            written=f"{{table}}.agency_id = {_ME} AND EXISTS ({_SEEN})",
        ),
        walled("attachments_shelf", "agency"),
        *(append_only(f"attachments_{table}") for table in ("attachment", "piece", "release")),
        never_deleted("attachments_shelf"),
    ]
