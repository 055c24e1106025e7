"""SP-08: whatever is taken back while something leaves stops it, or waits until it has left. No moment lies between.

At every statement of every act that lets something out, somebody else takes back what it rests on: the person withdraws
their consent, says no, or a law comes to protect the record. Either they must wait, or the act is refused.
"""

import ast
import re
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from threading import Thread
from urllib.parse import urlsplit

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.utils import timezone

from breakwater.assessments.actions.exporting import Export, export
from breakwater.assessments.testing import a_completed_assessment
from breakwater.attachments.models import Attachment
from breakwater.attachments.testing import a_file
from breakwater.cases.testing import a_case, a_note
from breakwater.duties.actions.prompts import Report, report
from breakwater.duties.actions.weighing import weigh
from breakwater.duties.testing import a_duty, a_prompt, a_threat
from breakwater.kernel.db import run_sql
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.messaging.testing import a_letter_message, a_message
from breakwater.people.actions.households import join_household
from breakwater.people.actions.reach import add_supporter
from breakwater.plans.actions.family import Telling, tell_kin
from breakwater.plans.family import PARTS
from breakwater.plans.testing import a_copy, a_family_choice, a_safety_plan
from breakwater.portal.testing import an_own_copy
from breakwater.referrals.actions.along import let_file_out
from breakwater.referrals.actions.loop import open_thread
from breakwater.referrals.actions.rides import Seat
from breakwater.referrals.testing import a_bed, a_handoff, a_placement, a_referral, a_ride
from breakwater.trust.access import acting
from breakwater.trust.actions.consents import (
    lower_segment,
    narrow_consent,
    raise_segments,
    take_consent,
    withdraw_consent,
)
from breakwater.trust.actions.family import take_back, tell_somebody_close
from breakwater.trust.actions.leaving import Recipient
from breakwater.trust.actions.standing import let_out
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Circle, Consent, Grant, Involvement
from breakwater.trust.testing import (
    a_concern,
    a_guest,
    a_medical_emergency,
    a_release,
    a_threat_team,
    an_actor,
    an_involvement,
)
from breakwater.trust.tests.browsing import browser_of
from conftest import copy_database, drop_database, never_kept, shut_database, working_in
from tests.architecture.source import ROOT

A_MOMENT = "15ms"
STRIDE = 5
"""Once somebody must wait they wait until the end: not every statement of it is tried."""
ASKS = ("may_leave", "goes_with")
"""What is called to ask whether something may leave."""
MOST_AFTERWARDS = 4
"""After the last question a page writes down who looked, and is sent."""
PROTECTED_BY = ("vsp", "part2")
ONE_OF_THEM = "Ana Vega"
WORDS = "She sleeps in the blue car."


@dataclass
class World:
    """A worker, and a clinic to which something may leave: by itself, and under a law by consent."""

    def __post_init__(self):
        now = timezone.now()
        self.ada = an_actor(now=now)
        self.officer = an_actor(Role.PRIVACY_OFFICER, agency=self.ada.agency, now=now)
        self.guest = an_actor(now=now)
        with acting(self.ada):
            self.case, self.protected = (a_case(by=self.ada, at=now, known_as="Marisol") for _ in range(2))
            a_note(self.case, by=self.ada, at=now, words=WORDS)
            self.answered = {
                one.pk: a_completed_assessment(one, by=self.ada, at=now)
                for one in (self.case, self.protected)
            }
            for one in (self.case, self.protected):
                a_message(
                    one, by=self.ada, at=now, attached=(a_file(content=WORDS.encode(), is_scanned=True),)
                )
            self.kept = {
                one.pk: Attachment.objects.get(circle=one.circle_id) for one in (self.case, self.protected)
            }
            self.file = self.kept[self.case.pk]
            self.bed = a_bed(keeper=self.guest.agency, at=now)
            self.team = a_threat_team()
            self.plan = a_safety_plan(self.case, by=self.ada)
            self.close = add_supporter(
                self.case.person, name=ONE_OF_THEM, relation="sister", reach="", may_know="The plan.",
                must_not_know=False, at=now, by=self.ada,
            )  # fmt: skip
            sister = a_case(by=self.ada, at=now, known_as=ONE_OF_THEM).person
            self.sister = join_household(sister, with_=self.case.person, part="adult", at=now, by=self.ada)
            a_family_choice(self.case, self.sister, *PARTS, by=self.ada)
            duties = [a_duty(by=self.ada, at=now, topic=topic) for topic in ("elder", "warn")]
            self.prompt, self.warning = (a_prompt(self.case, duty, by=self.ada, at=now) for duty in duties)
            raise_segments(self.protected.circle, ["part2"], at=now, by=self.ada)
            self.agree("")
            self.consent_to("part2")
            self.consent_to("general")

    def consent_to(self, kind):
        """The person agrees that the clinic is told."""
        case, segments = (self.protected, {"part2"}) if kind == "part2" else (self.case, set())
        release = a_release(
            self.guest.agency, kind=kind, information=frozenset({"who", "care", "needs"}), lets_in=kind == "general",
            segments=frozenset(segments), ends=timezone.now().date() + timedelta(30),
        )  # fmt: skip
        take_consent(release, circle=case.circle, at=timezone.now(), by=self.ada)

    def withdraw(self, kind):
        """The person takes it back."""
        for consent in Consent.objects.filter(kind=kind, withdrawn_at=None):
            withdraw_consent(consent, words="No.", at=timezone.now(), by=self.ada)

    def narrow(self, kind):
        """The person agrees to less: who they are, and nothing of what happened."""
        self._less(kind, {"who"})

    def narrow_a_little(self, kind):
        """The person agrees to less: not to what they need, which stands on the page beside what happened."""
        self._less(kind, {"who", "care"})

    def _less(self, kind, information):
        less = a_release(
            self.guest.agency, information=frozenset(information), ends=timezone.now().date() + timedelta(2)
        )
        for consent in Consent.objects.filter(kind=kind, withdrawn_at=None):
            narrow_consent(consent, less, at=timezone.now(), by=self.ada)

    def let_in(self, _):
        """The clinic helps beside them, and works there."""
        a_guest(self.case.circle, agency=self.guest.agency, at=timezone.now(), by=self.officer)

    def let_out(self, _):
        """It helps no more."""
        let_out(self.case.circle, agency=self.guest.agency, at=timezone.now(), by=self.officer)

    def begin_again(self, _):
        """The person agrees anew to what they took back."""
        self.withdraw("general")
        self.consent_to("general")

    def protect(self, _):
        """Somebody learns that laws protect the record: between them they let nothing out."""
        raise_segments(self._circle(), PROTECTED_BY, at=timezone.now(), by=self.ada)

    def unprotect(self, _):
        """It was the wrong box."""
        for segment in PROTECTED_BY:
            lower_segment(self._circle(), segment, reason="Wrong box", at=timezone.now(), by=self.officer)
        if (
            not Grant.objects.standing(timezone.now())
            .filter(circle=self.case.circle_id, basis="consent")
            .exists()
        ):
            self.consent_to("general")

    def refuse(self, _):
        """The person says no to telling one of those close to them."""
        an_involvement(circle=self._circle(), at=timezone.now(), by=self.ada, name=ONE_OF_THEM)

    def agree(self, _):
        """The person agrees that this one is told."""
        an_involvement(
            circle=self._circle(), at=timezone.now(), by=self.ada, name=ONE_OF_THEM, answer="agreed"
        )

    def silence(self, _):
        """What the person said about this one holds no longer."""
        said = Involvement.objects.standing().in_circle(self.case.circle_id).get(name=ONE_OF_THEM)
        take_back(said, at=timezone.now(), by=self.ada)

    def _circle(self):
        return Circle.objects.get(pk=self.case.circle_id)


LETS_OUT = {
    "assessments/actions/exporting.py:export": lambda world, case, at: export(
        world.answered[case.pk],
        Export(to=Recipient.of(world.guest.agency), purpose="TREAT"),
        at=at,
        by=world.ada,
    ),
    "referrals/actions/sharing.py:goes_with": None,
    "referrals/actions/loop.py:goes_with_letter": lambda world, case, at: a_referral(
        case, by=world.ada, at=at, to_agency=world.guest.agency, known_as="Marisol", need="medical"
    ),
    "referrals/actions/along.py:let_file_out": lambda world, case, at: let_file_out(
        a_referral(case, by=world.ada, at=at, to_agency=world.guest.agency, need="medical"),
        world.kept[case.pk],
        at=at,
        by=world.ada,
    ),
    "referrals/actions/packets.py:goes_with_packet": lambda world, case, at: a_handoff(
        case, by=world.ada, to=world.guest.agency, at=at, sections=("triage",)
    ),
    "referrals/actions/sharing.py:may_tell_the_host": lambda world, case, at: a_placement(
        case, world.bed, by=world.ada, at=at, known_as="Marisol"
    ),
    "referrals/actions/rides.py:_may_tell_the_driver": lambda world, case, at: a_ride(
        case, by=world.ada, at=at, seat=Seat(told_as="Marisol"), driving="partner", partner=world.guest.agency
    ),
    "messaging/actions/threads.py:_let_out": lambda world, case, at: a_letter_message(
        open_thread(a_referral(case, by=world.ada, at=at, to_agency=world.guest.agency), at=at, by=world.ada),
        by=world.ada,
        at=at,
    ),
    "plans/actions/family.py:tell_kin": lambda world, case, at: tell_kin(
        case, world.sister, Telling(parts=("safety.own_coping",), how="read"), at=at, by=world.ada
    ),
    "portal/actions/handing.py:_tell": lambda world, case, at: an_own_copy(
        case, by=world.ada, at=at, supporter=world.close, authority="A power of attorney", is_the_abuser=False
    ),
    "plans/actions/safety.py:_tell": lambda world, case, at: a_copy(
        world.plan, by=world.ada, at=at, supporter=world.close
    ),
    "duties/actions/weighing.py:weigh": lambda world, case, at: weigh(
        case, a_threat(at), at=at, by=world.ada
    ),
    "duties/actions/prompts.py:report": lambda world, case, at: report(
        world.prompt,
        Report(to_whom="The hotline", when=at, how="voice", told="A child."),
        at=at,
        by=world.ada,
    ),
    "trust/actions/standing.py:let_in": lambda world, case, at: a_guest(
        case.circle, agency=world.guest.agency, at=at, by=world.officer
    ),
    "trust/actions/family.py:tell_somebody_close": lambda world, case, at: tell_somebody_close(
        ONE_OF_THEM, "She is safe.", circle=case.circle, at=at, by=world.ada, can_be_asked=True
    ),
    "trust/actions/medical.py:tell_medical_staff": lambda world, case, at: a_medical_emergency(
        circle=case.circle, at=at, by=world.ada
    ),
    "trust/actions/concerns.py:tell_concern": lambda world, case, at: a_concern(
        world.team, circle=case.circle, at=at, by=world.ada
    ),
}
"""Every function that asks whether something may leave, and an act that goes through it."""
LETTERS = [
    "referrals/actions/loop.py:goes_with_letter",
    "referrals/actions/along.py:let_file_out",
    "referrals/actions/packets.py:goes_with_packet",
    "assessments/actions/exporting.py:export",
]
CLOSE = [
    "plans/actions/family.py:tell_kin",
    "plans/actions/safety.py:_tell",
    "portal/actions/handing.py:_tell",
    "trust/actions/family.py:tell_somebody_close",
]
TAKEN_BACK = [
    *(("protect", "unprotect", "case", name) for name, act in LETS_OUT.items() if act),
    *(("withdraw", "consent_to", "protected", name) for name in LETTERS),
    *((way, "agree", "case", name) for name in CLOSE for way in ("refuse", "silence")),
]


def those_that_ask():
    """Every function of the product that asks whether something may leave a circle."""
    for file in sorted((ROOT / "breakwater").rglob("actions/*.py")):
        source = file.read_text()
        if not any(one in source for one in ASKS):
            continue
        for function in ast.walk(ast.parse(source)):
            calls = [one for one in ast.walk(function) if isinstance(one, ast.Call)]
            if isinstance(function, ast.FunctionDef) and any(
                getattr(one.func, "id", "") in ASKS for one in calls
            ):
                yield f"{file.relative_to(ROOT / 'breakwater')}:{function.name}"


def test_every_act_that_lets_something_out_is_tried():
    assert set(those_that_ask()) == LETS_OUT.keys()


@pytest.fixture(scope="module")
def made(one_database):
    """The world as it was made, and the name of the database in which it lies: nobody else goes in there."""
    with transaction.atomic():
        world = World()
    connection.close()
    shut_database(name := urlsplit(one_database).path.lstrip("/"))
    return world, name


@pytest.fixture
def world(made):
    """A world of one's own, really committed to: a copy of the one that was made."""
    world, name = made
    with working_in(copy_database(copied := f"{name}_again", of=name)):
        yield deepcopy(world)
    drop_database(copied)


def elsewhere(world, act):
    """Somebody else does something meanwhile, and waits no longer than a moment; whether it was done."""
    done = []

    def do():
        try:
            with acting(world.ada):
                run_sql(f"SET LOCAL lock_timeout = '{A_MOMENT}'")
                act()
            done.append(True)
        except OperationalError:
            pass
        finally:
            connections.close_all()

    thread = Thread(target=do)
    thread.start()
    thread.join()
    return bool(done)


class Meanwhile:
    """Lets so many statements happen; then something happens elsewhere."""

    def __init__(self, after, act):
        self.left, self.act, self.was_done = after, act, None

    def __call__(self, execute, sql, params, many, context):
        done = execute(sql, params, many, context)
        self.left -= 1
        if self.left == 0:
            self.was_done = self.act()
        return done


def test_what_is_taken_back_meanwhile_stops_what_leaves_or_waits_for_it(world):
    assert [wrong for one in TAKEN_BACK for wrong in what_slipped_through(world, *one)] == []


def what_slipped_through(world, way, back, about, name):
    """Where an act was refused though nothing was taken back yet, or went through though it was; as a rule nowhere."""
    case, number, seen = getattr(world, about), 0, set()
    while True:
        number += STRIDE if False in seen else 1
        meanwhile = Meanwhile(number, lambda: elsewhere(world, lambda: getattr(world, way)("part2")))
        why_not = why_not_done(world, case, name, meanwhile)
        if bool(why_not) != bool(meanwhile.was_done):
            yield f"{way}, {name}, at statement {number}: {why_not or 'it went out'}"
            return
        seen.add(meanwhile.was_done)
        if meanwhile.was_done is None:
            break
        if meanwhile.was_done:
            with acting(world.ada):
                getattr(world, back)("part2")
    if seen != {True, False, None}:
        yield f"{way}, {name}: it was never both in time and too late, but {seen}"


def why_not_done(world, case, name, meanwhile):
    """Do an act while something else happens, and do not keep it; the sentence with which it was refused."""
    at = timezone.now()
    try:
        with never_kept(), acting(world.ada), connection.execute_wrapper(meanwhile):
            LETS_OUT[name](world, case, at)
    except Refused as refusal:
        return str(refusal)
    return ""


def test_what_was_withdrawn_a_moment_ago_is_not_narrowed(world):
    """Whoever began to narrow it before that goes by an earlier clock, and would open it again."""
    with acting(world.ada):
        consent = Consent.objects.get(kind="general", withdrawn_at=None)
    began = timezone.now()
    with acting(world.ada):
        world.withdraw("general")
    less = a_release(world.guest.agency, information=frozenset({"who"}), ends=began.date() + timedelta(2))
    with acting(world.ada), pytest.raises(Overtaken, match="has already ended"):
        narrow_consent(consent, less, at=began, by=world.ada)


@pytest.mark.parametrize("way", ["withdraw", "narrow", "narrow_a_little", "let_out"])
@pytest.mark.parametrize("what", ["the case", "a file"])
def test_whoever_was_let_in_is_shown_nothing_after_it_was_taken_back(world, what, way):
    """At every statement of the page, until it is asked once more whether it may be shown; then it is shown at once."""
    file = f"/attachments/{world.file.pk}/content/"
    client, address, number, shown = browser_of(world.guest), f"/case/{world.case.pk}/", 0, []
    address = file if what == "a file" else address
    again = "let_in" if way == "let_out" else "begin_again"
    with acting(world.ada):
        getattr(world, again)("general")
    asked = statements_of(client, address)
    last = max(turn for turn, sql in enumerate(asked, start=1) if 'FROM "trust_grant"' in sql)
    assert len(asked) - last <= MOST_AFTERWARDS
    for number in range(1, last):
        meanwhile = Meanwhile(number, lambda: elsewhere(world, lambda: getattr(world, way)("general")))
        with connection.execute_wrapper(meanwhile):
            answer = client.get(address)
        assert meanwhile.was_done
        if answer.status_code != 404 or WORDS in answer.content.decode():
            shown.append(asked[number - 1])
        with acting(world.ada):
            getattr(world, again)("general")
    assert shown == []


def statements_of(client, address):
    """What is asked of PostgreSQL for a page."""
    asked = []

    def listen(execute, sql, params, many, context):
        asked.append(str(sql))
        return execute(sql, params, many, context)

    for _ in range(2):  # what is read once and kept is read the first time
        asked.clear()
        with connection.execute_wrapper(listen):
            answer = client.get(address)
        assert WORDS in answer.content.decode()
    return asked


def test_no_answer_goes_out_in_pieces():
    """What is whole before its first byte leaves cannot go on after it was taken back."""
    found = [
        file.name
        for file in (ROOT / "breakwater").rglob("*.py")
        if re.search("StreamingHttpResponse|FileResponse", file.read_text())
    ]
    assert found == []
