"""Standing links by which places without accounts tell their room, and the devices that were let in by one.

Both lie behind the wall of the agency that handed the link out. Whoever tries a link is nobody yet, and whoever holds the key
of a device (in the setting ``breakwater.copy``) is nobody's user: two functions tell which link it is, and no row is
read by them. What is told is written by Breakwater, acting for the agency; a suspended one lets nobody in.
"""

import django.db.models.deletion
from django.db import migrations, models

import breakwater.kernel.db
import breakwater.kernel.ids
from breakwater.trust.walls import never_deleted, walled

_ONE_AGENCY = [
    "ALTER TABLE portal_roomlink ADD CONSTRAINT a_standing_link_is_of_one_agency UNIQUE (id, agency_id)",
    (
        "ALTER TABLE portal_roomdevice ADD CONSTRAINT a_device_is_of_the_agency_of_its_link"
        " FOREIGN KEY (link_id, agency_id) REFERENCES portal_roomlink (id, agency_id)"
    ),
]
_MANY_AGENCIES = [
    "ALTER TABLE portal_roomdevice DROP CONSTRAINT a_device_is_of_the_agency_of_its_link",
    "ALTER TABLE portal_roomlink DROP CONSTRAINT a_standing_link_is_of_one_agency",
]

_TELLERS = """
CREATE FUNCTION portal_room_waiting(the_token text, the_code text) RETURNS TABLE (link_id uuid, agency_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT l.id, l.agency_id FROM portal_roomlink l
        WHERE l.token = the_token AND l.code <> '' AND l.code = the_code AND l.code_expires_at > now()
            AND l.ended_at IS NULL AND l.expires_at > now()
            AND NOT EXISTS (SELECT 1 FROM trust_suspension s WHERE s.agency_id = l.agency_id AND s.ends_at IS NULL)
    $$;

CREATE FUNCTION portal_room() RETURNS TABLE (
        device_id uuid, link_id uuid, agency_id uuid, place_id uuid, expires_at timestamptz
    )
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT d.id, l.id, l.agency_id, l.place_id, l.expires_at
        FROM portal_roomdevice d JOIN portal_roomlink l ON l.id = d.link_id
        WHERE d.key = portal_key() AND d.ended_at IS NULL AND l.ended_at IS NULL AND l.expires_at > now()
            AND NOT EXISTS (SELECT 1 FROM trust_suspension s WHERE s.agency_id = l.agency_id AND s.ends_at IS NULL)
    $$;
"""


def _id() -> models.UUIDField:
    return models.UUIDField(
        default=breakwater.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
    )


def _key(to: str, related_name: str = "+", **facts: object) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=to, **facts
    )


def _text(length: int, help_text: str, **facts: object) -> models.CharField:
    return models.CharField(max_length=length, help_text=help_text, **facts)


def _moment(help_text: str = "", **facts: object) -> models.DateTimeField:
    return models.DateTimeField(help_text=help_text, **facts)


def _maybe(help_text: str = "") -> models.DateTimeField:
    return _moment(help_text, blank=True, null=True)


def _recorded() -> models.DateTimeField:
    return models.DateTimeField(db_default=breakwater.kernel.db.RecordedNow())


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0005_links_to_asks"),
        ("resources", "0005_programs_of_beds"),
        ("trust", "0018_erasing"),
    ]

    operations = [
        migrations.CreateModel(
            name="RoomLink",
            fields=[
                ("id", _id()),
                ("token", _text(64, "A keyed hash of the letters of the link", unique=True)),
                ("code", _text(64, "A keyed hash of both: the letters and the code", blank=True)),
                ("code_expires_at", _moment("Until when the code lets a device in")),
                ("channel", _text(5, "How they are asked when a figure grows old", blank=True)),
                ("value", models.TextField(blank=True, help_text="Where to, as the directory told it")),
                ("page", _text(300, "Where they open it: the same for all, and no secret")),
                ("starts_at", _moment()),
                ("recorded_at", _recorded()),
                ("expires_at", _moment("Until when it stands, unless it is renewed")),
                ("ended_at", _maybe("When it was taken back")),
                ("agency", _key("trust.agency")),
                ("by", _key("trust.user", null=True, db_index=False)),
                ("place", _key("resources.place")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("starts_at"))),
                        name="a_standing_link_expires",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(channel="", value="")
                        | (~models.Q(channel="") & ~models.Q(value="")),
                        name="a_standing_link_goes_somewhere_or_nowhere",
                    ),
                    models.UniqueConstraint(
                        models.F("agency"),
                        models.F("place"),
                        condition=models.Q(("ended_at", None)),
                        name="one_standing_link_to_a_place",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="RoomDevice",
            fields=[
                ("id", _id()),
                (
                    "who",
                    models.TextField(help_text="Whose it is, as they say, so that they can be called back"),
                ),
                ("key", _text(64, "A keyed hash of what its browser holds", unique=True)),
                ("opened_at", _moment("When it was let in")),
                ("recorded_at", _recorded()),
                ("used_at", _maybe("When something was told by it last")),
                ("ended_at", _maybe()),
                ("agency", _key("trust.agency", db_index=False)),
                ("link", _key("portal.roomlink", "devices", db_constraint=False)),
            ],
        ),
        walled("portal_roomlink", "agency"),
        walled("portal_roomdevice", "agency"),
        never_deleted("portal_roomlink"),
        never_deleted("portal_roomdevice"),
        migrations.RunSQL(_ONE_AGENCY, _MANY_AGENCIES),
        migrations.RunSQL(
            _TELLERS, "DROP FUNCTION portal_room(); DROP FUNCTION portal_room_waiting(text, text);"
        ),
    ]
