"""How long records are kept: what comes due, what is held, and how two people erase one; by pages and by raw SQL."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from breakwater.cases.actions.closing import reopen_case
from breakwater.cases.models import Case
from breakwater.cases.testing import a_closed_case
from breakwater.clocks.jobs import SomeAgenciesNotReached
from breakwater.kernel.db import one_row, run_sql
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.people.models import Person
from breakwater.privacy.jobs import go_through_all
from breakwater.privacy.keeping import kept_of
from breakwater.trust.actions.erasing import Decided, decide_erasure, propose_erasure
from breakwater.trust.actions.keeping import lift_hold, put_hold, set_term
from breakwater.trust.actions.requests import Answer, answer_request, check_asker
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Agency, Decision, Erasure, LegalHold, RetentionRun, Term
from breakwater.trust.testing import a_guest, a_request, an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press
from conftest import never_kept

pytestmark = pytest.mark.django_db
THEN = datetime(2018, 3, 1, 17, tzinfo=UTC)
ERASE = Decided(decision="erase")


class Desk:
    """An agency, with somebody whom it helped in 2018 and who they are that answer for what is kept."""

    def __init__(self, kind=Agency.Kind.CASE_MANAGEMENT, *, now=None, then=THEN):
        self.now = now or timezone.now()
        self.agency = an_agency(kind=kind, at=THEN - timedelta(days=400))
        self.ada = an_actor(agency=self.agency, now=then)
        self.case = a_closed_case(by=self.ada, at=then)
        self.ada.now = self.now
        self.ines = an_actor(Role.PRIVACY_OFFICER, agency=self.agency, now=self.now, name="Ines Roy")
        self.olga = an_actor(Role.SUPERVISOR, agency=self.agency, now=self.now, name="Olga Lind")

    @property
    def today(self):
        """The day where the agency is, which may not be the day in Greenwich."""
        return self.now.astimezone(self.ines.zone).date()

    @property
    def circle(self):
        return self.case.circle

    def proposed(self, by=None, **facts):
        by = as_seen_by(by or self.ines)
        return propose_erasure(self.circle, self.kept(by), at=self.now, by=by, **facts)

    def kept(self, by):
        people = Person.objects.filter(circle=self.circle).select_related("circle")
        return kept_of(people, by)[self.circle.pk]

    def decided(self, erasure, by=None, decided=ERASE):
        by = as_seen_by(by or self.olga)
        return decide_erasure(erasure, decided, at=self.now, by=by)

    def is_there(self):
        as_seen_by(self.ines)
        return Person.objects.visible_to(self.ines).filter(circle=self.circle).exists()


@pytest.fixture
def desk():
    return Desk()


def url(name, *args):
    return reverse(f"privacy:{name}", args=args)


def read(by, where):
    answer = browser_of(by).get(where)
    assert answer.status_code == 200
    return answer.content.decode()


def does(by, where, **typed):
    answer = press(browser_of(by), where, by=by, **typed)
    assert answer.status_code == 303, answer.content.decode()
    return answer["Location"]


def test_seven_years_later_two_people_erase_what_a_night_found_and_print_what_is_left(desk):
    go_through_all(at=desk.now)
    go_through_all(at=desk.now)
    as_seen_by(desk.ines)
    run, erasure = RetentionRun.objects.get(), Erasure.objects.get()
    assert (run.looked, run.due, run.held, run.found) == (1, 1, 0, 1)
    assert erasure.proposed_by is None, "Breakwater finds; it neither proposes nor decides"
    person = desk.case.person
    assert "Marisol Vega" in read(desk.ines, url("desk"))
    assert "Every rule lets it go" in read(desk.ines, url("keeping", person.pk))
    does(desk.ines, url("proposing", person.pk), rests_on="due")
    typed = {"decision": "erase", "words": "", "again_on": ""}
    assert press(browser_of(desk.ines), url("deciding", erasure.pk), by=desk.ines, **typed).status_code == 403
    assert "Proposed by Ines Roy" in read(desk.olga, url("desk"))
    assert "Cases: 1" in read(desk.olga, url("deciding", erasure.pk))
    where = does(desk.olga, url("deciding", erasure.pk), **typed)
    told = read(desk.ines, where)
    for words in ("A record was erased", "Ines Roy", "Olga Lind", "7 years", "Cases: 1", "not verified"):
        assert words in told
    assert "Marisol" not in told + read(desk.ines, url("desk"))
    assert browser_of(desk.ines).get(url("keeping", person.pk)).status_code == 404
    assert press(browser_of(desk.olga), where + "decision/", by=desk.olga, **typed).status_code == 422
    go_through_all(at=desk.now + timedelta(days=1))
    as_seen_by(desk.ines)
    assert Erasure.objects.count() == 1, "what is gone does not come due again"
    assert browser_of(an_actor(Role.PRIVACY_OFFICER, now=desk.now)).get(where).status_code == 404


def test_a_hold_wins_over_the_night_the_proposal_and_the_decision(desk):
    person = desk.case.person
    does(desk.ines, url("holding", person.pk), reason="Vega v. Harbor, asked for by counsel.")
    go_through_all(at=desk.now)
    as_seen_by(desk.ines)
    assert RetentionRun.objects.get().held == 1
    assert not Erasure.objects.exists()
    with pytest.raises(Refused, match="legal hold stands"):
        desk.proposed()
    assert "Vega v. Harbor" in read(desk.ines, url("desk"))
    hold = LegalHold.objects.get()
    with pytest.raises(Overtaken, match="stands on this record already"):
        put_hold(desk.circle, reason="Again.", at=desk.now, by=desk.ines)
    with pytest.raises(Refused, match="why the record is held"):
        put_hold(desk.circle, reason=" ", at=desk.now, by=desk.ines)
    with pytest.raises(Refused, match="why the hold is lifted"):
        lift_hold(hold, because=" ", at=desk.now, by=desk.ines)
    with pytest.raises(NotPermitted):
        lift_hold(hold, because="Over.", at=desk.now, by=as_seen_by(desk.olga))
    does(desk.ines, url("lifting", hold.pk), because="The matter was settled; counsel said so.")
    with pytest.raises(Overtaken, match="lifted this hold"):
        lift_hold(hold, because="Over.", at=desk.now, by=as_seen_by(desk.ines))
    erasure = desk.proposed()
    put_hold(desk.circle, reason="A second matter.", at=desk.now, by=as_seen_by(desk.ines))
    with pytest.raises(Refused, match="legal hold stands"):
        desk.decided(erasure)
    assert desk.is_there()


def test_one_proposes_and_another_decides_once(desk):
    go_through_all(at=desk.now)
    found = Erasure.objects.get()
    with pytest.raises(Refused, match="Nobody has proposed this yet"):
        desk.decided(found)
    erasure = desk.proposed()
    assert erasure.pk == found.pk
    with pytest.raises(Overtaken, match="Somebody proposed this"):
        desk.proposed()
    with pytest.raises(NotPermitted, match="Somebody else decides"):
        desk.decided(erasure, by=desk.ines)
    with pytest.raises(NotPermitted):
        desk.decided(erasure, by=desk.ada)
    with pytest.raises(Refused, match="why the record is kept"):
        desk.decided(erasure, decided=Decided(decision="keep", words="Asked to.", again_on=desk.today))
    later = desk.today + timedelta(days=90)
    desk.decided(erasure, decided=Decided(decision="keep", words="A sister may ask.", again_on=later))
    with pytest.raises(Overtaken, match="Somebody decided this"):
        desk.decided(erasure)
    assert desk.is_there()
    for days, many in ((1, 0), (91, 1)):
        go_through_all(at=desk.now + timedelta(days=days))
        as_seen_by(desk.ines)
        assert Erasure.objects.open().count() == many


def test_an_agency_keeps_longer_and_never_shorter_and_a_person_asks_for_what_is_beyond_the_law(desk):
    as_seen_by(desk.ines)
    with pytest.raises(Refused, match="longer, never shorter"):
        set_term("record", years=6, at=desk.now, by=desk.ines)
    with pytest.raises(Refused, match="does not bind your agency"):
        set_term("victim_service", years=9, at=desk.now, by=desk.ines)
    does(desk.ines, url("terms"), rule="record", years="20")
    assert "this is our own term" in read(desk.ines, url("terms"))
    with pytest.raises(Refused, match="kept for longer"):
        desk.proposed()
    asked = a_request(desk.circle, by=as_seen_by(desk.ada), kind="erasure", words="Forget me.")
    with pytest.raises(Refused, match="only a request that was granted"):
        desk.proposed(request=asked)
    check_asker(asked, how="known", words="", at=desk.now, by=as_seen_by(desk.ada))
    answer_request(asked, Answer(outcome="granted"), at=desk.now, by=as_seen_by(desk.ines))
    asked.refresh_from_db()
    with never_kept():
        go_through_all(at=THEN + timedelta(days=366 * 21))
        with pytest.raises(Refused, match="Its time is over as well"):
            desk.proposed(request=asked)
    does(desk.ines, url("proposing", desk.case.person.pk), rests_on="asked")
    erasure = Erasure.objects.get()
    assert (erasure.because, erasure.request) == ("asked", asked.pk)
    other = a_request(desk.circle, by=as_seen_by(desk.ada))
    with pytest.raises(Refused, match="waits for an answer"):
        desk.decided(erasure)
    check_asker(other, how="known", words="", at=desk.now, by=as_seen_by(desk.ada))
    answer_request(other, Answer(outcome="granted"), at=desk.now, by=as_seen_by(desk.ines))
    with pytest.raises(Refused, match="wants this record kept"):
        desk.decided(erasure)  # the answer of today is itself kept for six years
    assert set_term("record", years=7, at=timezone.now(), by=as_seen_by(desk.ines)) is None
    assert not Term.objects.standing().exists()


def test_what_the_law_wants_kept_is_not_due(desk):
    minor = Desk(then=THEN)
    Person.objects.filter(pk=minor.case.person_id).update(birth_date=THEN.date() - timedelta(days=15 * 365))
    with pytest.raises(Refused, match="kept for longer"):
        minor.proposed()
    young = Desk(then=desk.now - timedelta(days=365 * 6))
    with pytest.raises(Refused, match="kept for longer"):
        young.proposed()
    hers = Desk(Agency.Kind.VICTIM_SERVICE, then=desk.now - timedelta(days=365 * 4))
    hers.decided(hers.proposed())
    assert not hers.is_there()


def test_an_open_case_and_another_agency_that_cares_keep_a_record(desk):
    erasure = desk.proposed()
    as_seen_by(desk.olga)
    with never_kept():
        a_guest(desk.circle, agency=an_agency(), until=None, at=THEN, by=desk.olga)
        with pytest.raises(Refused, match="Another agency cares for this person"):
            desk.decided(erasure)
    again = {"because": "They came back.", "at": THEN + timedelta(days=9)}
    reopen_case(desk.case, **again, by=as_seen_by(desk.ada))
    with pytest.raises(Refused, match="A case is open"):
        desk.decided(erasure)


RAW = (
    "DELETE FROM cases_case",
    "DELETE FROM trust_consent",
    "DELETE FROM trust_circle",
    "DELETE FROM trust_erasure",
    "DELETE FROM trust_legalhold",
    "UPDATE trust_decision SET what = ''",
    "UPDATE trust_erasure SET erased_at = now()",
    "UPDATE trust_erasure SET kept_until = now()",
    "UPDATE trust_erasure SET decision = 'erase', decided_at = now(), decided_by_id = proposed_by_id",
    "UPDATE trust_erasure SET proposed_by_id = gen_random_uuid()",
    "UPDATE trust_legalhold SET reason = 'none'",
    "INSERT INTO trust_erasable VALUES ('trust_entry', true, 'true', '', false, '', '')",
    "UPDATE trust_erasable SET unless = ''",
    "UPDATE trust_retentionlaw SET years = 0",
    "DELETE FROM trust_blanked",
    "SELECT trust_take_away((SELECT circle_id FROM cases_case LIMIT 1), '{}', trust_agency(), false)",
    "SELECT trust_erase((SELECT id FROM trust_erasure LIMIT 1))",
)


@pytest.mark.parametrize("raw", RAW)
def test_by_raw_sql_as_the_role_that_serves_nothing_goes(desk, raw):
    held = put_hold(desk.circle, reason="A matter.", at=desk.now, by=as_seen_by(desk.ines))
    lift_hold(held, because="Over.", at=desk.now, by=desk.ines)
    Decision.objects.create(
        agency=desk.agency, act="refer", circle=desk.circle, what="Said.", answer="refuse", at=THEN
    )
    desk.proposed()
    run_sql("SELECT set_config('breakwater.erasing', pg_current_xact_id()::text, true)")
    with suppress(DatabaseError), transaction.atomic():
        run_sql(raw)
    assert desk.is_there()
    assert Case.objects.count() == Decision.objects.filter(what="Said.").count() == 1
    assert (Erasure.objects.get().erased_at, Erasure.objects.get().decision) == (None, "")
    assert one_row("SELECT years FROM trust_retentionlaw WHERE rule = 'record'") == (7,)
    assert one_row("SELECT count(*) FROM trust_erasable WHERE name = 'trust_entry' AND goes") == (0,)
    assert LegalHold.objects.get().reason == "A matter."


def test_one_alone_erases_nothing_by_raw_sql_either(desk):
    erasure = desk.proposed()
    alone = (
        "UPDATE trust_erasure SET decision = 'erase', decided_at = now(), decided_by_id = %s WHERE id = %s",
        (desk.ines.user.pk, erasure.pk),
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        run_sql(*alone)
    as_seen_by(desk.olga)
    run_sql(alone[0], (desk.olga.user.pk, erasure.pk))
    as_seen_by(desk.ines)
    with pytest.raises(DatabaseError), transaction.atomic():
        run_sql("SELECT trust_erase(%s)", (erasure.pk,))
    as_seen_by(desk.olga)
    run_sql("SELECT trust_erase(%s)", (erasure.pk,))
    assert not desk.is_there()


def test_an_agency_whose_records_cannot_be_gone_through_keeps_no_other_waiting(desk, monkeypatch):
    fails = an_agency(profile="us")
    monkeypatch.setattr(
        "breakwater.privacy.jobs.go_through",
        lambda *, at, by: 1 / 0 if by.agency_id == fails.pk else None,
    )
    with pytest.raises(SomeAgenciesNotReached, match="ZeroDivisionError"):
        go_through_all(at=desk.now)
    assert connection.in_atomic_block
