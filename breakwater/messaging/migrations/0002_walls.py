"""The walls round threads, messages and notices.

The thread of a case is read by whoever stands in its circle and written by whoever cares for the person. The thread of a
letter is read and written at its two ends; who may open one, the app that keeps the letters says in a policy of its own.
A message carries the laws that protected the record when it was written: a grant that does not open them opens none of it.
"""

from django.db import migrations

from breakwater.trust.walls import (
    append_only,
    changes_only,
    never_deleted,
    stands,
    walled,
    walled_by_act,
    walled_by_circle,
)

_ME = "(SELECT trust_agency())"
_OF_A_CASE = "{table}.to_agency_id IS NULL"
_AT_AN_END = (
    f"{{table}}.to_agency_id IS NOT NULL AND {_ME} IN ({{table}}.from_agency_id, {{table}}.to_agency_id)"
)
_WORKS = stands("care", works=True)
_SAME = (
    "o.circle_id = {table}.circle_id AND o.from_agency_id = {table}.from_agency_id"
    " AND o.to_agency_id IS NOT DISTINCT FROM {table}.to_agency_id"
)
_MAY_WRITE = f"({{table}}.to_agency_id IS NOT NULL OR {_WORKS})"


def _read(*, tagged: bool) -> str:
    return f"({_OF_A_CASE} AND {stands('care', tagged=tagged)}) OR ({_AT_AN_END})"


_ONE_CIRCLE = [
    "ALTER TABLE messaging_thread ADD CONSTRAINT a_thread_lies_in_one_circle UNIQUE (id, circle_id)",
    *(
        f"ALTER TABLE messaging_{part} ADD CONSTRAINT {part}_lies_in_the_circle_of_its_{whole}"
        f" FOREIGN KEY ({whole}_id, circle_id) REFERENCES {table} (id, circle_id)"
        for part, whole, table in (
            ("thread", "case", "cases_case"),
            ("notice", "case", "cases_case"),
            ("message", "thread", "messaging_thread"),
        )
    ),
]
_MANY_CIRCLES = [
    "ALTER TABLE messaging_message DROP CONSTRAINT message_lies_in_the_circle_of_its_thread",
    "ALTER TABLE messaging_notice DROP CONSTRAINT notice_lies_in_the_circle_of_its_case",
    "ALTER TABLE messaging_thread DROP CONSTRAINT thread_lies_in_the_circle_of_its_case",
    "ALTER TABLE messaging_thread DROP CONSTRAINT a_thread_lies_in_one_circle",
]


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0001_messages_and_notices"),
        ("cases", "0002_walls"),
        ("trust", "0002_walls"),
    ]

    operations = [
        walled_by_act(
            "messaging_thread",
            read=_read(tagged=False),
            written=(
                f"{_OF_A_CASE} AND {{table}}.about IS NULL AND {{table}}.from_agency_id = {_ME} AND {_WORKS}"
            ),
            answered=f"({_OF_A_CASE} AND {_WORKS}) OR ({_AT_AN_END})",
        ),
        walled_by_act(
            "messaging_message",
            read=_read(tagged=True),
            written=(
                f"{{table}}.agency_id = {_ME} AND {_MAY_WRITE} AND EXISTS"
                f" (SELECT 1 FROM messaging_thread o WHERE o.id = {{table}}.thread_id AND {_SAME})"
            ),
        ),
        walled_by_act(
            "messaging_amendment",
            read=_read(tagged=True),
            written=(
                f"{_MAY_WRITE} AND EXISTS (SELECT 1 FROM messaging_message o WHERE o.id = {{table}}.message_id"
                f" AND o.agency_id = {_ME} AND o.segments = {{table}}.segments AND {_SAME})"
            ),
        ),
        walled("messaging_mark", "person"),
        walled_by_circle("messaging_contactrule", "who"),
        walled("messaging_way", "agency"),
        walled(
            "messaging_notice",
            condition=f"{{table}}.agency_id = {_ME} AND ({{table}}.circle_id IS NULL OR {stands('who')})",
        ),
        migrations.RunSQL(_ONE_CIRCLE, _MANY_CIRCLES),
        changes_only("messaging_thread", "last_number", "last_at"),
        append_only("messaging_message"),
        append_only("messaging_amendment"),
        never_deleted("messaging_contactrule"),
        never_deleted("messaging_way"),
        never_deleted("messaging_notice"),
    ]
