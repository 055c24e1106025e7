"""Both walls, each with the other out of the way, as the runtime role that serves."""

from datetime import timedelta

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from breakwater.kernel.db import one_row, run_sql
from breakwater.trust.access import acting
from breakwater.trust.actions.circles import open_circle
from breakwater.trust.actions.drafts import keep_draft
from breakwater.trust.events import SignedIn
from breakwater.trust.journal import record, write_sightings
from breakwater.trust.models import Circle, Draft, Entry, Grant, Information, Receipt, Sighting
from breakwater.trust.testing import NOON, an_actor, as_seen_by
from conftest import owner_of

WALLED = (Circle, Grant, Entry, Sighting, Draft, Receipt)


def something_in_every_table(actor):
    """A row of each walled table of trust, all one person's work."""
    circle = open_circle(at=NOON - timedelta(hours=1), by=actor)
    record(SignedIn(), by=actor, at=NOON, about=circle.pk, circle=circle)
    actor.saw("trust.circle", [circle.pk])
    write_sightings(actor, "test")
    keep_draft("/cases/intake/", {"words": ["only mine"]}, at=NOON, by=actor)
    Receipt.objects.create(key=circle.pk, by=actor.user, fingerprint="x")
    return circle


@pytest.mark.django_db
class TestTheSecondWall:
    """The first is off: nobody filters, whole tables are asked for."""

    @pytest.mark.parametrize("model", WALLED)
    def test_is_open_to_whom_it_belongs(self, model):
        something_in_every_table(an_actor())
        assert model.objects.count() == 1

    @pytest.mark.parametrize("model", WALLED)
    def test_shows_another_agency_nothing(self, model):
        something_in_every_table(an_actor())
        an_actor()
        assert model.objects.count() == 0

    @pytest.mark.parametrize("model", WALLED)
    def test_shows_nobody_nothing(self, model):
        something_in_every_table(an_actor())
        run_sql("SELECT set_config('breakwater.agency', '', true), set_config('breakwater.user', '', true)")
        assert model.objects.count() == 0

    @pytest.mark.parametrize("model", [Circle, Grant])
    def test_lets_another_agency_change_and_delete_nothing(self, model):
        ada = an_actor()
        something_in_every_table(ada)
        an_actor()
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET id = id RETURNING id")
            assert cursor.fetchall() == []
            cursor.execute(f"DELETE FROM {table} RETURNING id")
            assert cursor.fetchall() == []
        as_seen_by(ada)
        assert model.objects.count() == 1

    def test_copies_nothing_out_for_another_agency(self):
        something_in_every_table(an_actor())
        an_actor()
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY (SELECT * FROM trust_entry) TO STDOUT") as copied,
        ):
            assert list(copied) == []

    def test_keeps_a_draft_from_colleagues(self):
        ada = an_actor()
        something_in_every_table(ada)
        an_actor(agency=ada.agency)
        assert Draft.objects.count() == 0
        assert Receipt.objects.count() == 0

    def test_lets_nobody_into_a_circle_by_themselves(self):
        circle = something_in_every_table(an_actor())
        thief = an_actor()
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Grant.objects.create(
                circle=circle, agency=thief.agency, basis="care", information=["who"], starts_at=NOON
            )

    def test_is_not_fooled_by_a_table_of_the_same_name(self):
        circle = something_in_every_table(an_actor())
        thief = an_actor()
        run_sql("CREATE TEMPORARY TABLE trust_grant (LIKE public.trust_grant) ON COMMIT DROP")
        run_sql(
            "INSERT INTO pg_temp.trust_grant (id, circle_id, agency_id, basis, information, segments, starts_at)"
            " VALUES (gen_random_uuid(), %s, %s, 'care', '{who}', '{}', %s)",
            (circle.pk, thief.agency_id, NOON - timedelta(days=1)),
        )
        assert one_row("SELECT trust_may_grant(%s)", (circle.pk,)) == (False,)
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            run_sql(
                "INSERT INTO public.trust_grant (id, circle_id, agency_id, basis, information, segments, starts_at)"
                " VALUES (gen_random_uuid(), %s, %s, 'care', '{who}', '{}', now())",
                (circle.pk, thief.agency_id),
            )

    def test_runs_nothing_of_ours_as_the_owner_of_the_tables(self):
        """A table that whoever serves made for itself has a trigger of its own, and a cell that is to be encrypted."""
        circle = something_in_every_table(an_actor())
        run_sql(
            "CREATE TEMPORARY TABLE bait (id uuid, circle_id uuid, said text) ON COMMIT DROP;"
            "CREATE FUNCTION pg_temp.spring() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " PERFORM set_config('breakwater.caught', current_user, true); RETURN NEW; END $$;"
            "CREATE TRIGGER spring BEFORE UPDATE ON bait FOR EACH ROW EXECUTE FUNCTION pg_temp.spring();"
            "GRANT ALL ON bait TO PUBLIC"
        )
        run_sql("INSERT INTO bait VALUES (%s, %s, 'plain')", (circle.pk, circle.pk))
        with pytest.raises(DatabaseError, match="this is not encrypted here"), transaction.atomic():
            run_sql("SELECT trust_encrypt('pg_temp.bait', 'said', %s, 'enc1:x')", (circle.pk,))
        assert one_row("SELECT coalesce(current_setting('breakwater.caught', true), '')") == ("",)

    def test_writes_nothing_in_another_agencys_name(self):
        ada, ben = an_actor(), an_actor()
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Entry.objects.create(verb="trust.signed_in", agency=ada.agency, at=NOON)
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Draft.objects.create(by=ada.user, agency=ben.agency, form="/", kept_at=NOON)

    def test_writes_nothing_into_a_circle_one_does_not_stand_in(self):
        circle, ben = something_in_every_table(an_actor()), an_actor()
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Entry.objects.create(verb="trust.signed_in", agency=ben.agency, circle=circle, at=NOON)

    def test_cannot_be_taken_down_by_the_role_that_serves(self):
        for order in (
            "ALTER TABLE trust_entry DISABLE ROW LEVEL SECURITY",
            "DROP POLICY wall ON trust_entry",
            "ALTER TABLE trust_entry DISABLE TRIGGER ALL",
            "SET session_replication_role = replica",
            "SET ROLE breakwater_owner",
            "CREATE FUNCTION public.trust_agency2() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
        ):
            with pytest.raises(DatabaseError, match=r"must be owner|permission denied"), transaction.atomic():
                run_sql(order)

    def test_that_is_told_to_stand_aside_refuses(self):
        something_in_every_table(an_actor())
        an_actor()
        run_sql("SET LOCAL row_security = off")
        with pytest.raises(DatabaseError, match="would be affected by row-level security"):
            Circle.objects.count()


def test_the_first_wall_holds_where_there_is_no_second(own_database):
    """The owner's connection sees every row; the question ``visible_to`` asks still finds only one's own."""
    with transaction.atomic():
        ada = an_actor()
        something_in_every_table(ada)
    with transaction.atomic():
        ben = an_actor()
    with psycopg.connect(owner_of(own_database)) as owner:
        assert owner.execute("SELECT count(*) FROM trust_entry").fetchone() == (1,)
        for actor, expected in ((ada, 1), (ben, 0)):
            sql, params = Entry.objects.visible_to(actor).query.sql_with_params()
            assert len(owner.execute(sql, params).fetchall()) == expected


def test_the_first_wall_asks_which_kind_of_information_a_grant_opens(own_database):
    with transaction.atomic():
        ada = an_actor()
        something_in_every_table(ada)
    with psycopg.connect(owner_of(own_database)) as owner:
        sql, params = Entry.objects.visible_to(ada).query.sql_with_params()
        for opens, expected in (([Entry.information], 1), ([Information.WHO, Information.NEEDS], 0)):
            owner.execute("UPDATE trust_grant SET information = %s", [opens])
            assert len(owner.execute(sql, params).fetchall()) == expected


def test_with_both_walls_up_an_agency_sees_its_own(own_database):
    with transaction.atomic():
        ada = an_actor()
        something_in_every_table(ada)
    with acting(ada):
        assert Entry.objects.visible_to(ada).count() == 1
